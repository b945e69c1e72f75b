"""Uploads, good and evil, made on the spot."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import zipfile
import zlib
from typing import Any

from PIL import Image, ImageDraw

from storage import wire
from storage.inspection_client import ENVIRONMENT, command

SIZE_PX = 64  # what the miniature trains at


def picture(width: int = 320, height: int = 240, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """Something with edges, no two seeds alike."""
    rng = random.Random(seed)
    image = Image.new("RGB", (width, height), tuple(rng.randrange(90, 200) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(24):
        x, y = rng.randrange(width), rng.randrange(height)
        reach = rng.randrange(8, max(9, min(width, height) // 3))
        colour = tuple(rng.randrange(256) for _ in range(3))
        shape = rng.choice([pen.ellipse, pen.rectangle])
        shape((x - reach, y - reach, x + reach, y + reach), fill=colour)
    return image.convert(mode)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    """A PNG of which every field is ours to forge."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def black_png(width: int, height: int) -> bytes:
    """A true picture of one bit a pixel, small enough to send however large it is."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(packer.compress(row * 1000) for _ in range(height // 1000))
    rows += packer.compress(row * (height % 1000)) + packer.flush()
    return png(width, height, depth=1, colour=0, rows=rows)


def scan_bomb(width: int, height: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated."""
    whole = saved(Image.new("L", (width, height), 128), "JPEG", progressive=True, quality=30)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"


def zipped(
    members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in members.items() if isinstance(members, dict) else members:
            made.writestr(name, content)
    return file.getvalue()


def overlapping_zip(members: int, inflated: int) -> bytes:
    """Many entries of the list that all mean the same bytes."""
    one = zipped({"a.jpg": bytes(inflated)})
    end = one.rindex(b"PK\x05\x06")
    list_at = struct.unpack("<L", one[end + 16 : end + 20])[0]
    listed = one[list_at:end] * members
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, members, members, len(listed), list_at, 0)
    return one[:list_at] + listed + tail


def asked(request: dict[str, Any], payload: bytes, seconds: float = 60) -> tuple[list[wire.Frame], int]:
    """The frames a real inspector answers, and how it ended."""
    done = subprocess.run(
        command(),
        input=wire.encode(request, payload),
        capture_output=True,
        env=ENVIRONMENT,
        timeout=seconds,
        check=False,
    )
    stream = io.BytesIO(done.stdout)
    frames = []
    while stream.tell() < len(done.stdout):
        frames.append(wire.read(stream))
    return frames, done.returncode


def code_of(data: bytes, name: str = "a.jpg", size_px: int = SIZE_PX) -> str:
    """The code with which a real inspector refuses a photo; `taken` when it does not."""
    frames, _ = asked({"do": "photo", "name": name, "size_px": size_px}, data)
    return "taken" if frames[0].head["ok"] else str(frames[0].head["code"])


def rebuilt_copy(image: Image.Image) -> Image.Image:
    """The same picture as a messenger would pass it on: smaller, and saved as JPEG."""
    small = image.resize((image.width * 4 // 5, image.height * 4 // 5), Image.Resampling.LANCZOS)
    return Image.open(io.BytesIO(saved(small, "JPEG", quality=70))).convert("RGB")
