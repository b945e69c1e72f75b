"""The operator's own model for telling likeness: DINOv2, CLIP, SigLIP or any that transformers makes a vector with."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image, ImageOps
from safetensors import SafetensorError
from torch import Tensor

from storage.errors import TintypeError

CONFIG, PREPROCESSING = "config.json", "preprocessor_config.json"
HALF = (0.5, 0.5, 0.5)

# N pictures · P pixels of a side · D numbers of a vector


def eye_for(wanted: str, device: torch.device) -> Callable[[Sequence[Image.Image]], Tensor] | None:
    """Pictures -> (N, D) float32 by the model that is wanted; None when none is.

    `wanted` is a folder in transformers' layout, of which only safetensors are read.
    Raises: TintypeError E_LIKENESS_LOAD.
    """
    if not wanted:
        return None
    folder = Path(wanted)
    try:
        model = whole(_any_model(), folder, torch.float32).to(device).eval().requires_grad_(False)
        pixels = _pixels_for(folder)
        see = _seeing(model, pixels, device)
        see([Image.new("RGB", (8, 8))])  # what gives no vector is refused now, not in the middle of a training
    except (OSError, ValueError, RuntimeError, KeyError, TypeError, AttributeError, SafetensorError) as error:
        raise TintypeError("E_LIKENESS_LOAD", model=wanted) from error
    return see


def _any_model() -> Any:
    from transformers import AutoModel

    return AutoModel


def whole(model_class: Any, folder: Path, dtype: torch.dtype) -> Any:
    """A model from a folder, if the file has it whole: what it leaves out would be random numbers.

    Raises: ValueError when it is not whole; whatever transformers raises.
    """
    model, about = model_class.from_pretrained(
        folder, local_files_only=True, use_safetensors=True, dtype=dtype, output_loading_info=True
    )
    if about["missing_keys"] or about["mismatched_keys"]:
        raise ValueError(sorted(about["missing_keys"]))
    return model


def _seeing(
    model: Any, pixels: Callable[[Image.Image], Tensor], device: torch.device
) -> Callable[[Sequence[Image.Image]], Tensor]:
    @torch.no_grad()
    def see(pictures: Sequence[Image.Image]) -> Tensor:
        given = torch.stack([pixels(picture) for picture in pictures]).to(device)
        if hasattr(model, "get_image_features"):
            made = model.get_image_features(pixel_values=given)
        else:
            made = model(pixel_values=given)
        return torch.nn.functional.normalize(_vector(made).float(), dim=1).cpu()

    return see


def _vector(made: Any) -> Tensor:
    """(N, D): pooled, or else the class token's."""
    if isinstance(made, Tensor):
        return made
    pooled: Tensor | None = getattr(made, "pooler_output", None)
    last: Tensor = made.last_hidden_state
    return last[:, 0] if pooled is None else pooled


def _pixels_for(folder: Path) -> Callable[[Image.Image], Tensor]:
    """A picture's middle square as the model wants it: (3, P, P)."""
    from trainers.dataset import pixels_of

    told = json.loads((folder / PREPROCESSING).read_text("utf-8"))
    side = _side(told.get("crop_size") or told["size"])
    mean, std = (torch.tensor(told.get(f"image_{what}") or HALF).view(3, 1, 1) for what in ("mean", "std"))
    return lambda picture: ((pixels_of(ImageOps.fit(picture.convert("RGB"), (side, side))) + 1) / 2 - mean) / std


def _side(told: Any) -> int:
    return int(told if isinstance(told, int) else told.get("height") or told["shortest_edge"])
