"""What stands in the place of a picture that the output check holds back: a crossed ring, and nothing of it."""

from __future__ import annotations

from PIL import Image

from trainers.drawing.ink import FAINT, sheet_of

MARK = "Tintype-Held-Back"  # survives copies, conversions and our own PNGs
LARGEST_PX = 48  # half the ring's width


def held_back(width_px: int, height_px: int) -> Image.Image:
    """The tile for a picture of this size."""
    paper, pen = sheet_of(width_px, height_px)
    x, y, reach = width_px / 2, height_px / 2, min(LARGEST_PX, width_px / 6, height_px / 6)
    width, slant = max(1, round(reach / 7)), reach * 0.7
    pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=FAINT, width=width)
    pen.line((x - slant, y + slant, x + slant, y - slant), fill=FAINT, width=width)
    paper.info[MARK] = "yes"
    return paper


def is_held_back(picture: Image.Image) -> bool:
    """Whether this is such a tile."""
    return MARK in picture.info


def texts_of(picture: Image.Image) -> dict[str, str]:
    """What a PNG of it must carry to be known for one later."""
    return {MARK: "yes"} if is_held_back(picture) else {}
