"""A photo with the crop that is suggested: what is left out is dimmed, so that the subject is seen to be whole."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from trainers.drawing.ink import ACCENT

if TYPE_CHECKING:
    from trainers.looking.boxes import Box

PREVIEW_PX = 256  # longer side, as the inspector's thumbnails, in whose place it stands
DIMMED = 0.35  # of its light that is left to what is outside
LINE = 1 / 100  # of the longer side
JPEG_QUALITY = 85


def framed(photo: Image.Image, crop: Box | None, side_px: int = PREVIEW_PX) -> Image.Image:
    """The photo, no larger than `side_px`; with a crop, all around it is dimmed."""
    scale = min(1.0, side_px / max(photo.size))
    small = photo.resize(
        (max(1, round(photo.width * scale)), max(1, round(photo.height * scale))), Image.Resampling.LANCZOS
    )
    if crop is None:
        return small
    window = crop.scaled(scale, small.size)
    shown = small.point(lambda value: round(value * DIMMED))
    shown.paste(small.crop(window), (window.left, window.top))
    corners = (window.left, window.top, window.right - 1, window.bottom - 1)
    ImageDraw.Draw(shown).rectangle(corners, outline=ACCENT, width=max(1, round(max(small.size) * LINE)))
    return shown


def jpeg(image: Image.Image) -> bytes:
    """A photo's bytes; it bears no mark, since no model has drawn it."""
    file = BytesIO()
    image.save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
