"""Photos, prepared once: decoded, cut into buckets of equal area, encoded into means and deviations of latents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from trainers.conditioning import Frame
from trainers.families import Family
from trainers.latents import encoded
from trainers.looking import Look, look
from trainers.looking.boxes import CLOSER, FILLED, Box, closest, share_of, widest
from trainers.looking.saliency import Map
from trainers.pipeline import Base

# B batch · C latent channels · H W latent height, width

ENOUGH = 0.8  # of a photo: where its middle shows so much, no subject is looked for to move that
MOST_ENLARGED = 1.5  # a crop of fewer pixels teaches how enlarged photos look


@dataclass(frozen=True, slots=True)
class Example:
    """One photo's latents as a distribution: each step draws a fresh sample."""

    mean: Tensor  #: (C, H, W) float32, scaled
    std: Tensor  #: (C, H, W) float32, scaled
    caption: str
    frame: Frame
    mask: Tensor | None = None  #: (H, W) float32, 0 … 1: what of it is the subject, where that is asked for and known

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


@dataclass(frozen=True, slots=True)
class Cut:
    """A part of a photo that is learned as a picture of its own."""

    path: Path
    photo_size: tuple[int, int]  #: width, height in px
    window: Box  #: of the photo
    bucket: tuple[int, int]  #: width, height in px that the window is scaled to
    is_close: bool = False  #: shows the subject nearer than all of the photo does
    mask: Map | None = field(default=None, repr=False)  #: what of the photo is the subject, where that was asked for

    @property
    def frame(self) -> Frame:
        """What SDXL is told of it: the photo was scaled, then cut."""
        scale = self.bucket[0] / self.window.width
        corner = (round(self.window.top * scale), round(self.window.left * scale))
        return Frame(self.photo_size[::-1], corner, self.bucket[::-1])

    def picture(self) -> Image.Image:
        """RGB, of the bucket's size."""
        with Image.open(self.path) as image:
            return image.convert("RGB").resize(self.bucket, Image.Resampling.LANCZOS, self.window)


def prepared(path: Path, family: Family) -> Image.Image:
    """A photo as an RGB picture of its bucket's size: the largest crop from the middle, scaled."""
    with Image.open(path) as image:
        size = image.size
    bucket = bucket_of(*size, family)
    return Cut(path, size, widest(size, bucket), bucket).picture()


Looks = dict[Path, Look]  #: what was found in photos that were looked at


def cuts_of(
    photos: Sequence[Path], family: Family, kind: str | None, looks: Looks | None = None, *, is_masked: bool = False
) -> list[Cut]:
    """What is learned of each photo: a wide crop, and a close one where the subject covers little of that.

    The wide one is the largest with the subject in it, the close one the smallest. A photo is looked at only where
    that matters, and not again if it is in `looks`; `is_masked` asks for the subject's mask.
    """
    known = {} if looks is None else looks
    return [cut for path in photos for cut in _cuts(path, family, kind, known, is_masked=is_masked)]


def _cuts(path: Path, family: Family, kind: str | None, looks: Looks, *, is_masked: bool) -> list[Cut]:
    with Image.open(path) as image:
        size = image.size
    if not is_masked and not _moves(size, family):
        return cuts_around(path, size, None, family)
    if path not in looks:
        looks[path] = looked_at(path, kind)
    cuts = cuts_around(path, size, looks[path].subject, family)
    return [replace(cut, mask=looks[path].mask) for cut in cuts] if is_masked else cuts


def cuts_around(path: Path, size: tuple[int, int], subject: Box | None, family: Family) -> list[Cut]:
    """What is learned of a photo of this width and height whose subject is there; with none, of its middle."""
    bucket = bucket_of(*size, family)
    if subject is None or not _moves(size, family):
        return [Cut(path, size, widest(size, bucket), bucket)]
    wide = Cut(path, size, widest(size, bucket, subject), bucket)
    close = close_up(path, size, subject, wide, family) if family.closeups else None
    return [wide, close] if close else [wide]


def _moves(size: tuple[int, int], family: Family) -> bool:
    """Whether it makes a difference where the subject of a photo is."""
    middle = widest(size, bucket_of(*size, family))
    return family.closeups or middle.area < ENOUGH * size[0] * size[1]


