"""Boxes in a picture, and the windows that a picture is cut to."""

from __future__ import annotations

import math
from typing import NamedTuple

MARGIN = 0.15  # of the subject's sides, around it: a subject that touches the edge looks cut
FILLED = 0.5  # of a window, what a subject should cover at least
CLOSER = 1.3  # how many times more a close window must show of the subject to be worth a crop of its own


class Box(NamedTuple):
    """A rectangle of whole pixels; right and bottom are the first that are no longer in it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In px."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In px."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """In px²."""
        return self.width * self.height

    def scaled(self, factor: float, size: tuple[int, int]) -> Box:
        """The box in a picture of another size (width, height), grown to whole pixels and kept inside it."""
        return Box(
            max(0, math.floor(self.left * factor)),
            max(0, math.floor(self.top * factor)),
            min(size[0], math.ceil(self.right * factor)),
            min(size[1], math.ceil(self.bottom * factor)),
        )

    def common(self, other: Box) -> int:
        """px² that both have."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, width) * max(0, height)


def whole(size: tuple[int, int]) -> Box:
    """All of a picture of this width and height."""
    return Box(0, 0, *size)


def share_of(subject: Box, window: Box) -> float:
    """The part of a window that a subject covers, 0 … 1."""
    return window.common(subject) / window.area


def widest(size: tuple[int, int], shape: tuple[int, int], subject: Box | None = None) -> Box:
    """The largest window of a shape (its width to its height) in a picture, with the subject in its middle.

    Where there is not room on one side, it is moved; without a subject it is the middle of the picture.
    """
    scale = min(size[0] / shape[0], size[1] / shape[1])
    return _placed(size, (shape[0] * scale, shape[1] * scale), subject or whole(size))


def closest(size: tuple[int, int], shape: tuple[int, int], subject: Box, least_px: int) -> Box | None:
    """The smallest window of a shape with all of the subject and some margin, its short side at least so many px.

    None when no such window has room in the picture.
    """
    wanted = (subject.width * (1 + 2 * MARGIN), subject.height * (1 + 2 * MARGIN))
    scale = max(wanted[0] / shape[0], wanted[1] / shape[1], least_px / min(shape))
    sides = (shape[0] * scale, shape[1] * scale)
    return _placed(size, sides, subject) if sides[0] <= size[0] and sides[1] <= size[1] else None


def _placed(size: tuple[int, int], sides: tuple[float, float], subject: Box) -> Box:
    width, height = min(size[0], round(sides[0])), min(size[1], round(sides[1]))
    left = _start(size[0], width, (subject.left + subject.right) / 2)
    top = _start(size[1], height, (subject.top + subject.bottom) / 2)
    return Box(left, top, left + width, top + height)


def _start(room: int, length: int, middle: float) -> int:
    return max(0, min(room - length, math.floor(middle - length / 2 + 0.5)))
