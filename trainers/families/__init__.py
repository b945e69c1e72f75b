"""Families of base models: one file each, found by importing this package."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from storage.errors import TintypeError
from storage.records import Kind

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor, nn

    from trainers.clips import ClipSource
    from trainers.conditioning import Said
    from trainers.image_prompts import ImagePromptSource
    from trainers.pipeline import TextEncoder

TRAINED = ("epsilon", "v_prediction")  #: what UNets say of the noise that we know how to teach them

#: Scores samples of a word, one for each of the family's sample scenes: 0 … 1, higher is better.
Scorer = Callable[[Sequence["Image"]], float]


#: kohya's choice: all linear layers of a UNet's transformer blocks, and what leads into and out of them
IN_ATTENTION = re.compile(
    r".+\.attentions\..*(?:to_q|to_k|to_v|to_out\.0|ff\.net\.0\.proj|ff\.net\.2|proj_in|proj_out)"
)


class Architecture(Protocol):
    """What a base is made of, where that is not a UNet that reads CLIP's pages."""

    def said(self, encoder: TextEncoder, text: str) -> Said:
        """A prompt of ordinary text as the denoiser hears it: (1, T, D), with its length."""
        ...

    def rest(self, encoder: TextEncoder, text: str) -> str:
        """What of it is beyond what is heard; empty when all is."""
        ...

    def predicted(self, denoiser: Any, noisy: Tensor, timesteps: Tensor, said: Said) -> Tensor:
        """What the denoiser says of noisy latents: (B, C, H, W)."""
        ...

    def noticing(self, denoiser: Any) -> nn.Module:
        """The part halfway through, whose output tells pictures apart."""
        ...

    def noticed(self, made: Tensor, noisy: Tensor) -> Tensor:
        """That output as channels of picture positions: (B, D, positions)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """MiB beyond the weights for one picture of the family's size in bfloat16; `trainers/bench/peak.py` counts them."""

    imagine: int  #: a denoising step with guidance
    decode: int  #: from latents to the picture
    train: int  #: a training step
    checkpointed: int  #: a training step with gradient checkpointing


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What is the same for all base models of one kind."""

    name: str
    title: str
    numbers: int  #: of denoiser, VAE and text encoder together, for computing memory before anything is loaded
    vae_numbers: int  #: of these, the VAE's
    encoder_numbers: int  #: of these, the text encoders'
    lora_numbers: int  #: that a LoRA of rank 16 trains
    cost: Cost
    size_px: int  #: side of the square that it was trained on
    bucket_px: int  #: sides of training pictures are multiples of this
    max_aspect: float  #: the longest bucket's width over its height
    shapes: Mapping[str, tuple[int, int]]  #: square, portrait, landscape -> width, height in px
    fits: Callable[[str, Mapping[str, Any], Mapping[str, Any]], bool]  #: (id, denoiser config, scheduler config)
    kohya_version: str  #: ss_base_model_version
    modelspec_architecture: str
    template: str  #: a caption for a photo; {word} is put in
    style_template: str
    close_template: str  #: for a photo that shows the subject close
    class_words: Mapping[str, Sequence[str]]  #: kind -> the words it knows best, the default first
    sample_scenes: Sequence[str]  #: what follows the word in sample prompts
    style_scenes: Sequence[str]  #: what follows it when it is a style: as many, each with something to draw
    may_flip: bool
    closeups: bool  #: whether a subject that covers little of a photo is learned from a close crop too
    steps: int  #: denoising steps of a picture
    guidance_scale: float
    enlarging_strength: float = 0.2  #: how far an enlargement leaves its parent; further, sides beyond the trained hurt
    text_layer: int = -1  #: which of the text encoders' hidden states the UNet reads; -1 is the last one, normed
    names_in_files: Callable[[str], str] = lambda module: module  #: of a UNet's layer, as sd-scripts writes it
    pages: int  #: how many times the text encoder's length a prompt may fill; what is beyond is told, not heard
    architecture: Architecture | None = None  #: None: a UNet that reads CLIP's pages
    pipeline: str = ""  #: its class in diffusers, where it is not one of Stable Diffusion's
    methods: Sequence[str] | None = None  #: that learn words on it; None: all
    edits: Sequence[str] | None = None  #: that change photos with it; None: all
    targets: re.Pattern[str] = IN_ATTENTION  #: the layers of its denoiser that words change, by their names
    layer_prefix: str = ""  #: before these names in files, where they keep their dots; empty: kohya's names
    clip: ClipSource | None = None  #: of the first text encoder; None: there is none that it comes from
    image_prompt: ImagePromptSource | None = None  #: that comes with it, for taking a photo beside a prompt
    recommended: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: method -> settings
    #: from photos of a subject; None, and for styles: pictures are compared in features
    scorer: Callable[[Sequence[Image]], Scorer] | None = None
    #: photos, kind -> what a caption says after the word: the place above all, and for a style all that is drawn
    captioner: Callable[[Sequence[Image], str], Sequence[str]] | None = None

    def said(self, word: str, kind: str, *, is_close: bool = False) -> str:
        """A word in its sentence: what captions and prompts begin with."""
        template = self.close_template if is_close else self.template
        return (self.style_template if kind == Kind.STYLE else template).format(word=word)

    def scenes(self, kind: str) -> Sequence[str]:
        """What follows that in sample prompts."""
        return self.style_scenes if kind == Kind.STYLE else self.sample_scenes


_FAMILIES: dict[str, Family] = {}


def register(family: Family) -> Family:
    """Offer a family."""
    _FAMILIES[family.name] = family
    return family


def families() -> Mapping[str, Family]:
    """Every family by name."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_FAMILIES.items()))


def family_of(name: str, denoiser: Mapping[str, Any], scheduler: Mapping[str, Any]) -> Family:
    """The family that a base model belongs to.

    Raises: TintypeError E_NO_FAMILY, E_PREDICTS.
    """
    predicts = predicted_by(scheduler)
    if predicts not in TRAINED:
        raise TintypeError("E_PREDICTS", base=name, predicts=predicts)
    for family in families().values():
        if family.fits(name, denoiser, scheduler):
            return family
    raise TintypeError("E_NO_FAMILY", base=name, width=text_width_of(denoiser))


def text_width_of(denoiser: Mapping[str, Any]) -> int | None:
    """How wide the text is that a denoiser of this config reads."""
    width = denoiser.get("cross_attention_dim") or denoiser.get("cap_feat_dim")
    return int(width) if width else None


def predicted_by(scheduler: Mapping[str, Any]) -> str:
    """What a base's UNet says of a noisy picture; `sigma_data` in its scheduler's config means EDM's way.

    Source: Karras et al. 2022, arXiv 2206.00364, where input and output are scaled by it.
    """
    return "edm" if "sigma_data" in scheduler else str(scheduler.get("prediction_type", TRAINED[0]))
