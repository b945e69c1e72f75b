"""What is measured of a rebuilt photo: how alike two are, how sharp, how bright."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PIL import Image, ImageFilter, ImageStat

COMPARED_PX = 512  # sharpness is judged at the size a base sees, so that a 50 megapixel photo is no blurrier for it
TILES = 8  # a side: a sharp subject before a blurred background is sharp
SHARPEST = 6  # the tile that counts, from the top: about the best tenth
HASHED_PX = 32
HASH_SIDE = 8
LAPLACIAN = (0, 1, 0, 1, -4, 1, 0, 1, 0)


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one photo."""

    phash: str  #: 16 hex characters; alike photos differ in few bits
    sharpness: float  #: standard deviation of the Laplacian (0-128 levels) in the photo's sharpest tenth
    luminance: float  #: mean, 0 black to 255 white
    contrast: float  #: standard deviation of luminance, levels


def measure(image: Image.Image) -> Measures:
    """Measure an RGB photo."""
    grey = image.convert("L")
    if max(grey.size) > COMPARED_PX:
        grey.thumbnail((COMPARED_PX, COMPARED_PX), Image.Resampling.BOX, reducing_gap=None)
    whole = ImageStat.Stat(grey)
    return Measures(phash(grey), _sharpness(grey), round(whole.mean[0], 1), round(whole.stddev[0], 1))


def _sharpness(grey: Image.Image) -> float:
    edges = grey.filter(ImageFilter.Kernel((3, 3), LAPLACIAN, scale=1, offset=128))
    width, height = edges.size
    across = [1 + at * (width - 2) // TILES for at in range(TILES + 1)]
    down = [1 + at * (height - 2) // TILES for at in range(TILES + 1)]
    spreads = [
        ImageStat.Stat(edges.crop((across[x], down[y], across[x + 1], down[y + 1]))).stddev[0]
        for x in range(TILES)
        for y in range(TILES)
        if across[x] < across[x + 1] and down[y] < down[y + 1]
    ]
    spreads.sort(reverse=True)
    return round(spreads[min(SHARPEST, len(spreads)) - 1], 2) if spreads else 0.0


def phash(grey: Image.Image) -> str:
    """The 64-bit perceptual hash: signs of the lowest frequencies around their median.

    Source: Zauner 2010, "Implementation and benchmarking of perceptual image hash functions", as in ImageHash.
    """
    small = list(grey.resize((HASHED_PX, HASHED_PX), Image.Resampling.BOX).tobytes())
    rows = [_lowest(small[at : at + HASHED_PX]) for at in range(0, HASHED_PX**2, HASHED_PX)]
    columns = [_lowest([row[at] for row in rows]) for at in range(HASH_SIDE)]
    values = [columns[x][y] for y in range(HASH_SIDE) for x in range(HASH_SIDE)]
    middle = sorted(values[1:])[len(values[1:]) // 2]  # without the mean, which says only how bright it is
    bits = "".join("1" if value > middle else "0" for value in values)
    return f"{int(bits, 2):016x}"


def _lowest(line: list[float] | list[int]) -> list[float]:
    """The first HASH_SIDE coefficients of the cosine transform (DCT-II)."""
    return [sum(value * wave for value, wave in zip(line, WAVES[k], strict=True)) for k in range(HASH_SIDE)]


WAVES = [[math.cos(math.pi * k * (2 * n + 1) / (2 * HASHED_PX)) for n in range(HASHED_PX)] for k in range(HASH_SIDE)]
