"""Reads torch's zips without torch: what builds tensors is understood, and nothing of it is ever run."""

from __future__ import annotations

import io
import math
import re
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from storage import opcodes as op
from storage.errors import PhotoRejected, WeightsRefused
from storage.inspector import zips
from storage.torch_files import ITEM_BYTES, STORAGES, Numbers

PROGRAM_BYTES = 2**20  # of names and shapes
NUMBERS_BYTES = 120 * 2**20  # of all tensors; a hypernetwork of SD 1.5 has 88 MB in float32
DIMENSIONS_MOST = 5
ENTRY = re.compile(r"[^/\\]{1,200}/(data\.pkl|data/\d{1,6}|version|byteorder|\.\w+|\.data/\w+)")
PROGRAM = re.compile(r"[^/]+/data\.pkl")
LITTLE = b"little"

T = TypeVar("T")


def value_of(data: bytes, name: str) -> Any:
    """What the file holds: plain values, with `Numbers` for its tensors.

    Raises: WeightsRefused E_PICKLE for whatever is not built of tensors and plain values alone, E_IMPORT_BIG.
    """
    try:
        zips.check_end(data, name)
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            return _value(data, opened, name)
    except (*zips.BROKEN, PhotoRejected, TypeError, LookupError) as error:
        raise WeightsRefused("E_PICKLE", file=name) from error


