"""The CLIP that a base's text encoder comes from: what its words mean in the space that pictures share with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from trainers.pipeline import Base

PROJECTION = "text_projection.weight"
MEAN = (0.48145466, 0.4578275, 0.40821073)  # of CLIP's pictures
STD = (0.26862954, 0.26130258, 0.27577711)

# B batch · D text width · P width of the common space


@dataclass(frozen=True, slots=True)
class Clip:
    """Both ways into the common space."""

    text_projection: Tensor  #: from the first text encoder's state at a prompt's end: (P, D) float32
    image_features: Callable[[Sequence[Image]], Tensor]  #: each of length one: (B, P) float32


@dataclass(frozen=True, slots=True)
class ClipSource:
    """Where a family's CLIP is found."""

    name: str  #: of the repository, as the operator fetches it
    width: int  #: of its common space
    load: Callable[[], Clip]  #: raises TintypeError E_NO_CLIP when it is not on this machine


def clip_of(base: Base) -> Clip:
    """The CLIP of a base's first text encoder.

    Raises: TintypeError E_CLIP_NONE when there is none for its family, E_NO_CLIP when it is not on this machine,
    E_CLIP_FITS when the base's text encoder is of another width.
    """
    source = base.family.clip
    if source is None:
        raise TintypeError("E_CLIP_NONE", base=base.family.title)
    clip = source.load()
    if clip.text_projection.shape[1] != base.encoders[0].model.config.hidden_size:
        raise TintypeError("E_CLIP_FITS", clip=source.name, base=base.id)
    return clip


def fetched_clip(repo: str, width: int) -> ClipSource:
    """A `CLIPModel` that the operator fetched; its picture side is loaded for training alone."""
    return ClipSource(repo, width, lambda: _loaded(repo))


def _loaded(repo: str) -> Clip:
    from safetensors import safe_open

    from trainers.models import fetched_folder

    folder = fetched_folder(repo)
    if folder is None:
        raise TintypeError("E_NO_CLIP", clip=repo)
    with safe_open(folder / "model.safetensors", "pt") as file:
        projection = file.get_tensor(PROJECTION).float()
    return Clip(projection, Seeing(folder).features)


class Seeing:
    """The picture side of a fetched CLIP, loaded when the first picture comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _model(self) -> Any:
        from transformers import CLIPModel

        found: Any = CLIPModel.from_pretrained(self._folder, local_files_only=True, use_safetensors=True)
        return found.float().eval().requires_grad_(False)

    def features(self, images: Sequence[Image]) -> Tensor:
        """Of each image's middle square."""
        import torch

        side = int(self._model.config.vision_config.image_size)
        pixels = torch.cat([pixels_for_clip(image, side) for image in images])
        seen: Tensor = self._model.vision_model(pixels).pooler_output
        return torch.nn.functional.normalize(self._model.visual_projection(seen))


def pixels_for_clip(picture: Image, side: int) -> Tensor:
    """A picture as CLIP sees it, its middle square: (1, 3, side, side) float32."""
    import torch
    from PIL import ImageOps

    from trainers.dataset import pixels_of

    pixels = (pixels_of(ImageOps.fit(picture.convert("RGB"), (side, side))) + 1) / 2
    mean, std = (torch.tensor(numbers).view(3, 1, 1) for numbers in (MEAN, STD))
    return ((pixels - mean) / std)[None]
