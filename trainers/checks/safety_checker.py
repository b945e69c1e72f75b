"""Stable Diffusion's own safety checker: a picture's CLIP embedding against those of concepts not to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from trainers.checks import register

if TYPE_CHECKING:
    from PIL.Image import Image

    from trainers.checks import Judge

PART = "safety_checker"  # its folder within a pipeline's
SPECIAL_CARE = 0.01  # how much nearer the bound comes once one of the special concepts is seen
STRICT = 0.01  # and how much nearer where the stricter bound is asked for

# C concepts · S special concepts · D embedding width · P pixels of a side


@register
class SafetyChecker:
    """`StableDiffusionSafetyChecker` of diffusers, from safetensors on this machine alone."""

    name = "safety_checker"

    def found(self, places: Sequence[Path]) -> Path | None:
        """A folder with its settings and weights, or the part of a pipeline's folder."""
        folders = [folder for place in places for folder in (place, place / PART)]
        return next((folder for folder in folders if _is_one(folder)), None)

    def load(self, folder: Path, device: torch.device) -> Judge:
        """Load it once; pictures are judged on the base's device."""
        from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

        checker: Any = StableDiffusionSafetyChecker.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )  # its bounds lie nearer to each other than bfloat16 tells apart
        checker.to(device).eval().requires_grad_(False)
        return lambda picture, is_strict: is_seen(checker, clip_pixels(checker, picture), STRICT if is_strict else 0.0)


def _is_one(folder: Path) -> bool:
    settings = folder / "config.json"
    return (
        settings.is_file()
        and "StableDiffusionSafetyChecker" in settings.read_text("utf-8")
        and any(folder.glob("*.safetensors"))
    )


@torch.no_grad()
def is_seen(checker: Any, pixels: Tensor, margin: float) -> bool:
    """Whether any concept is nearer than its bound less the margin; pixels: (1, 3, P, P).

    Source: `StableDiffusionSafetyChecker.forward`, which this equals at margin 0.
    """
    embeds = checker.visual_projection(checker.vision_model(pixels)[1]).float()  # (1, D)
    special = _cosine(embeds, checker.special_care_embeds) - checker.special_care_embeds_weights.float()  # (1, S)
    care = SPECIAL_CARE if _above(special + margin) else 0.0
    concepts = _cosine(embeds, checker.concept_embeds) - checker.concept_embeds_weights.float()  # (1, C)
    return _above(concepts + margin + care)


def _cosine(embeds: Tensor, concepts: Tensor) -> Tensor:
    return nn.functional.normalize(embeds) @ nn.functional.normalize(concepts.float()).T


def _above(scores: Tensor) -> bool:
    return bool((scores.round(decimals=3) > 0).any())


def clip_pixels(checker: Any, picture: Image) -> Tensor:
    """A picture as CLIP sees it, its middle square: (1, 3, P, P) in the checker's numbers."""
    from trainers.clips import pixels_for_clip

    weight: Tensor = checker.visual_projection.weight
    return pixels_for_clip(picture, int(checker.config.vision_config.image_size)).to(weight)
