"""Putting the trained parts together as a StableDiffusionPipeline and writing it out, float16."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline
from transformers import CLIPTokenizer

from trainers.miniature.denoiser import Denoiser, new_scheduler
from trainers.miniature.vae import new_vae

HERE = frozenset({"_name_or_path", "is_local", "local_files_only"})  # where it was loaded from: nobody else's business
LIMIT_BYTES = 24 * 2**20  # of all committed weights


def committed(weights: Path) -> Any:
    """The pipeline that was exported before, float32.

    Raises: OSError when there is none.
    """
    pipeline = StableDiffusionPipeline.from_pretrained(weights, safety_checker=None)  # type: ignore[no-untyped-call]
    return pipeline.to(torch.float32)


def trained_vae(folder: Path, weights: Path) -> Any:
    """The averaged autoencoder of the last checkpoint in folder, or where none is, that which was exported before.

    Raises: OSError when there is neither.
    """
    checkpoint = folder / "vae.ckpt"
    if not checkpoint.exists():
        return committed(weights).vae.eval().requires_grad_(False)
    vae = new_vae()
    vae.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return vae.eval().requires_grad_(False)


def trained_pipeline(vae: Any, checkpoint: Path, tokenizer: CLIPTokenizer) -> Any:
    """All parts together, the denoiser as it is in its checkpoint now; a running training is not disturbed.

    Raises: FileNotFoundError before there is a checkpoint.
    """
    denoiser = Denoiser(tokenizer)
    denoiser.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    denoiser.eval().requires_grad_(False)
    return StableDiffusionPipeline(  # type: ignore[no-untyped-call]
        vae=vae,
        text_encoder=denoiser.text_encoder,
        tokenizer=tokenizer,
        unet=denoiser.unet,
        scheduler=new_scheduler(),
        safety_checker=None,  # a drawn world shows nothing that one would look for
        feature_extractor=None,
        requires_safety_checker=False,
    )


def export(pipeline: Any, weights: Path) -> int:
    """Write the pipeline to the folder weights, keeping what else is there; returns the bytes of the whole folder.

    Raises: ValueError when that is more than may be committed.
    """
    beside = weights.with_name(f"{weights.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    pipeline.to(torch.float16).save_pretrained(beside, safe_serialization=True)
    for kept in ("readers", "image_prompt"):
        if (weights / kept).exists():
            shutil.copytree(weights / kept, beside / kept)
    settings = beside / "text_encoder" / "config.json"  # without this it alone would be loaded as float16
    settings.write_text(settings.read_text().replace('"dtype": "float16"', '"dtype": "float32"'))
    for path in (beside / "model_index.json", *beside.rglob("*config.json")):
        _forget(path, HERE)
    for path in beside.rglob("*.safetensors"):
        path.chmod(0o644)  # written private, but they are for everybody
    size = folder_bytes(beside)
    if size > LIMIT_BYTES:
        msg = f"{size} bytes of weights, at most {LIMIT_BYTES} may be committed"
        raise ValueError(msg)
    shutil.rmtree(weights, ignore_errors=True)
    beside.rename(weights)
    return size


def _forget(path: Path, names: Collection[str]) -> None:
    told = json.loads(path.read_text("utf-8"))
    kept = {name: value for name, value in told.items() if name not in names}
    path.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


def folder_bytes(folder: Path) -> int:
    """The size of all files below folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
