"""Checks a weights file before any library opens it: safetensors only, and only what a word's weights can be."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from storage import aesthetics, hypernetworks
from storage.errors import WeightsRefused
from storage.labels import NEGATIVE

PICKLES = (b"PK", b"\x80")  # torch's zip and a bare pickle: opening either can run code
LENGTH_BYTES = 8
HEADER_BYTES = 2**20  # the largest LoRA of SDXL has a third of it
TENSORS_MOST = 5000
DIMENSIONS_MOST = 5
DIMENSION_MOST = 65_536
METADATA_BYTES = 64 * 2**10
METADATA = "__metadata__"
KEY = re.compile(r"[A-Za-z0-9_.<>*+:-]{1,256}")
ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
HIGH_BYTE = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2}
#: the highest byte of a number that is no number, infinite, or beyond all reason (from 2^1009, 2^126 and 2^16 on)
WILD = {
    kind: bytes(byte for byte in range(256) if byte & mask == mask)
    for kind, mask in {"F64": 0x7F, "F32": 0x7F, "BF16": 0x7F, "F16": 0x7C}.items()
}
#: kohya's, peft's, and three that diffusers has written over the years
PAIRS = (
    (".lora_down.weight", ".lora_up.weight"),
    (".lora_A.weight", ".lora_B.weight"),
    (".lora.down.weight", ".lora.up.weight"),
    ("_lora.down.weight", "_lora.up.weight"),
    (".lora_linear_layer.down.weight", ".lora_linear_layer.up.weight"),
)
DOWNS = tuple(down for down, _ in PAIRS)
#: a part of each of LyCORIS's other forms; whether the rest is there the engine sees
OTHER_FORMS = (".hada_w1_a", ".lokr_w1", ".lokr_w1_a", ".diff")
WIDE = (*DOWNS, ".hada_w1_b", ".diff")  # parts whose second side is what the layer reads
#: its input is as wide as the text encoder
READS_TEXT = re.compile(r"attn2[._](?:processor\.)?to_[kv](?=[._])")
OF_SDXL = re.compile(r"lora_te2_|text_encoder_2\.|clip_g$")  # its second text encoder
SAID = re.compile(r"(?:tintype|modelspec)\.[a-z_]+|ss_(?:base_model_version|output_name|v2|network_module)")
SAID_CHARACTERS = 120  # of one note that is passed on
SDXL = 2048
ENCODERS_MOST = 2  # each has rows of its own
FAMILIES = {192: "the miniature", 768: "SD 1.5", 1024: "SD 2", SDXL: "SDXL"}  # width of cross-attention


@dataclass(frozen=True, slots=True)
class Tensor:
    """One entry of the header."""

    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int


def check(data: bytes, name: str, width: int | None = None, base: str = "") -> dict[str, Any]:
    """What the file holds: {"kind": as `kind_of` tells, "family", "width", "tensors", "rank", "bytes", "said"}.

    `said` is what its notes tell of word, maker and base, each a short line; nobody has to believe it. `width` is the
    cross-attention width of the base named `base` that it should be for; None asks nothing.
    Raises: WeightsRefused E_PICKLE, E_WEIGHTS_HEADER, E_WEIGHTS_TRUNCATED, E_WEIGHTS_MANY, E_WEIGHTS_METADATA,
    E_WEIGHTS_NAMES, E_WEIGHTS_SHAPE, E_WEIGHTS_INCOMPLETE, E_WEIGHTS_BASE, E_WEIGHTS_NAN.
    """
    header, body = _split(data, name)
    tensors = _tensors(header, name)
    _check_layout(tensors, len(body), name)
    kind, found = kind_of(tensors), width_of(tensors)
    if kind == "lora":
        _check_pairs(tensors, name)
    if width is not None and found is not None and found != width:
        raise WeightsRefused("E_WEIGHTS_BASE", file=name, made_for=_told(found), base=base or _told(width))
    _check_finite(tensors, body, name)
    ranks = Counter(t.shape[0] for key, t in tensors.items() if key.endswith(DOWNS) and t.shape)
    return {
        "kind": kind,
        "width": found,
        "family": FAMILIES.get(found) if found else None,
        "tensors": len(tensors),
        "rank": ranks.most_common(1)[0][0] if ranks else None,
        "bytes": len(data),
        "said": said_in(header.get(METADATA, {})),
    }


def said_in(metadata: Mapping[str, str]) -> dict[str, str]:
    """The notes that tell where a file comes from, without those that are long or not of one line."""
    return {
        name: value
        for name, value in metadata.items()
        if SAID.fullmatch(name) and len(value) <= SAID_CHARACTERS and value.isprintable()
    }


def strange_key(data: bytes, name: str) -> str:
    """The first tensor's name that neither a LoRA nor an embedding has."""
    header, _ = _split(data, name)
    return min(key for key in header if key != METADATA)


