"""Photos, prepared once: decoded, cropped into buckets of equal area, encoded into means and deviations of latents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainers.conditioning import Frame
from trainers.families import Family
from trainers.pipeline import Base
from trainers.thrift import at_hand

# C latent channels · H W latent height, width


@dataclass(frozen=True, slots=True)
class Example:
    """One photo's latents as a distribution: each step draws a fresh sample."""

    mean: Tensor  #: (C, H, W) float32, scaled
    std: Tensor  #: (C, H, W) float32, scaled
    caption: str
    frame: Frame

    def sample(self, generator: torch.Generator) -> Tensor:
        """(C, H, W)."""
        return self.mean + self.std * torch.randn(self.mean.shape, generator=generator)


def bucket_of(width: int, height: int, family: Family, share: float = 1.0) -> tuple[int, int]:
    """The training size (width, height) in px that fits a photo's shape best.

    Its area is about that of a square with `share` of the family's side.
    """
    unit = family.bucket_px
    side = max(unit, round(family.size_px * share / unit) * unit)
    widths = range(unit, side * 2 + 1, unit)
    sizes = [(w, max(unit, round(side * side / w / unit) * unit)) for w in widths]
    allowed = [(w, h) for w, h in sizes if max(w / h, h / w) <= family.max_aspect and w * h <= side * side] or [
        (side, side)
    ]
    wanted = np.log(width / height)
    return min(allowed, key=lambda size: (abs(np.log(size[0] / size[1]) - wanted), -size[0] * size[1]))


def prepared(path: Path, family: Family) -> Image.Image:
    """A photo as an RGB picture of its bucket's size: the largest crop from the middle, scaled."""
    return _framed(path, family)[0]


def _framed(path: Path, family: Family, share: float = 1.0) -> tuple[Image.Image, Frame]:
    with Image.open(path) as image:
        rgb = image.convert("RGB")
    width, height = bucket_of(*rgb.size, family, share)
    scale = max(width / rgb.width, height / rgb.height)
    resized = rgb.resize(
        (max(width, round(rgb.width * scale)), max(height, round(rgb.height * scale))), Image.Resampling.LANCZOS
    )
    left, top = (resized.width - width) // 2, (resized.height - height) // 2
    frame = Frame((rgb.height, rgb.width), (top, left), (height, width))
    return resized.crop((left, top, left + width, top + height)), frame


def pixels_of(image: Image.Image) -> Tensor:
    """(3, height, width) float32 in -1 … 1."""
    return torch.from_numpy(np.asarray(image, dtype=np.float32).copy()).permute(2, 0, 1) / 127.5 - 1


def flips_of(family: Family, kind: str) -> tuple[bool, ...]:
    """Whether to learn each photo mirrored too: never faces, never what may bear lettering."""
    return (False, True) if family.may_flip and kind == "animal" else (False,)


def examples(
    base: Base, photos: Sequence[Path], captions: Sequence[str], kind: str, share: float = 1.0
) -> Iterator[Example]:
    """Encode each photo, yielding as it goes; `share` as in `bucket_of`."""
    for path, caption in zip(photos, captions, strict=True):
        picture, frame = _framed(path, base.family, share)
        pixels = pixels_of(picture)
        for is_mirrored in flips_of(base.family, kind):
            mean, std = encoded_pixels(base, pixels.flip(2) if is_mirrored else pixels)
            yield Example(mean, std, caption, frame)


@torch.no_grad()
def encoded_pixels(base: Base, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of a picture's scaled latents: (3, height, width) in -1 … 1 -> (C, H, W) float32 each."""
    at_hand(base.vae, device=base.device)
    posterior = base.vae.encode(pixels[None].to(base.device, base.vae.dtype)).latent_dist
    scale = base.scaling_factor
    return (posterior.mean[0].float() * scale).cpu(), (posterior.std[0].float() * scale).cpu()


def batch_of(found: Sequence[Example], size: int, generator: torch.Generator) -> list[int]:
    """Indices of one batch: distinct while there are enough, all of one bucket so that they stack."""
    first = int(torch.randint(len(found), (1,), generator=generator))
    same = [index for index, example in enumerate(found) if example.mean.shape == found[first].mean.shape]
    chosen: list[int] = []
    while len(chosen) < size:
        chosen += [same[index] for index in torch.randperm(len(same), generator=generator).tolist()]
    return chosen[:size]
