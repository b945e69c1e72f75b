"""What stands in the place of a picture that the output check holds back: a tile that says so, and nothing of it."""

from __future__ import annotations

from PIL import Image

from trainers.drawing.ink import FAINT, font, sheet_of

MARK = "Tintype-Held-Back"  # survives copies, conversions and our own PNGs
WORDS = "held back"
LARGEST_PX = 24


def held_back(width_px: int, height_px: int) -> Image.Image:
    """The tile for a picture of this size."""
    paper, pen = sheet_of(width_px, height_px)
    face = font(max(6, min(LARGEST_PX, width_px // 7)))
    pen.text((width_px / 2, height_px / 2), WORDS, fill=FAINT, font=face, anchor="mm")
    paper.info[MARK] = "yes"
    return paper


def is_held_back(picture: Image.Image) -> bool:
    """Whether this is such a tile."""
    return MARK in picture.info


def texts_of(picture: Image.Image) -> dict[str, str]:
    """What a PNG of it must carry to be known for one later."""
    return {MARK: "yes"} if is_held_back(picture) else {}
