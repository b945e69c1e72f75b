"""Safetensors files that are computed from others, with one tensor of each in memory at a time."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from storage.errors import TintypeError

METADATA = "__metadata__"
TEXT_MODEL = "text_model."  # transformers has written names of text encoders with it and without


class Tensors:
    """Numbers of one part of a model, in however many files; closed with the stack."""

    def __init__(self, paths: Sequence[Path], model: str, stack: ExitStack) -> None:
        self.model = model
        self._files: dict[str, Any] = {}
        try:
            for path in paths:
                opened: Any = stack.enter_context(safe_open(path, "pt"))
                self._files |= dict.fromkeys(opened.keys(), opened)
        except (OSError, SafetensorError) as error:
            raise TintypeError("E_BASE_LOAD", base=model) from error

    def __len__(self) -> int:
        return len(self._files)

    def get(self, name: str) -> Tensor | None:
        """The tensor, also where it is called with CLIP's own prefix or without; None where there is none."""
        said = (name, TEXT_MODEL + name, name.removeprefix(TEXT_MODEL))
        known = next((each for each in said if each in self._files), None)
        return None if known is None else self._files[known].get_tensor(known)


def write_like(path: Path, target: Path, notes: Mapping[str, str], made: Callable[[str], Tensor]) -> Iterator[None]:
    """Write a file of the names, shapes, precision and order of another, with further notes; yields after each tensor.

    `made` gives a tensor by its name. The file is on the disk at the end.
    Source: the format of safetensors: the header's length in eight bytes, the header as JSON, numbers without a gap.
    """
    header = _header(path)
    header[METADATA] = {**header.get(METADATA, {}), **notes}
    names = sorted((name for name in header if name != METADATA), key=lambda name: header[name]["data_offsets"])
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)  # numbers begin at multiples of 8
    with target.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for name in names:
            file.write(made(name).contiguous().reshape(-1).view(torch.uint8).numpy().data)
            yield
        file.flush()
        os.fsync(file.fileno())


def _header(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(size))
    return header
