"""The operator's model that draws pictures twice as large from their latents, where there is one."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from safetensors import SafetensorError

from storage.errors import TintypeError
from trainers.method import Progress
from trainers.models import UPSCALER_CLASS, fingerprint, snapshot_folder

if TYPE_CHECKING:
    from trainers.imagine import Drawing
    from trainers.pipeline import Base

FACTOR = 2  # what such models were trained for
STEPS = 20  # as the authors of the latent upscaler advise, without guidance


@dataclass(frozen=True, slots=True)
class Upscaler:
    """A model for enlarging and what cards call it: that tells no path of this machine."""

    name: str  #: owner/name@revision, or local/<folder>@<fingerprint>
    pipeline: Any  #: StableDiffusionLatentUpscalePipeline


def upscaler_for(wanted: str, device: torch.device, dtype: torch.dtype) -> Upscaler | None:
    """The model for enlarging that is wanted, on its device; None when none is wanted.

    `wanted` is a folder or `owner/name@revision`. Raises: TintypeError E_UPSCALER_LOAD; as `trainers.models.located`.
    """
    if not wanted:
        return None
    folder, name = _located(wanted)
    import diffusers

    pipeline_class: Any = diffusers.StableDiffusionLatentUpscalePipeline
    try:
        told = diffusers.DiffusionPipeline.load_config(folder, local_files_only=True)
        if told.get("_class_name") != UPSCALER_CLASS:
            raise TintypeError("E_UPSCALER_LOAD", upscaler=wanted)
        pipeline = pipeline_class.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise TintypeError("E_UPSCALER_LOAD", upscaler=wanted) from error
    for part in (pipeline.vae, pipeline.text_encoder, pipeline.unet):
        part.to(device).eval().requires_grad_(False)
    return Upscaler(name, pipeline)


def _located(wanted: str) -> tuple[Path, str]:
    """Its folder and its name."""
    name, _, revision = wanted.partition("@")
    folder = Path(name)
    if not folder.is_dir():
        return snapshot_folder(name, revision), wanted
    return folder, f"local/{folder.resolve().name}@{revision or fingerprint(folder)}"


def doubles(base: Base, asked: Drawing) -> bool:
    """Whether a drawing is an enlargement that the operator's model was trained for."""
    if base.upscaler is None or asked.parent is None or not asked.keeps_parent:
        return False
    return asked.size == tuple(side * FACTOR for side in asked.parent.size)


def doubled(base: Base, asked: Drawing) -> Generator[Progress, None, list[Image.Image]]:
    """Draw the parent twice as large; what it shows stays, as in every enlargement.

    The model's own VAE makes latents of the parent and pixels of the result, so any base model's pictures will do.
    It hears no prompt: whatever words the base knows, it does not.
    """
    from trainers.imagine import decoded

    assert base.upscaler is not None
    assert asked.parent is not None
    yield Progress(done=0, total=len(asked.seeds), phase="imagine")
    made = []
    for done, seed in enumerate(asked.seeds, 1):
        with torch.no_grad(), base.autocast():
            made.append(
                base.upscaler.pipeline(
                    prompt="",
                    image=asked.parent.convert("RGB"),
                    num_inference_steps=STEPS,
                    guidance_scale=0.0,
                    generator=torch.Generator().manual_seed(seed),
                    output_type="latent",
                ).images.float()
            )
        yield Progress(done=done, total=len(asked.seeds), phase="imagine")
    own = replace(base, vae=base.upscaler.pipeline.vae)
    return decoded(own, torch.cat(made), is_strict=asked.is_strict, parent=asked.parent)
