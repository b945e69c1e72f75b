"""The frozen base model: loaded once, shared by training and serving, changed by nothing that lasts."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from storage.beside import Beside
from storage.errors import TintypeError
from storage.output_checks import WantedCheck
from trainers import miniature
from trainers.adapter import Adapter
from trainers.autoencoder import OtherVae, vae_for
from trainers.canvas import Canvas, canvas_for
from trainers.checks import OutputCheck, check_for
from trainers.companions import companions
from trainers.deltas import Deltas
from trainers.differences import Difference
from trainers.diffusion import Diffusion, diffusion_of
from trainers.families import Family, families, family_of
from trainers.hypernetworks import fits, with_hypernetworks
from trainers.image_prompts import ImagePrompt, image_prompt_for
from trainers.keeping import lay_channels_last, pack_as_wanted
from trainers.method_file import Chosen, chosen_for
from trainers.precision import device_named, dtype_on, remark_on, unusual_on
from trainers.quantised import outline_of

if TYPE_CHECKING:
    from PIL.Image import Image
    from transformers import CLIPTokenizer

    from trainers.captioning import Captioner
    from trainers.faces import Faces
    from trainers.upscaling import Upscaler

log = logging.getLogger(__name__)

ENCODERS = "text_encoder"


@dataclass(frozen=True, slots=True)
class TextEncoder:
    """One of a base's text encoders, with its tokenizer."""

    tokenizer: CLIPTokenizer
    model: Any  #: CLIPTextModel, one WithProjection, which also says what a prompt means as a whole, or a chat model


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One base model on one device."""

    id: str
    revision: str
    family: Family
    encoders: tuple[TextEncoder, ...]
    vae: Any  #: AutoencoderKL; diffusers' lazy imports hide its type
    denoiser: Any  #: UNet2DConditionModel, or another that its family's architecture knows how to ask
    scheduler: Any  #: the scheduler as it was stored; samplers are made from its config
    device: torch.device
    vae_name: str = ""  #: of the VAE that stands in the place of its own; empty: its own
    eye: Callable[[Sequence[Image]], Tensor] | None = None  #: the operator's, for telling likeness: pictures -> (N, D)
    quantised: str = ""  #: in which numbers its denoiser is kept, where those are not the ones it computes in
    faces: Faces | None = None  #: the operator's models, for telling people's likeness
    captioner: Captioner | None = None  #: the operator's, which says what photos show
    upscaler: Upscaler | None = None  #: the operator's model for enlarging
    image_prompt: ImagePrompt | None = None  #: what lets it take a photo beside a prompt; None where there is none
    output_check: OutputCheck | None = None  #: of every picture that it draws; None where the operator has none
    chosen: Chosen = field(default_factory=dict)  #: the operator's settings of methods, by method
    empty_is_zero: bool = False  #: whether a picture without a negative prompt was taught with zeros in its place
    canvas: Canvas | None = None  #: what its UNet is shown beside noise, where it was taught to fill parts of pictures

    @property
    def tokenizer(self) -> CLIPTokenizer:
        """Cuts prompts: all encoders of a base agree on where, though not on how they pad."""
        return self.encoders[0].tokenizer

    @property
    def parts(self) -> tuple[Any, ...]:
        """All that holds frozen numbers."""
        return (*(encoder.model for encoder in self.encoders), self.vae, self.denoiser)

    @property
    def key(self) -> str:
        """What numbers that were made with it depend on: another VAE sees other latents in the same photos."""
        own = [f"VAE {self.vae_name}" if self.vae_name else "", self.quantised, unusual_on(self.device, self.dtype)]
        return ", ".join([f"{self.id}@{self.revision}", *filter(None, own)])

    def key_for(self, method: str) -> str:
        """What a training with this method depends on beside its order."""
        own = self.chosen.get(method)
        return f"{self.key}, {json.dumps(own, sort_keys=True)}" if own else self.key

    @property
    def size_px(self) -> int:
        """The side of the square that it was trained on."""
        return self.family.size_px

    @property
    def unet(self) -> Any:
        """Its denoiser, for what only a UNet can do."""
        return self.denoiser

    @property
    def diffusion(self) -> Diffusion:
        """What its denoiser was taught."""
        return diffusion_of(self.scheduler)

    @property
    def scaling_factor(self) -> float:
        """What latents are multiplied by."""
        return float(self.vae.config.scaling_factor)

    def scaled(self, latents: Tensor) -> Tensor:
        """The VAE's latents as the denoiser knows them, around zero and about as wide as noise."""
        return (latents - self._shift) * self.scaling_factor

    def unscaled(self, latents: Tensor) -> Tensor:
        """The other way."""
        return latents / self.scaling_factor + self._shift

    @property
    def _shift(self) -> float:
        """What the VAE's latents lie around; older ones do not say it, and it is 0."""
        return float(self.vae.config.get("shift_factor") or 0.0)

    @property
    def dtype(self) -> torch.dtype:
        """Of the frozen weights: the first one's, since a step asks often, and diffusers looks at all of them."""
        dtype: torch.dtype = next(self.denoiser.parameters()).dtype
        return dtype

    @property
    def latent_channels(self) -> int:
        """4 for Stable Diffusion, 8 for the miniature."""
        return int(self.vae.config.latent_channels)

    @property
    def pixels_per_latent(self) -> int:
        """8 for Stable Diffusion, 4 for the miniature."""
        return int(2 ** (len(self.vae.config.block_out_channels) - 1))

    def autocast(self) -> torch.autocast:
        """bfloat16 where the frozen weights are; trainable weights stay float32 under it."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=self.dtype == torch.bfloat16)


def load_base(
    base_model: str, device: str = "auto", output_check: WantedCheck | None = None, beside: Beside | None = None
) -> Base:
    """Load a base model from this machine alone: `miniature`, a folder, or `repo@revision` in the Hugging Face cache.

    Raises: TintypeError E_BASE_LOAD when it is not here or not whole, E_NO_FAMILY and E_PREDICTS when its kind is not
    known, E_OUTPUT_CHECK_MISSING and E_OUTPUT_CHECK_LOAD when its pictures could not be looked at as they must be,
    E_VAE_LOAD and E_VAE_FITS when it cannot have the VAE that is wanted in the place of its own; as `companions`, as
    `image_prompt_for`, as `chosen_for`.
    """
    _be_quiet()
    where, name, revision = located_base(base_model)
    target = device_named(device)
    beside = beside or Beside()
    dtype = dtype_on(target, beside.precision, is_small=name == miniature.MODEL_ID)
    if remark := remark_on(target, beside.precision):
        log.warning(remark)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    check = check_for(output_check or WantedCheck(), where, target)
    other = vae_for(beside.vae, where, name, dtype)
    others = companions(beside, target, dtype)
    try:
        pipeline = _pipeline(where, dtype, other)
    except (OSError, ValueError) as error:
        raise TintypeError("E_BASE_LOAD", base=base_model) from error
    denoiser = _denoiser(pipeline)
    family = family_of(name, denoiser.config, pipeline.scheduler.config)
    quantised = pack_as_wanted(pipeline, denoiser, family, beside.quantise, target)
    base = base_of(pipeline, name, revision, target)
    vae_name = other.name if other else ""
    base = replace(base, output_check=check, vae_name=vae_name, quantised=quantised, **others)
    chosen = chosen_for(beside.methods, base)
    return replace(base, image_prompt=image_prompt_for(beside.image_prompt, base), chosen=chosen)


def _pipeline(where: Path, dtype: torch.dtype, vae: OtherVae | None) -> Any:
    """The text-to-image pipeline for the class that its index names, without the parts that Tintype does not use."""
    import diffusers

    told: dict[str, Any] = {"feature_extractor": None, "image_encoder": None}
    declared = str(diffusers.DiffusionPipeline.load_config(where, local_files_only=True).get("_class_name"))
    if declared.startswith("StableDiffusionXL"):  # one for inpainting has the same parts
        pipeline_class: Any = diffusers.StableDiffusionXLPipeline
    elif declared in {family.pipeline for family in families().values()}:
        pipeline_class, told = getattr(diffusers, declared), {}
    else:
        pipeline_class = diffusers.StableDiffusionPipeline
        told |= {"safety_checker": None, "requires_safety_checker": False}
    told |= {"vae": vae.model} if vae else {}
    return pipeline_class.from_pretrained(where, dtype=dtype, local_files_only=True, use_safetensors=True, **told)


def _be_quiet() -> None:
    """No bars and no advice of libraries among our own lines."""
    import diffusers
    import transformers

    for library in (diffusers, transformers):
        logging: Any = library.utils.logging
        logging.disable_progress_bar()
        logging.set_verbosity_error()


def base_of(pipeline: Any, name: str, revision: str, device: torch.device) -> Base:
    """Freeze a pipeline's parts as a base.

    Raises: TintypeError E_NO_FAMILY, E_PREDICTS.
    """
    encoders, denoiser = _encoders(pipeline), _denoiser(pipeline)
    for part in (*(encoder.model for encoder in encoders), pipeline.vae, denoiser):
        part.to(device).eval().requires_grad_(False)
    lay_channels_last(denoiser)
    return Base(
        id=name,
        revision=revision,
        family=family_of(name, denoiser.config, pipeline.scheduler.config),
        encoders=encoders,
        vae=pipeline.vae,
        denoiser=denoiser,
        scheduler=pipeline.scheduler,
        device=device,
        empty_is_zero=bool(pipeline.config.get("force_zeros_for_empty_prompt")),
        canvas=canvas_for(denoiser, pipeline.vae),
    )


def _denoiser(pipeline: Any) -> Any:
    return pipeline.unet if "unet" in pipeline.components else pipeline.transformer


def _encoders(pipeline: Any) -> tuple[TextEncoder, ...]:
    first = TextEncoder(pipeline.tokenizer, pipeline.text_encoder)
    if (second := getattr(pipeline, "text_encoder_2", None)) is None:
        return (first,)
    return first, TextEncoder(pipeline.tokenizer_2, second)


def located_base(base_model: str) -> tuple[Path, str, str]:
    """Its folder, and the id and the revision by which files and cards name it: they tell no path of this machine."""
    from trainers.models import fingerprint, snapshot_folder

    if base_model == miniature.MODEL_ID:
        return miniature.WEIGHTS, miniature.MODEL_ID, miniature.REVISION
    name, _, revision = base_model.partition("@")
    folder = Path(name)
    if folder.is_dir():
        return folder, f"local/{folder.resolve().name}", revision or fingerprint(folder)
    return snapshot_folder(name, revision), name, revision


# --- attaching -------------------------------------------------------------------------------------------------------


@contextmanager
def swapped(root: nn.Module, modules: Mapping[str, nn.Module]) -> Iterator[None]:
    """Put modules in the place of others for a while; what was there comes back, the very same objects.

    It is done in every step, so each module's place is looked for only once.
    """
    places = [(root.get_submodule(path), own) for path, _, own in (name.rpartition(".") for name in modules)]
    kept = [parent.get_submodule(own) for parent, own in places]
    try:
        for (parent, own), module in zip(places, modules.values(), strict=True):
            setattr(parent, own, module)
        yield
    finally:
        for (parent, own), module in zip(places, kept, strict=True):
            setattr(parent, own, module)


Applied = tuple[Adapter, float]


def with_words(base: Base, words: Sequence[Applied]) -> Mapping[str, nn.Module]:
    """The denoiser's layers as they are with these words, by name; put them in with `swapped`.

    The order of words makes no difference.
    Raises: TintypeError E_WRONG_BASE when a word's layers are not this base's.
    """
    hypers = [(adapter.hyper, strength) for adapter, strength in _ordered(words) if adapter.hyper]
    if not all(fits(hyper, base.denoiser) for hyper, _ in hypers):
        raise TintypeError("E_WRONG_BASE", base=base.id)
    return with_hypernetworks(base.denoiser, hypers, _changed(base, words, of_encoders=False))


def encoders_with_words(base: Base, words: Sequence[Applied]) -> list[dict[str, nn.Module]]:
    """Each text encoder's layers as they are with these words, by their names in it; as `with_words`."""
    changed = _changed(base, words, of_encoders=True)
    prefixes = [f"{encoder_name(at)}." for at in range(len(base.encoders))]
    return [
        {name.removeprefix(prefix): module for name, module in changed.items() if name.startswith(prefix)}
        for prefix in prefixes
    ]


