"""What a file is, judged by its first bytes, and what can be told of it before anything is decoded."""

from __future__ import annotations

import re
from collections.abc import Sequence

SCANS_MOST = 100  # of a progressive JPEG; encoders write about ten
HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
BRANDS_BYTES = 256  # enough of an ISO file's first box
ZIP_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # inside a scan: stuffed bytes and restarts are none
JPEG_SOS, JPEG_EOI = 0xDA, 0xD9
JPEG_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})  # markers without a length
PNG_HEAD_BYTES = 24
WEBP_HEAD_BYTES = 30


def format_of(data: bytes) -> str | None:
    """`JPEG`, `PNG`, `WEBP`, `GIF`, `AVIF` or `HEIF`; None for everything else, whatever its name says."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "GIF"
    return _iso_format(data)


def _iso_format(data: bytes) -> str | None:
    if data[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(data[:4], "big"), BRANDS_BYTES)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & AVIF_BRANDS:
        return "AVIF"
    return "HEIF" if brands & HEIC_BRANDS or {b"mif1", b"msf1"} & brands else None


def size_of(data: bytes, kind: str) -> tuple[int, int] | None:
    """Width and height in px as the header claims them; None where the decoder tells before it takes memory."""
    if kind == "PNG" and len(data) >= PNG_HEAD_BYTES:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if kind == "WEBP" and len(data) >= WEBP_HEAD_BYTES:
        return _webp_size(data)
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """Source: RFC 9649, sections 2.5 to 2.7."""
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8 ":
            return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
        case b"VP8L":
            both = int.from_bytes(data[21:25], "little")
            return (both & 0x3FFF) + 1, (both >> 14 & 0x3FFF) + 1
    return None


def scans_of(data: bytes, most: int = SCANS_MOST) -> int:
    """How many scans a JPEG has up to its end, counted to `most` + 1: each costs a decoder one pass over all pixels."""
    at, scans = 2, 0
    while scans <= most:
        found = NEXT_MARKER.search(data, at)
        if found is None:
            break
        marker, at = data[found.end() - 1], found.end()
        if marker == JPEG_EOI:
            break
        scans += marker == JPEG_SOS
        if marker not in JPEG_BARE:
            at += max(2, int.from_bytes(data[at : at + 2], "big"))
    return scans


def is_zip(data: bytes) -> bool:
    """Whether it begins like a zip."""
    return data.startswith(ZIP_BEGINNINGS)


def plain_name(name: str, most: int = 60) -> str:
    """A file's own name without folders and without anything that is not printed; long ones lose their middle."""
    bare = re.split(r"[/\\]", name)[-1]
    shown = "".join(letter for letter in bare if letter.isprintable()).strip() or "unnamed"
    return shown if len(shown) <= most else f"{shown[: most - 13]}…{shown[-12:]}"


def is_photo_name(
    name: str, endings: Sequence[str] = ("jpg", "jpeg", "png", "webp", "gif", "avif", "heic", "heif")
) -> bool:
    """Whether its name claims to be a photo."""
    return name.lower().rpartition(".")[2] in endings
