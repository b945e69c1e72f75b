"""Writes what `torch.save` would: a zip of numbers, and a program that builds tensors and plain values of them."""

from __future__ import annotations

import io
import math
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage import opcodes

EPOCH = (1980, 1, 1, 0, 0, 0)  # the same contents give the same bytes
ROOT = "archive"
VERSION = b"3\n"  # of torch's zips since 1.6
#: safetensors' kinds of numbers -> torch's
STORAGES = {
    "F64": "DoubleStorage",
    "F32": "FloatStorage",
    "F16": "HalfStorage",
    "BF16": "BFloat16Storage",
}
ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}


@dataclass(frozen=True, slots=True)
class Numbers:
    """One tensor, row after row."""

    kind: str  #: as safetensors calls it: F32
    shape: tuple[int, ...]
    data: bytes = field(repr=False)

    @property
    def count(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)


def torch_file(value: Any) -> bytes:
    """A file that `torch.load(weights_only=True)` reads as this value, with a tensor for each `Numbers`.

    Values: dicts, lists, tuples, text, whole and other numbers, True, False and None. There is no entry in the zip but
    `data.pkl`, `version` and the numbers, because AUTOMATIC1111 refuses a file with any other.
    Raises: TypeError for another kind of value.
    """
    found: list[Numbers] = []
    program = opcodes.PROTO + b"\x02" + b"".join(_built(value, found)) + opcodes.STOP
    entries = {"data.pkl": program, "version": VERSION}
    entries |= {f"data/{number}": numbers.data for number, numbers in enumerate(found)}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as file:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(f"{ROOT}/{name}", EPOCH)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, content)
    return whole.getvalue()


def _built(value: Any, found: list[Numbers]) -> Iterator[bytes]:
    """The instructions that leave the value on the stack."""
    if isinstance(value, Numbers):
        yield from _tensor(value, found)
    elif isinstance(value, Mapping):
        yield opcodes.EMPTY_DICT + opcodes.MARK
        for key, one in value.items():
            yield from _built(key, found)
            yield from _built(one, found)
        yield opcodes.SETITEMS
    elif isinstance(value, tuple):
        yield opcodes.MARK
        yield from _each(value, found)
        yield opcodes.TUPLE
    elif isinstance(value, list):
        yield opcodes.EMPTY_LIST + opcodes.MARK
        yield from _each(value, found)
        yield opcodes.APPENDS
    else:
        yield _plain(value)


def _each(values: Sequence[Any], found: list[Numbers]) -> Iterator[bytes]:
    for one in values:
        yield from _built(one, found)


def _plain(value: object) -> bytes:
    if value is None:
        return opcodes.NONE
    if isinstance(value, bool):
        return opcodes.NEWTRUE if value else opcodes.NEWFALSE
    if isinstance(value, int):
        return opcodes.BININT + struct.pack("<i", value)
    if isinstance(value, float):
        return opcodes.BINFLOAT + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return opcodes.BINUNICODE + struct.pack("<I", len(text)) + text
    raise TypeError(f"no {type(value).__name__} in torch's files")


def _tensor(numbers: Numbers, found: list[Numbers]) -> Iterator[bytes]:
    """What torch itself writes: `_rebuild_tensor_v2(storage, offset, shape, stride, requires_grad, hooks)`."""
    strides = tuple(math.prod(numbers.shape[at + 1 :]) for at in range(len(numbers.shape)))
    yield _named("torch._utils", "_rebuild_tensor_v2") + opcodes.MARK
    yield opcodes.MARK + _plain("storage") + _named("torch", STORAGES[numbers.kind])
    yield _plain(str(len(found))) + _plain("cpu") + _plain(numbers.count) + opcodes.TUPLE + opcodes.BINPERSID
    found.append(numbers)
    for one in (0, numbers.shape, strides, False):
        yield from _built(one, found)
    yield _named("collections", "OrderedDict") + opcodes.EMPTY_TUPLE + opcodes.REDUCE
    yield opcodes.TUPLE + opcodes.REDUCE


def _named(module: str, name: str) -> bytes:
    return opcodes.GLOBAL + f"{module}\n{name}\n".encode()
