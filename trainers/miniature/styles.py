"""Rendering styles as filters over a flat drawing; the last four are kept for style learning."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageFilter


def pastel(image: Image.Image) -> Image.Image:
    """Paler, as chalk on white paper."""
    return Image.blend(image, Image.new("RGB", image.size, (255, 255, 255)), 0.45)


def hatched(image: Image.Image) -> Image.Image:
    """Ink lines, denser where the drawing is darker, over a faint tint."""
    luminance = np.asarray(image.convert("L"), dtype=np.float32) / 255
    side = image.size[0]
    rows, columns = np.mgrid[0:side, 0:side]
    period = max(3.0, side / 16)
    first = ((rows + columns) % period) / period
    second = ((rows - columns) % period) / period
    ink = (first > luminance) | (second > luminance + 0.35)
    paper = np.asarray(Image.blend(image, Image.new("RGB", image.size, (250, 246, 232)), 0.65)).copy()
    paper[ink] = (36, 34, 52)
    return Image.fromarray(paper)


def pixelated(image: Image.Image) -> Image.Image:
    """A 20 × 20 mosaic in few colours."""
    small = image.resize((20, 20), Image.Resampling.BOX)
    few = Image.eval(small, lambda value: min(255, value // 52 * 52 + 24))
    return few.resize(image.size, Image.Resampling.NEAREST)


def watercolour(image: Image.Image) -> Image.Image:
    """Washed colours with dark rims and paper grain."""
    side = image.size[0]
    wash = image.filter(ImageFilter.GaussianBlur(side / 40)).filter(ImageFilter.MedianFilter(3))
    rims = image.filter(ImageFilter.FIND_EDGES).convert("L").filter(ImageFilter.GaussianBlur(side / 90))
    pale = np.asarray(Image.blend(wash, Image.new("RGB", image.size, (255, 252, 240)), 0.3), dtype=np.float32)
    grain = np.random.default_rng(7).normal(0, 5, (side, side, 1)).astype(np.float32)
    washed = pale - np.asarray(rims, dtype=np.float32)[..., None] * 0.35 + grain
    return Image.fromarray(washed.clip(0, 255).astype(np.uint8))


def neon(image: Image.Image) -> Image.Image:
    """Glowing outlines on black."""
    side = image.size[0]
    edges = image.filter(ImageFilter.FIND_EDGES)
    glow = edges.filter(ImageFilter.GaussianBlur(max(1.0, side / 50)))
    bright = ImageChops.add(
        Image.eval(edges, lambda value: min(255, value * 2)), Image.eval(glow, lambda v: min(255, v * 2))
    )
    return ImageChops.add(bright, Image.new("RGB", image.size, (8, 4, 24)))


STYLE_FILTERS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "pastel": pastel,
    "hatched": hatched,
    "pixelated": pixelated,
    "watercolour": watercolour,
    "neon": neon,
}
