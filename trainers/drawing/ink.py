"""The colours, fonts and tiles that all our drawings share."""

from __future__ import annotations

from functools import cache

from PIL import Image, ImageDraw, ImageFont

PAPER = (30, 31, 34)  # near Discord's dark background, readable on the light one
TEXT = (219, 222, 225)
FAINT = (158, 162, 170)  # contrast 6.4 : 1 with the paper
ACCENT = (240, 178, 84)  # the warm brown-gold of a tintype
SECOND = (110, 178, 240)

GAP_PX = 8
TILE_PX = 256  # smallest side of a picture in a sheet: 64 px samples are shown four times as large

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Pen = ImageDraw.ImageDraw
Colour = tuple[int, int, int]


@cache
def font(size_px: int) -> Font:
    """Pillow's own font, so that every machine draws the same."""
    return ImageFont.load_default(size_px)


def sheet_of(width_px: int, height_px: int) -> tuple[Image.Image, Pen]:
    """An empty sheet and the pen for it."""
    paper = Image.new("RGB", (width_px, height_px), PAPER)
    return paper, ImageDraw.Draw(paper)


def tile(image: Image.Image, width_px: int, height_px: int) -> Image.Image:
    """The picture fitted into a tile, its shape kept, enlarged smoothly where it is smaller."""
    scale = min(width_px / image.width, height_px / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.convert("RGB").resize(size, Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.LANCZOS)


def clipped(text: str, size_px: int, width_px: int) -> str:
    """The text, shortened with an ellipsis until it fits."""
    face = font(size_px)
    if face.getlength(text) <= width_px:
        return text
    while text and face.getlength(f"{text}…") > width_px:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines_of(text: str, size_px: int, width_px: int, most: int) -> list[str]:
    """The text broken into at most so many lines; the last one is clipped."""
    face = font(size_px)
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and face.getlength(f"{line} {words[0]}") <= width_px:
            line = f"{line} {words.pop(0)}"
        lines.append(clipped(line, size_px, width_px))
    if words:
        lines.append(clipped(" ".join(words), size_px, width_px))
    return lines
