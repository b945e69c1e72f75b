"""One to four images as one picture, each with its number, as the buttons below it count."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from trainers.drawing.ink import GAP_PX, PAPER, TEXT, TILE_PX, font, sheet_of, tile

BADGE_PX = 22


def grid(images: Sequence[Image.Image]) -> Image.Image:
    """Two columns, numbered from 1; images of one size, enlarged to 256 px tiles where they are smaller.

    Raises: ValueError without images.
    """
    if not images:
        raise ValueError("a grid needs an image")
    scale = max(1.0, TILE_PX / max(images[0].size))
    width, height = (round(side * scale) for side in images[0].size)
    columns = 1 if len(images) == 1 else 2
    rows = -(-len(images) // columns)
    paper, pen = sheet_of(columns * (width + GAP_PX) + GAP_PX, rows * (height + GAP_PX) + GAP_PX)
    for index, image in enumerate(images):
        x = GAP_PX + index % columns * (width + GAP_PX)
        y = GAP_PX + index // columns * (height + GAP_PX)
        paper.paste(tile(image, width, height), (x, y))
        pen.rectangle((x, y, x + BADGE_PX, y + BADGE_PX), fill=PAPER)
        pen.text((x + BADGE_PX / 2, y + BADGE_PX / 2), str(index + 1), fill=TEXT, font=font(15), anchor="mm")
    return paper
