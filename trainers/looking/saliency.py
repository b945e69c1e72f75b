"""What stands out in a picture: regions that no path along alike colours joins to its border."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Map = NDArray[np.float32]

# h w the reduced picture's height, width

SIDE_PX = 96  # of the reduced picture's longer side: enough for a box, and 40 ms
PASSES = 3  # over the picture in all four directions; later ones hardly change anything
BORDER = 0.1  # of the shorter side: what is taken for the background's colours
CENTRE = 0.35  # of each side: the deviation of where subjects are expected
D65 = (0.9505, 1.0, 1.089)
XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
TURNS: tuple[Callable[[Map], Map], ...] = (lambda a: a, lambda a: a[::-1], lambda a: a.T, lambda a: a.T[::-1])


def reduced(image: Image.Image) -> Image.Image:
    """The picture as it is looked at."""
    scale = SIDE_PX / max(image.size)
    sides = [max(8, round(side * scale)) for side in image.size]
    return image.convert("RGB").resize((sides[0], sides[1]), Image.Resampling.BOX)


def saliency(small: Image.Image) -> Map:
    """How much each pixel stands out, 0 … 1.

    The sum of the minimum barrier distance to the border and of the contrast to the border's colours, weighed by how
    near the middle a pixel is. Shapes: small (w, h) -> (h, w).
    Source: Zhang et al. 2015, "Minimum Barrier Salient Object Detection at 80 FPS", ICCV (their MB+).
    """
    lab = lab_of(small)
    barriers = np.stack([barrier_distance(lab[..., channel]) for channel in range(3)])
    return _stretched((_stretched(barriers.sum(0)) + _border_contrast(lab)) * _centre(lab.shape[0], lab.shape[1]))


def barrier_distance(channel: Map) -> Map:
    """The least difference between the highest and the lowest value on a path to the border.

    Approximated by sweeps from each side in turn, of whole rows at a time. Shapes: (h, w) -> (h, w).
    """
    highest, lowest = channel.copy(), channel.copy()
    distance = np.full(channel.shape, np.inf, np.float32)
    distance[[0, -1]] = 0
    distance[:, [0, -1]] = 0
    for _ in range(PASSES):
        for turned in TURNS:
            _sweep(turned(channel), turned(highest), turned(lowest), turned(distance))
    return distance


def _sweep(channel: Map, highest: Map, lowest: Map, distance: Map) -> None:
    """Let each row go on with the paths of the row above it where that is shorter; all but the first are changed."""
    for row in range(1, len(channel)):
        high = np.maximum(highest[row - 1], channel[row])
        low = np.minimum(lowest[row - 1], channel[row])
        is_shorter = high - low < distance[row]
        np.copyto(highest[row], high, where=is_shorter)
        np.copyto(lowest[row], low, where=is_shorter)
        np.copyto(distance[row], high - low, where=is_shorter)


def _border_contrast(lab: Map) -> Map:
    """How unlike the colours along each side a pixel is (Mahalanobis), without the side it is most unlike.

    That side may be where the subject leaves the picture.
    """
    depth = max(1, round(BORDER * min(lab.shape[:2])))
    sides = (lab[:depth], lab[-depth:], lab[:, :depth], lab[:, -depth:])
    each = np.stack([_stretched(_unlike(lab, side.reshape(-1, 3))) for side in sides])
    return _stretched(each.sum(0) - each.max(0))


def _unlike(lab: Map, colours: Map) -> Map:
    away = lab - colours.mean(0)
    spread = np.cov(colours.T) + np.eye(3)  # a plain side has no spread of its own
    found: Map = np.sqrt(np.einsum("hwi,ij,hwj->hw", away, np.linalg.inv(spread), away)).astype(np.float32)
    return found


def _centre(height: int, width: int) -> Map:
    y, x = (np.linspace(-0.5, 0.5, side, dtype=np.float32) for side in (height, width))
    found: Map = np.exp(-(y[:, None] ** 2 + x[None] ** 2) / (2 * CENTRE**2)).astype(np.float32)
    return found


def _stretched(values: Map) -> Map:
    found: Map = (values - values.min()) / max(float(values.max() - values.min()), 1e-6)
    return found


def lab_of(picture: Image.Image) -> Map:
    """CIE L*a*b* of an sRGB picture, whose distances are about those that the eye sees: (h, w, 3)."""
    coded = np.asarray(picture, np.float32) / 255
    linear = np.where(coded > 0.04045, ((coded + 0.055) / 1.055) ** 2.4, coded / 12.92)
    xyz = linear @ np.array(XYZ, np.float32).T / np.array(D65, np.float32)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1).astype(np.float32)


def threshold(values: Map) -> float:
    """Where to cut between what stands out and the rest. Source: Otsu 1979, IEEE Trans. SMC 9(1)."""
    counts, edges = np.histogram(values, 64, (0, 1))
    shares, middles = counts / counts.sum(), (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(shares)[:-1], np.cumsum(shares * middles)
    between = (mass[-1] * below - mass[:-1]) ** 2 / np.maximum(below * (1 - below), 1e-9)
    return float(edges[1:][np.argmax(between)])