def _value(data: bytes, opened: zipfile.ZipFile, name: str) -> Any:
    entries = opened.infolist()
    zips.check_members(data, opened, entries, name)
    found = {info.filename: info for info in entries}
    [root] = {entry.partition("/")[0] for entry in found}
    is_plain = all(ENTRY.fullmatch(entry) for entry in found) and len(found) == len(entries)
    if not is_plain or any(info.compress_type != zipfile.ZIP_STORED for info in entries):
        raise ValueError("no zip of torch's")
    if sum(info.file_size for info in entries) > NUMBERS_BYTES:
        raise WeightsRefused("E_IMPORT_BIG", file=name, most_mb=NUMBERS_BYTES // 2**20)
    if f"{root}/byteorder" in found and opened.read(f"{root}/byteorder").strip() != LITTLE:
        raise ValueError("numbers of another byte order")
    program = found[f"{root}/data.pkl"]
    if program.file_size > PROGRAM_BYTES:
        raise ValueError("more than names and shapes")
    return _Machine(opened.read(program), lambda key: opened.read(f"{root}/data/{key}")).value()


@dataclass(frozen=True, slots=True)
class _Storage:
    """The numbers of one tensor, or of several."""

    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Name:
    """What a program calls by its name; only these mean anything."""

    module: str
    name: str


ORDERED_DICT = _Name("collections", "OrderedDict")
TENSOR = _Name("torch._utils", "_rebuild_tensor_v2")
KINDS = {_Name("torch", storage): kind for kind, storage in STORAGES.items()}
_MARK = object()
#: instructions with a number after them: how it is packed
NUMBERS = {op.BININT1: "<B", op.BININT2: "<H", op.BININT: "<i", op.BINFLOAT: ">d"}
#: those that put a value, or look one up: how their index is packed
PUTS, GETS = {op.BINPUT: "<B", op.LONG_BINPUT: "<I"}, {op.BINGET: "<B", op.LONG_BINGET: "<I"}
CONSTANTS = {op.NONE: None, op.NEWTRUE: True, op.NEWFALSE: False, op.EMPTY_TUPLE: ()}
TUPLES = {op.TUPLE1: 1, op.TUPLE2: 2, op.TUPLE3: 3}
INTEGER_BYTES = 8


class _Machine:
    """Follows the instructions with a stack of plain values. It can call nothing and look nothing up.

    Raises: ValueError for an instruction or a name that no tensor needs; LookupError, TypeError for a broken program.
    """

    def __init__(self, program: bytes, read: Callable[[str], bytes]) -> None:
        self._program, self._read, self._at = program, read, 0
        self._stack: list[Any] = []
        self._kept: dict[int, Any] = {}
        self._makers: Mapping[bytes, Callable[[], Any]] = {
            op.MARK: lambda: _MARK,
            op.TUPLE: lambda: tuple(self._since_mark()),
            op.EMPTY_DICT: dict,
            op.EMPTY_LIST: list,
            op.BINUNICODE: lambda: self._taken(self._number("<I")).decode(),
            op.LONG1: lambda: self._integer(self._number("<B")),
            op.GLOBAL: lambda: _Name(self._line(), self._line()),
            op.BINPERSID: lambda: self._storage(*self._stack.pop()),
            op.REDUCE: lambda: self._called(self._stack.pop(), self._stack.pop()),
        }

    def value(self) -> Any:
        """What is left when it stops."""
        while (instruction := self._taken(1)) != op.STOP:
            self._follow(instruction)
        [value] = self._stack
        return value

    def _taken(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._program):
            raise ValueError("no end")
        return self._program[self._at - count : self._at]

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._taken(struct.calcsize(form)))[0]

    def _line(self) -> str:
        end = self._program.index(b"\n", self._at)
        line = self._taken(end - self._at + 1)[:-1]
        return line.decode("ascii")

    def _since_mark(self) -> list[Any]:
        at = max(index for index, value in enumerate(self._stack) if value is _MARK)
        found = self._stack[at + 1 :]
        del self._stack[at:]
        return found

    def _follow(self, instruction: bytes) -> None:
        if instruction == op.PROTO:
            self._taken(1)
        elif instruction in PUTS:
            self._kept[self._number(PUTS[instruction])] = self._stack[-1]
        elif instruction in (op.SETITEM, op.SETITEMS):
            self._set(self._since_mark() if instruction == op.SETITEMS else [self._stack.pop(-2), self._stack.pop()])
        elif instruction in (op.APPEND, op.APPENDS):
            values = self._since_mark() if instruction == op.APPENDS else [self._stack.pop()]
            self._container(list).extend(values)
        elif instruction == op.BUILD:
            self._stack.pop()  # torch's notes on versions of its modules
            self._container(dict)
        else:
            self._stack.append(self._made(instruction))

    def _set(self, values: Sequence[Any]) -> None:
        into = self._container(dict)
        for key, value in zip(values[::2], values[1::2], strict=True):
            if type(key) not in (str, int):
                raise ValueError("no key of torch's")
            into[key] = value

    def _container(self, of: type[T]) -> T:
        found = self._stack[-1]
        if type(found) is not of:
            raise ValueError("no container")
        return found

    def _made(self, instruction: bytes) -> Any:
        if instruction in CONSTANTS:
            return CONSTANTS[instruction]
        if instruction in NUMBERS:
            return self._number(NUMBERS[instruction])
        if instruction in GETS:
            return self._kept[self._number(GETS[instruction])]
        if instruction in TUPLES:
            values = [self._stack.pop() for _ in range(TUPLES[instruction])]
            return tuple(reversed(values))
        if instruction not in self._makers:
            raise ValueError(f"no instruction of torch's: {instruction!r}")
        return self._makers[instruction]()

    def _integer(self, count: int) -> int:
        if count > INTEGER_BYTES:
            raise ValueError("no number of torch's")
        return int.from_bytes(self._taken(count), "little", signed=True)

    def _called(self, given: Any, name: Any) -> Any:
        """Two names alone stand for something: an empty dictionary, and a tensor of what was read."""
        if name == ORDERED_DICT and given == ():
            return {}
        if name == TENSOR and type(given) is tuple:
            return _tensor(*given)
        raise ValueError("builds no tensor")

    def _storage(self, what: Any, name: Any, key: Any, _: Any, count: Any) -> _Storage:
        """The numbers that `("storage", name, key, place, count)` names; the key is a number, so no path."""
        if what != "storage" or name not in KINDS or type(count) is not int or not re.fullmatch(r"\d{1,6}", key):
            raise ValueError("no numbers of torch's")
        kind, data = KINDS[name], self._read(key)
        if len(data) != count * ITEM_BYTES[kind]:
            raise ValueError("not as many numbers as told")
        return _Storage(kind, data)


def _tensor(storage: _Storage, offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any) -> Numbers:
    """Numbers that lie one behind the other; of any other view there is none in a state that was saved."""
    if not isinstance(storage, _Storage) or type(offset) is not int or offset < 0 or len(shape) > DIMENSIONS_MOST:
        raise ValueError("no tensor")
    if any(type(side) is not int or side < 1 for side in shape):
        raise ValueError("no tensor")
    expected = [math.prod(shape[at + 1 :]) for at in range(len(shape))]
    if any(stride != wanted for side, stride, wanted in zip(shape, strides, expected, strict=True) if side > 1):
        raise ValueError("not row after row")
    item, count = ITEM_BYTES[storage.kind], math.prod(shape)
    data = storage.data[offset * item : (offset + count) * item]
    if len(data) != count * item:
        raise ValueError("fewer numbers than the shape asks for")
    return Numbers(storage.kind, tuple(shape), data)


def is_state(value: object) -> bool:
    """Whether it is one network's numbers by name."""
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and isinstance(numbers, Numbers) for name, numbers in value.items()
    )