def encoder_name(at: int) -> str:
    """What diffusers calls a pipeline's text encoders: `text_encoder`, `text_encoder_2`."""
    return ENCODERS if at == 0 else f"{ENCODERS}_{at + 1}"


def layer_at(base: Base, name: str) -> Any:
    """A layer by the name that words have for it: the denoiser's own, or `text_encoder.` and that text encoder's own.

    Raises: AttributeError when there is none.
    """
    part, _, own = name.partition(".")
    encoders = {encoder_name(at): encoder.model for at, encoder in enumerate(base.encoders)}
    return encoders[part].get_submodule(own) if part in encoders else base.denoiser.get_submodule(name)


def _changed(base: Base, words: Sequence[Applied], *, of_encoders: bool) -> dict[str, nn.Module]:
    ordered = _ordered([word for word in words if word[0].linear])
    layers: dict[str, list[tuple[Difference, float]]] = {}
    for adapter, strength in ordered:
        for name, difference in adapter.linear.items():
            if name.startswith(ENCODERS) is of_encoders:
                layers.setdefault(name, []).append((difference, strength))
    return {name: Deltas(_layer(base, name, parts), parts) for name, parts in layers.items()}


def _ordered(words: Sequence[Applied]) -> list[Applied]:
    return sorted(words, key=lambda word: (word[0].fingerprint, word[1]))


def _layer(base: Base, name: str, parts: Sequence[tuple[Difference, float]]) -> nn.Module:
    try:
        layer: nn.Module = layer_at(base, name)
        weight = outline_of(layer)
    except AttributeError as error:
        raise TintypeError("E_WRONG_BASE", base=base.id) from error
    if not all(difference.fits(weight) for difference, _ in parts):
        raise TintypeError("E_WRONG_BASE", base=base.id)
    return layer
