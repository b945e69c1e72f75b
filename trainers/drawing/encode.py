"""Pictures as files: PNG with its recipe inside, and, where a limit demands it, WebP or a smaller JPEG; all marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from storage.errors import TintypeError
from trainers.drawing.mark import PNG_KEY, XMP

LIMIT_BYTES = 10 << 20  # what Discord takes without a boost
WEBP_QUALITIES = (95, 88, 80)
JPEG_QUALITY = 85
SMALLEST_SIDE_PX = 64


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture's bytes, ready to be sent."""

    content: bytes
    suffix: str  #: with its dot
    size: tuple[int, int]  #: width, height in px


def png(image: Image.Image, texts: Mapping[str, str] | None = None) -> bytes:
    """A PNG that carries the mark of a trained model, and the texts (its seed and settings) as UTF-8 chunks."""
    info = PngInfo()
    for name, text in {PNG_KEY: XMP, **(texts or {})}.items():
        info.add_itxt(name, text)
    file = BytesIO()
    image.save(file, "PNG", pnginfo=info, optimize=True)
    return file.getvalue()


def _lossy(image: Image.Image, kind: str, quality: int) -> bytes:
    file = BytesIO()
    image.convert("RGB").save(file, kind, quality=quality, xmp=XMP.encode())
    return file.getvalue()


def _tries(image: Image.Image, texts: Mapping[str, str]) -> Iterator[Encoded]:
    yield Encoded(png(image, texts), ".png", image.size)
    for quality in WEBP_QUALITIES:
        yield Encoded(_lossy(image, "WEBP", quality), ".webp", image.size)
    width, height = image.size
    while min(width, height) >= SMALLEST_SIDE_PX:
        smaller = image.resize((width, height), Image.Resampling.LANCZOS)
        yield Encoded(_lossy(smaller, "JPEG", JPEG_QUALITY), ".jpg", smaller.size)
        width, height = width * 3 // 4, height * 3 // 4


def encoded(image: Image.Image, limit_bytes: int, texts: Mapping[str, str] | None = None) -> Encoded:
    """The best form of the picture that stays within the limit.

    Raises: TintypeError E_IMAGE_TOO_BIG when not even a small JPEG does.
    """
    for form in _tries(image, texts or {}):
        if len(form.content) <= limit_bytes:
            return form
    raise TintypeError("E_IMAGE_TOO_BIG", limit_kib=limit_bytes >> 10)
