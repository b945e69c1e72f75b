"""The frames between two Tintype processes: a length, then JSON, then optional bytes.

A frame is `>II` (bytes of JSON, bytes of payload), the JSON object in UTF-8, the payload. Everything that crosses a
process border is one of these; nothing is ever unpickled.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

HEAD = struct.Struct(">II")
MAX_JSON_BYTES = 8 * 2**20  # a poll of thousands of events is well below
MAX_PAYLOAD_BYTES = 512 * 2**20  # a zip of twenty large photos; the receiver's own cap is usually lower


class BadFrame(ValueError):
    """What arrived is no frame of ours: the stream cannot be trusted any further."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a JSON object and the bytes that go with it."""

    head: dict[str, Any]
    payload: bytes = b""


def encode(head: dict[str, Any], payload: bytes = b"") -> bytes:
    """The bytes of one frame."""
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    return HEAD.pack(len(text), len(payload)) + text + payload


def _sizes(raw: bytes, max_payload: int) -> tuple[int, int]:
    text_bytes, payload_bytes = HEAD.unpack(raw)
    if text_bytes > MAX_JSON_BYTES or payload_bytes > max_payload:
        raise BadFrame(f"frame of {text_bytes} + {payload_bytes} bytes is over the limit")
    return text_bytes, payload_bytes


def _head(raw: bytes) -> dict[str, Any]:
    try:
        head = json.loads(raw)
    except ValueError as error:
        raise BadFrame("frame holds no JSON") from error
    if not isinstance(head, dict):
        raise BadFrame("frame holds no JSON object")
    return head


def _exactly(stream: BinaryIO, count: int) -> bytes:
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read(stream: BinaryIO, max_payload: int = MAX_PAYLOAD_BYTES) -> Frame:
    """Read one frame from a blocking stream.

    Raises: EOFError when the other side is gone, BadFrame when it does not speak our language.
    """
    text_bytes, payload_bytes = _sizes(_exactly(stream, HEAD.size), max_payload)
    return Frame(_head(_exactly(stream, text_bytes)), _exactly(stream, payload_bytes))


async def aread(stream: asyncio.StreamReader, max_payload: int = MAX_PAYLOAD_BYTES) -> Frame:
    """Read one frame from an asyncio stream.

    Raises: EOFError when the other side is gone, BadFrame when it does not speak our language.
    """
    try:
        text_bytes, payload_bytes = _sizes(await stream.readexactly(HEAD.size), max_payload)
        head = _head(await stream.readexactly(text_bytes))
        return Frame(head, await stream.readexactly(payload_bytes))
    except asyncio.IncompleteReadError as error:
        raise EOFError from error
