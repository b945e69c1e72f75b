"""Answers for one photo: the rebuilt PNG, a thumbnail, and what was measured and remarked."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from PIL import Image

from storage.inspector.measures import Measures, measure
from storage.inspector.pixels import Rebuilt, rebuild

THUMBNAIL_PX = 256
BLURRY_BELOW = 4.0  # levels: sharp photos and drawings have 18 and more, blurred by 1 % of their side under 2
DARK_BELOW = 35.0  # mean level of 255
PALE_ABOVE = 247.0
FLAT_BELOW = 4.0  # levels of contrast: a covered lens, a wall


def inspect(data: bytes, name: str, size_px: int) -> tuple[dict[str, Any], bytes]:
    """The reply's head and its payload: the PNG, then the thumbnail of `head["thumbnail_bytes"]` bytes.

    Raises: PhotoRejected with the reason; MemoryError.
    """
    rebuilt = rebuild(data, name, size_px)
    found = measure(rebuilt.image)
    image = _png(rebuilt.image)
    thumbnail = _thumbnail(rebuilt.image)
    width, height = rebuilt.image.size
    head = {
        "width_px": width,
        "height_px": height,
        "sha256": pixel_hash(rebuilt.image),
        "thumbnail_bytes": len(thumbnail),
        "facts": {
            "format": rebuilt.format,
            "original_width_px": rebuilt.original[0],
            "original_height_px": rebuilt.original[1],
            "phash": found.phash,
            "sharpness": found.sharpness,
            "luminance": found.luminance,
            "contrast": found.contrast,
            "remarks": remarks(rebuilt, found, size_px),
        },
    }
    return head, image + thumbnail


def remarks(rebuilt: Rebuilt, found: Measures, size_px: int) -> list[dict[str, Any]]:
    """What the member should know before training; nothing of it stops a photo."""
    told = []
    if min(rebuilt.image.size) < size_px:
        width, height = rebuilt.original
        told.append({"code": "W_SMALL", "facts": {"width": width, "height": height, "need": size_px}})
    if look := _look(found):
        told.append({"code": look, "facts": {}})
    if rebuilt.is_animated:
        told.append({"code": "W_ANIMATED", "facts": {}})
    return told


def _look(found: Measures) -> str | None:
    """The one thing to say of how it looks: in the dark nothing can be sharp either."""
    if found.luminance < DARK_BELOW:
        return "W_DARK"
    if found.luminance > PALE_ABOVE:
        return "W_PALE"
    if found.contrast < FLAT_BELOW:
        return "W_FLAT"
    return "W_BLURRY" if found.sharpness < BLURRY_BELOW else None


def pixel_hash(image: Image.Image) -> str:
    """sha256 over size and RGB bytes: the same for two files of the same pixels."""
    return hashlib.sha256(b"%dx%d:" % image.size + image.tobytes()).hexdigest()


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=3)  # level 6 takes three times as long for 3 % less
    return file.getvalue()


def _thumbnail(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=80)
    return file.getvalue()
