"""Small models in ONNX's own bytes, for what reads such files: as many of its messages as a chain of layers needs.

Field numbers are those of onnx.proto3, operator set 11.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, INT64 = 1, 7
OF_FLOAT, OF_INT, OF_INTS = 1, 2, 7


def number(value: int) -> bytes:
    """A varint."""
    value &= (1 << 64) - 1
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def field(tag: int, value: float | bytes | str) -> bytes:
    if isinstance(value, float):
        return number(tag << 3 | 5) + struct.pack("<f", value)
    if isinstance(value, int):
        return number(tag << 3) + number(value)
    content = value.encode() if isinstance(value, str) else value
    return number(tag << 3 | 2) + number(len(content)) + content


def tensor(name: str, values: NDArray[np.generic]) -> bytes:
    kind = INT64 if values.dtype == np.int64 else FLOAT
    dims = b"".join(field(1, side) for side in values.shape)
    return dims + field(2, kind) + field(8, name) + field(9, values.tobytes())


def attribute(name: str, value: float | Sequence[int]) -> bytes:
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, OF_FLOAT)
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, OF_INT)
    return field(1, name) + b"".join(field(8, one) for one in value) + field(20, OF_INTS)


def node(kind: str, given: Sequence[str], made: str, **settings: float | Sequence[int]) -> bytes:
    names = b"".join(field(1, name) for name in given)
    told = b"".join(field(5, attribute(name, value)) for name, value in settings.items())
    return names + field(2, made) + field(3, made) + field(4, kind) + told


def value(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(field(1, field(1, side)) for side in shape)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dims)))


def model(
    nodes: Sequence[bytes],
    weights: Mapping[str, NDArray[np.generic]],
    given: tuple[str, Sequence[int]],
    made: Mapping[str, Sequence[int]],
) -> bytes:
    graph = b"".join(field(1, one) for one in nodes) + field(2, "graph")
    graph += b"".join(field(5, tensor(name, values)) for name, values in weights.items())
    graph += field(11, value(*given)) + b"".join(field(12, value(name, shape)) for name, shape in made.items())
    return field(1, 7) + field(8, field(2, 11)) + field(7, graph)
