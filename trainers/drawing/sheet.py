"""Sample sheets and contact sheets: rows of pictures with a label before each row and a caption above each column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from trainers.drawing.curve import Marks, draw_curve
from trainers.drawing.ink import ACCENT, FAINT, GAP_PX, TEXT, Pen, font, lines_of, sheet_of, tile

LABEL_PX = 120
CAPTION_PX = 44
CURVE_PX = 200
TEXT_PX = 13


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    label: str
    images: Sequence[Image.Image]
    note: str = ""  #: below the label, e.g. the likeness
    is_marked: bool = False


def _draw_captions(pen: Pen, captions: Sequence[str], tile_px: int, top: int) -> None:
    for column, caption in enumerate(captions):
        x = LABEL_PX + column * (tile_px + GAP_PX)
        for number, line in enumerate(lines_of(caption, TEXT_PX, tile_px, 2)):
            pen.text((x, top + 4 + number * (TEXT_PX + 4)), line, fill=FAINT, font=font(TEXT_PX))


def _draw_row(paper: Image.Image, pen: Pen, row: Row, tile_px: int, y: int) -> None:
    colour = ACCENT if row.is_marked else TEXT
    for number, line in enumerate(lines_of(row.label, TEXT_PX, LABEL_PX - 2 * GAP_PX, 3)):
        pen.text((GAP_PX, y + number * (TEXT_PX + 4)), line, fill=colour, font=font(TEXT_PX))
    pen.text((GAP_PX, y + 3 * (TEXT_PX + 4)), row.note, fill=colour, font=font(TEXT_PX))
    for column, image in enumerate(row.images):
        shown = tile(image, tile_px, tile_px)
        x = LABEL_PX + column * (tile_px + GAP_PX)
        paper.paste(shown, (x + (tile_px - shown.width) // 2, y + (tile_px - shown.height) // 2))
    if row.is_marked:
        pen.rectangle((2, y - 3, paper.width - 3, y + tile_px + 2), outline=ACCENT)


def sheet(captions: Sequence[str], rows: Sequence[Row], tile_px: int = 160, marks: Marks | None = None) -> Image.Image:
    """A sheet of rows; with `marks` the progress curve stands above them.

    Raises: ValueError when a row has more pictures than there are captions.
    """
    if any(len(row.images) > len(captions) for row in rows):
        raise ValueError("a row has more pictures than there are captions")
    width = LABEL_PX + len(captions) * (tile_px + GAP_PX)
    head = CURVE_PX if marks else 0
    paper, pen = sheet_of(width, head + CAPTION_PX + len(rows) * (tile_px + GAP_PX) + GAP_PX)
    if marks:
        draw_curve(pen, (0, 0, width, CURVE_PX), marks)
    _draw_captions(pen, captions, tile_px, head)
    for number, row in enumerate(rows):
        _draw_row(paper, pen, row, tile_px, head + CAPTION_PX + number * (tile_px + GAP_PX))
    return paper
