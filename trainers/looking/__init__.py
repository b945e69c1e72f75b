"""Where the subject of a photo is: faces in photos of a person, else what stands out; never a guess that is unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from storage.records import Kind
from trainers.looking.boxes import Box, share_of, whole
from trainers.looking.saliency import Map, reduced, saliency

if TYPE_CHECKING:
    from trainers.looking.outline import Outline

SURE = 0.8  # of what stands out (squared), inside the outline: below it several things do, or nothing does
TRIMMED = 0.01  # of the outline on each side, left out of the box: single pixels
SMALLEST = 0.01  # of the picture: less is a speck
SIDEWAYS, ABOVE, BELOW = 1.0, 0.6, 1.4  # of a face's width and height, around it: head and shoulders
ANOTHER = 1 / 3  # of the largest face's width: smaller ones are passers-by


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in one photo."""

    size: tuple[int, int]  #: width, height of the photo in px
    subject: Box | None  #: None when no one thing stands out
    faces: Sequence[Box]  #: of people, the largest first; looked for where a person may be shown
    mask: Map | None = field(repr=False)  #: which pixels are the subject, 0 … 1, of the photo's shape but smaller

    @property
    def share(self) -> float | None:
        """The part of the photo that the subject's box covers, 0 … 1."""
        return share_of(self.subject, whole(self.size)) if self.subject else None

    @property
    def people(self) -> int:
        """Faces of about the same size; the others are passers-by."""
        return sum(face.width >= ANOTHER * self.faces[0].width for face in self.faces)


def look(image: Image.Image, kind: str | None) -> Look:
    """Find the subject of a photo; `kind` is what it shows, None while nobody has said it.

    The largest face makes head and shoulders the subject. Otherwise it is the outline of what stands out, if that
    holds most of what does. A style has no subject: it is all of the picture.
    """
    if kind == Kind.STYLE:
        return Look(image.size, None, (), None)
    from trainers.looking.outline import faces_in, outlined  # OpenCV stays out of trainings that look at nothing

    faces = faces_in(image) if kind in (Kind.PERSON, None) else ()
    small = reduced(image)
    scale = small.width / image.width
    stands_out = saliency(small)
    found = outlined(small, stands_out, faces[0].scaled(scale, small.size) if faces else None)
    is_sure = _is_sure(stands_out, found)
    mask = _softened(found) if is_sure else None
    if faces:
        return Look(image.size, head_and_shoulders(faces[0], image.size), faces, mask)
    return Look(image.size, _bounds(found).scaled(1 / scale, image.size) if is_sure else None, (), mask)


def head_and_shoulders(face: Box, size: tuple[int, int]) -> Box:
    """What belongs to a face, kept inside a picture of this width and height."""
    return Box(
        max(0, round(face.left - SIDEWAYS * face.width)),
        max(0, round(face.top - ABOVE * face.height)),
        min(size[0], round(face.right + SIDEWAYS * face.width)),
        min(size[1], round(face.bottom + BELOW * face.height)),
    )


def _is_sure(stands_out: Map, found: Outline) -> bool:
    strength = stands_out**2
    return bool(found.mean() >= SMALLEST and strength[found].sum() >= SURE * strength.sum())


def _bounds(found: Outline) -> Box:
    """The box around an outline, single pixels at its ends left out."""
    ends = []
    for axis in (0, 1):
        mass = np.cumsum(found.sum(axis)) / found.sum()
        ends.append((int(np.searchsorted(mass, TRIMMED)), int(np.searchsorted(mass, 1 - TRIMMED)) + 1))
    (left, right), (top, bottom) = ends
    return Box(left, top, right, bottom)


def _softened(found: Outline) -> Map:
    """The outline with a soft edge, since it is only about right: the mean of each pixel's 3 × 3."""
    padded = np.pad(found.astype(np.float32), 1, mode="edge")
    height, width = found.shape
    shifted = [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)]
    softened: Map = np.stack(shifted).mean(0, dtype=np.float32)
    return softened
