"""Decodes one photo under limits and rebuilds it from nothing but its pixels, in 8-bit sRGB and the right way up."""

from __future__ import annotations

import io
import warnings
import zlib
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageFile, UnidentifiedImageError

from storage.errors import PhotoRejected
from storage.inspector import formats

PIXELS_MOST = 50_000_000
SIDE_MOST_PX = 12_000
ASPECT_MOST = 8
KEPT_PX = 2048  # longer side of what is kept: twice what the largest base trains at
ORIENTATION = 0x0112  # EXIF
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
PAPER = (255, 255, 255)  # what shines through transparency
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    zlib.error,
)
CUT_SHORT = ("truncated", "unexpected end", "incomplete", "end of file", "eof", "premature")
METADATA = ("max_text_chunk", "max_text_memory", "too large for", "icc", "exif")

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # our own limits are lower and speak


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A photo as it is kept: RGB, 8 bits, upright, at most about KEPT_PX long."""

    image: Image.Image
    format: str
    original: tuple[int, int]  #: px, the right way up
    is_animated: bool


def rebuild(data: bytes, name: str, size_px: int) -> Rebuilt:
    """Decode, turn, convert and shrink; `size_px` is what the base trains at.

    Raises: PhotoRejected E_FORMAT, E_HEIC, E_BAD_SHAPE, E_TOO_MANY_PIXELS, E_TOO_SMALL, E_TOO_SLOW, E_TRUNCATED,
    E_BAD_METADATA, E_CORRUPT; MemoryError.
    """
    kind = formats.format_of(data)
    if kind is None:
        raise PhotoRejected("E_FORMAT", photo=name)
    claimed = formats.size_of(data, kind)
    if claimed:
        check_size(claimed, name, size_px)
    if kind == "JPEG" and formats.scans_of(data) > formats.SCANS_MOST:
        raise PhotoRejected("E_TOO_SLOW", photo=name)
    if kind == "HEIF":
        _teach_heic(name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decoded(data, kind, name, size_px)
    except UnidentifiedImageError as error:
        raise PhotoRejected("E_CORRUPT", photo=name) from error
    except BROKEN as error:
        raise PhotoRejected(_code_of(error), photo=name) from error


def check_size(size: tuple[int, int], name: str, size_px: int) -> None:
    """Raises: PhotoRejected E_BAD_SHAPE, E_TOO_MANY_PIXELS, E_TOO_SMALL."""
    width, height = size
    short, long = sorted(size)
    if short < 1 or long > ASPECT_MOST * short:
        raise PhotoRejected("E_BAD_SHAPE", photo=name, width=width, height=height, most=ASPECT_MOST)
    if width * height > PIXELS_MOST or long > SIDE_MOST_PX:
        raise PhotoRejected("E_TOO_MANY_PIXELS", photo=name, width=width, height=height)
    if 2 * short < size_px:
        raise PhotoRejected("E_TOO_SMALL", photo=name, width=width, height=height, need=-(-size_px // 2))


def _teach_heic(name: str) -> None:
    try:
        import pillow_heif
    except ImportError as error:
        raise PhotoRejected("E_HEIC", photo=name) from error
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)


def _decoded(data: bytes, kind: str, name: str, size_px: int) -> Rebuilt:
    opened: Any = Image.open(io.BytesIO(data), formats=[kind])
    check_size(opened.size, name, size_px)
    width, height = opened.size
    kept = kept_size((width, height), size_px)
    opened.draft(opened.mode, kept)
    opened.load()
    turn = _turn_of(opened)
    is_animated = kind in {"GIF", "WEBP", "PNG", "AVIF"} and getattr(opened, "n_frames", 1) > 1
    profile = opened.info.get("icc_profile")
    small = _in_srgb(_shrunk(_in_eight_bits(opened), kept), profile)
    if turn is not None:
        small = small.transpose(turn)
        width, height = (height, width) if turn in SIDEWAYS else (width, height)
    clean = Image.frombytes("RGB", small.size, small.tobytes())
    return Rebuilt(clean, kind, (width, height), is_animated)


SIDEWAYS = {TURNS[5], TURNS[6], TURNS[7], TURNS[8]}


def kept_size(size: tuple[int, int], size_px: int) -> tuple[int, int]:
    """What a photo is shrunk to: KEPT_PX long, but never shorter across than the base trains at."""
    short, long = sorted(size)
    scale = min(1.0, max(KEPT_PX / long, size_px / short))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _turn_of(opened: Any) -> Image.Transpose | None:
    """How EXIF says to turn it; whatever is broken there or makes no sense counts as upright."""
    try:
        orientation = opened.getexif().get(ORIENTATION)
    except (*BROKEN, RuntimeError):
        return None
    return TURNS.get(orientation) if isinstance(orientation, int) else None


def _in_eight_bits(opened: Any) -> Image.Image:
    """Any mode as L, RGB or CMYK; what is transparent shows white paper."""
    image: Image.Image = opened
    if image.mode.startswith("I"):  # 16 bits: Pillow's own conversion would clip all to white
        return image.convert("I").point(lambda level: level * (1 / 257) + 0.5).convert("L")
    if image.mode == "F":
        return image.convert("L")
    if image.mode in {"PA", "LA", "La", "RGBa", "RGBA"} or "transparency" in image.info:
        solid = image.convert("RGBA")
        paper = Image.new("RGB", solid.size, PAPER)
        paper.paste(solid, mask=solid.getchannel("A"))
        return paper
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("L" if image.mode == "1" else "RGB")


def _shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _in_srgb(image: Image.Image, profile: object) -> Image.Image:
    """Through the photo's own profile where it has a sound one, else as if it were sRGB."""
    if isinstance(profile, bytes) and profile:
        from PIL import ImageCms

        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            through = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *BROKEN):
            through = None
        if through is not None:
            return through
    return image if image.mode == "RGB" else image.convert("RGB")


def _code_of(error: BaseException) -> str:
    told = str(error).lower()
    if any(word in told for word in CUT_SHORT):
        return "E_TRUNCATED"
    return "E_BAD_METADATA" if any(word in told for word in METADATA) else "E_CORRUPT"