def _split(data: bytes, name: str) -> tuple[Mapping[str, Any], memoryview]:
    length = int.from_bytes(data[:LENGTH_BYTES], "little")
    begins_json = data[LENGTH_BYTES : LENGTH_BYTES + 1] == b"{"
    if not begins_json and data.startswith(PICKLES):
        raise WeightsRefused("E_PICKLE", file=name)
    if not begins_json or not 2 <= length <= HEADER_BYTES:
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name)
    if LENGTH_BYTES + length > len(data):
        raise WeightsRefused("E_WEIGHTS_TRUNCATED", file=name)
    try:
        header = json.loads(data[LENGTH_BYTES : LENGTH_BYTES + length], object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name) from error
    return header, memoryview(data)[LENGTH_BYTES + length :]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _tensors(header: Mapping[str, Any], name: str) -> dict[str, Tensor]:
    metadata = header.get(METADATA, {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name)
    if (
        sum(
            len(key.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace"))
            for key, value in metadata.items()
        )
        > METADATA_BYTES
    ):
        raise WeightsRefused("E_WEIGHTS_METADATA", file=name, most_kib=METADATA_BYTES // 1024)
    entries = {key: entry for key, entry in header.items() if key != METADATA}
    if len(entries) > TENSORS_MOST:
        raise WeightsRefused("E_WEIGHTS_MANY", file=name, most=TENSORS_MOST)
    if not entries:
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name)
    if any(not KEY.fullmatch(key) or ".." in key for key in entries):
        raise WeightsRefused("E_WEIGHTS_NAMES", file=name)
    return {key: _tensor(entry, name) for key, entry in entries.items()}


def _tensor(entry: Any, name: str) -> Tensor:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name)
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in ITEM_BYTES or not _are_counts(shape) or not _are_counts(offsets):
        raise WeightsRefused("E_WEIGHTS_HEADER", file=name)
    if len(shape) > DIMENSIONS_MOST or any(not 1 <= side <= DIMENSION_MOST for side in shape):
        raise WeightsRefused("E_WEIGHTS_SHAPE", file=name)
    if len(offsets) != 2 or offsets[1] - offsets[0] != math.prod(shape) * ITEM_BYTES[kind]:
        raise WeightsRefused("E_WEIGHTS_SHAPE", file=name)
    return Tensor(kind, tuple(shape), offsets[0], offsets[1])


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(number) is int and number >= 0 for number in value)


def _check_layout(tensors: Mapping[str, Tensor], body_bytes: int, name: str) -> None:
    """One behind the other, from the first byte to the last."""
    placed = sorted((tensor.begin, tensor.end) for tensor in tensors.values())
    if placed[0][0] != 0 or any(before[1] != after[0] for before, after in pairwise(placed)):
        raise WeightsRefused("E_WEIGHTS_SHAPE", file=name)
    if placed[-1][1] > body_bytes:
        raise WeightsRefused("E_WEIGHTS_TRUNCATED", file=name)
    if placed[-1][1] < body_bytes:
        raise WeightsRefused("E_WEIGHTS_SHAPE", file=name)


def kind_of(tensors: Mapping[str, Tensor]) -> str:
    """`lora`, `embedding` (a few rows, nothing else), `hypernetwork`, `aesthetic` (a style's direction) or `other`."""
    if all(map(hypernetworks.is_key, tensors)):
        return "hypernetwork"
    if set(tensors) == {aesthetics.DIRECTION}:
        return "aesthetic"
    if any(key.endswith((*pair, *OTHER_FORMS)) for key in tensors for pair in PAIRS):
        return "lora"
    if any(len(tensor.shape) not in {1, 2} for tensor in tensors.values()):
        return "other"
    negative = sum(key.startswith(NEGATIVE) for key in tensors)
    prompted = len(tensors) - negative
    return "embedding" if 1 <= prompted <= ENCODERS_MOST and negative in {0, prompted} else "other"


def width_of(tensors: Mapping[str, Tensor]) -> int | None:
    """The text width it was made for: of the layers that read text, of its rows, or of a hypernetwork's contexts."""
    if any(OF_SDXL.match(key) for key in tensors):
        return SDXL
    kind = kind_of(tensors)
    if kind == "hypernetwork":
        contexts = {int(match["width"]) for key in tensors if (match := hypernetworks.KEY.fullmatch(key))}
        return max(contexts & FAMILIES.keys(), default=None)
    if kind == "aesthetic":
        return None  # its space is CLIP's, not the text encoder's
    if kind == "embedding":
        return max(tensor.shape[-1] for tensor in tensors.values())
    widths = Counter(
        tensor.shape[1]
        for key, tensor in tensors.items()
        if READS_TEXT.search(key) and key.endswith(WIDE) and len(tensor.shape) >= 2
    )
    return widths.most_common(1)[0][0] if widths else None


def _told(width: int) -> str:
    return f"{FAMILIES.get(width, 'another family')} (cross-attention {width})"


def _check_pairs(tensors: Mapping[str, Tensor], name: str) -> None:
    for down, up in PAIRS:
        downs = {key.removesuffix(down): t.shape[0] for key, t in tensors.items() if key.endswith(down) and t.shape}
        ups = {key.removesuffix(up): t.shape[1] for key, t in tensors.items() if key.endswith(up) and len(t.shape) > 1}
        if downs != ups:
            raise WeightsRefused("E_WEIGHTS_INCOMPLETE", file=name)


def _check_finite(tensors: Mapping[str, Tensor], body: memoryview, name: str) -> None:
    for tensor in tensors.values():
        if tensor.kind in HIGH_BYTE:
            step = HIGH_BYTE[tensor.kind]
            high = bytes(body[tensor.begin + step - 1 : tensor.end : step])
            if len(high.translate(None, WILD[tensor.kind])) != len(high):
                raise WeightsRefused("E_WEIGHTS_NAN", file=name, word=name)