def close_up(path: Path, size: tuple[int, int], subject: Box, wide: Cut, family: Family) -> Cut | None:
    """The smallest crop with all of the subject, if the wide one shows it small and the photo has the pixels for it."""
    shown = share_of(subject, wide.window)
    if shown >= FILLED:
        return None
    for shape in (bucket_of(subject.width, subject.height, family), wide.bucket):
        window = closest(size, shape, subject, math.ceil(min(shape) / MOST_ENLARGED))
        if window is not None and share_of(subject, window) >= CLOSER * shown:
            return Cut(path, size, window, shape, is_close=True)
    return None


def reduced(cut: Cut, family: Family, share: float) -> Cut:
    """The same cut in a smaller bucket of about its shape; `share` as in `bucket_of`."""
    bucket = bucket_of(*cut.bucket, family, share)
    inside = widest((cut.window.width, cut.window.height), bucket)
    left, top = cut.window.left + inside.left, cut.window.top + inside.top
    return replace(cut, bucket=bucket, window=Box(left, top, left + inside.width, top + inside.height))


def looked_at(path: Path, kind: str | None) -> Look:
    """Where a photo's subject is."""
    with Image.open(path) as image:
        return look(image.convert("RGB"), kind)


def pixels_of(image: Image.Image) -> Tensor:
    """(3, height, width) float32 in -1 … 1."""
    return torch.from_numpy(np.asarray(image, dtype=np.float32).copy()).permute(2, 0, 1) / 127.5 - 1


def flips_of(family: Family, kind: str) -> tuple[bool, ...]:
    """Whether to learn each photo mirrored too: never faces, never what may bear lettering."""
    return (False, True) if family.may_flip and kind == "animal" else (False,)


def examples(
    base: Base, cuts: Sequence[Cut], captions: Sequence[str], kind: str, share: float = 1.0
) -> Iterator[Example]:
    """Encode each cut, yielding as it goes, with the subject's mask where it has one; `share` as in `bucket_of`."""
    for found, caption in zip(cuts, captions, strict=True):
        cut = found if share == 1.0 else reduced(found, base.family, share)
        pixels = pixels_of(cut.picture())
        for is_mirrored in flips_of(base.family, kind):
            mean, std = encoded_pixels(base, pixels.flip(2) if is_mirrored else pixels)
            mask = None if cut.mask is None else mask_of(cut.mask, cut, mean.shape[-2:], is_mirrored=is_mirrored)
            yield Example(mean, std, caption, cut.frame, mask)


def mask_of(subject: Map, cut: Cut, shape: Sequence[int], *, is_mirrored: bool = False) -> Tensor:
    """What of a cut is the subject, for each latent pixel: (H, W) float32, 0 … 1."""
    scales = [side / photo for side, photo in zip(subject.shape[::-1], cut.photo_size, strict=True)]
    window = tuple(edge * scale for edge, scale in zip(cut.window, [*scales, *scales], strict=True))
    image = Image.fromarray(subject).resize((shape[1], shape[0]), Image.Resampling.BOX, window)
    mask = torch.from_numpy(np.asarray(image, dtype=np.float32).copy()).clamp(0, 1)
    return mask.flip(1) if is_mirrored else mask


def masks_of(chosen: Sequence[Example]) -> Tensor | None:
    """The masks of a batch, all of one where there is none: (B, H, W); None when there are none at all."""
    if all(example.mask is None for example in chosen):
        return None
    return torch.stack([torch.ones(one.mean.shape[1:]) if one.mask is None else one.mask for one in chosen])


def encoded_pixels(base: Base, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of a picture's scaled latents: (3, height, width) in -1 … 1 -> (C, H, W) float32 each."""
    mean, std = encoded(base, pixels[None])
    return mean[0].cpu(), std[0].cpu()


def batch_of(found: Sequence[Example], size: int, generator: torch.Generator) -> list[int]:
    """Indices of one batch: distinct while there are enough, all of one bucket so that they stack."""
    first = int(torch.randint(len(found), (1,), generator=generator))
    same = [index for index, example in enumerate(found) if example.mean.shape == found[first].mean.shape]
    chosen: list[int] = []
    while len(chosen) < size:
        chosen += [same[index] for index in torch.randperm(len(same), generator=generator).tolist()]
    return chosen[:size]
