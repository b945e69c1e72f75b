"""Hypernetworks: how their numbers are named, and AUTOMATIC1111's `.pt` of them, written without pickling anything."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from storage.errors import WeightsRefused
from storage.torch_files import Numbers, torch_file

NOTE = "tintype.hypernetwork"  # how its layers are built, in a file's metadata
SIDES = ("k", "v")  # what keys are made of, and values
KEY = re.compile(r"hypernetwork\.(?P<width>\d{1,5})\.(?P<side>[kv])\.(?P<part>linear\.\d{1,3}\.(?:weight|bias))")
#: those that AUTOMATIC1111 and ComfyUI both know; `swish` is their name of torch's Hardswish
ACTIVATIONS = ("linear", "relu", "leakyrelu", "elu", "swish", "tanh", "sigmoid", "softsign", "mish")
LAYERS_MOST = 8  # of one network
FACTOR_MOST = 16.0  # times the context's width

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How each of its networks is built: x + network(x) is what keys, or values, are made of instead of x."""

    structure: tuple[float, ...] = (1.0, 2.0, 1.0)  #: widths of the layers, as multiples of the context's
    activation: str = "linear"  #: after each layer but the last; `linear` is none
    activates_output: bool = False  #: after the last one, too
    is_layer_norm: bool = False  #: behind each layer
    step: int = 0  #: how long it was trained

    def __post_init__(self) -> None:
        factors = self.structure
        is_sound = 2 <= len(factors) <= LAYERS_MOST + 1 and factors[0] == factors[-1] == 1.0
        if not is_sound or not all(0 < one <= FACTOR_MOST for one in factors) or self.activation not in ACTIVATIONS:
            raise ValueError("no layout of a hypernetwork")

    def modules(self, width: int) -> Iterator[tuple[str, Shape]]:
        """(`linear`, `activation` or `norm`, the shape of its weight) in order, for a context of this width."""
        widths = [int(width * factor) for factor in self.structure]
        for layer in range(1, len(widths)):
            yield "linear", (widths[layer], widths[layer - 1])
            if self.activation != "linear" and (layer < len(widths) - 1 or self.activates_output):
                yield "activation", ()
            if self.is_layer_norm:
                yield "norm", (widths[layer],)

    def shapes(self, width: int) -> dict[str, Shape]:
        """Of all numbers of one network by their names: `linear.0.weight`, `linear.0.bias`, …"""
        return {
            f"linear.{number}.{part}": shape if part == "weight" else shape[:1]
            for number, (_, shape) in enumerate(self.modules(width))
            if shape
            for part in ("weight", "bias")
        }

    def told(self) -> str:
        """As a note in a file."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, note: str) -> Layout:
        """Raises: ValueError."""
        try:
            told = json.loads(note)
            return cls(**{**told, "structure": tuple(map(float, told["structure"]))})
        except (TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
            raise ValueError("no layout of a hypernetwork") from error


def key_of(width: int, side: str, part: str) -> str:
    """`hypernetwork.768.k.linear.0.weight`."""
    return f"hypernetwork.{width}.{side}.{part}"


def is_key(name: str) -> bool:
    """Whether a tensor of this name belongs to a hypernetwork."""
    return KEY.fullmatch(name) is not None


def widths_in(shapes: Mapping[str, Shape], layout: Layout) -> tuple[int, ...]:
    """The context widths that a file is for, once every tensor in it is one that the layout asks for, and none lacks.

    Raises: ValueError.
    """
    found = [KEY.fullmatch(name) for name in shapes]
    widths = sorted({int(match["width"]) for match in found if match})
    wanted = {
        key_of(width, side, part): shape
        for width in widths
        for side in SIDES
        for part, shape in layout.shapes(width).items()
    }
    if not widths or wanted != dict(shapes):
        raise ValueError("not the tensors of this hypernetwork")
    return tuple(widths)


# --- AUTOMATIC1111's file --------------------------------------------------------------------------------------------


def pt_of(
    tensors: Mapping[str, Mapping[str, Any]], body: bytes, metadata: Mapping[str, str], name: str, base: str
) -> bytes:
    """The `.pt` that AUTOMATIC1111 and ComfyUI load, of a safetensors file's parts; its numbers stay bit for bit.

    No dropout is noted: ComfyUI would go on dropping numbers while it draws.
    Raises: WeightsRefused E_WEIGHTS_BROKEN.
    """
    try:
        layout = Layout.read(metadata[NOTE])
        widths = widths_in({key: tuple(entry["shape"]) for key, entry in tensors.items()}, layout)
    except (KeyError, ValueError) as error:
        raise WeightsRefused("E_WEIGHTS_BROKEN", file=name) from error

    def numbers(key: str) -> Numbers:
        first, last = tensors[key]["data_offsets"]
        return Numbers(tensors[key]["dtype"], tuple(tensors[key]["shape"]), body[first:last])

    networks: dict[Any, Any] = {
        width: tuple({part: numbers(key_of(width, side, part)) for part in layout.shapes(width)} for side in SIDES)
        for width in widths
    }
    return torch_file(networks | _told(layout, name, base))


def _told(layout: Layout, name: str, base: str) -> dict[str, Any]:
    return {
        "step": layout.step,
        "name": name,
        "layer_structure": list(layout.structure),
        "activation_func": layout.activation,
        "is_layer_norm": layout.is_layer_norm,
        "weight_initialization": "Normal",
        "use_dropout": False,
        "sd_checkpoint": None,
        "sd_checkpoint_name": base or None,
        "activate_output": layout.activates_output,
        "last_layer_dropout": False,
    }


def layout_of(told: Mapping[str, Any]) -> Layout:
    """From what such a file tells beside its numbers.

    Raises: ValueError.
    """
    try:
        return Layout(
            structure=tuple(float(factor) for factor in told.get("layer_structure") or (1, 2, 1)),
            activation=str(told.get("activation_func") or "linear"),
            activates_output=bool(told.get("activate_output", False)),
            is_layer_norm=bool(told.get("is_layer_norm", False)),
            step=int(told.get("step") or 0),
        )
    except (TypeError, OverflowError) as error:
        raise ValueError("no layout of a hypernetwork") from error


def renumbered(parts: Mapping[str, Any], layout: Layout, width: int) -> dict[str, Any]:
    """One network's numbers under the names that they have without dropout in between.

    Raises: ValueError when they are more or fewer.
    """
    old = {"linear1": "linear.0", "linear2": "linear.1"}  # as the first of these files had it
    numbers: dict[int, dict[str, Any]] = {}
    for name, value in parts.items():
        layer, _, part = name.rpartition(".")
        match = re.fullmatch(r"linear\.(\d{1,3})", old.get(layer, layer))
        if not match or part not in {"weight", "bias"}:
            raise ValueError("no part of a hypernetwork's network")
        numbers.setdefault(int(match[1]), {})[part] = value
    found = [
        f"linear.{number}.{part}"
        for number in sorted(numbers)
        for part in ("weight", "bias")
        if part in numbers[number]
    ]
    wanted = list(layout.shapes(width))
    if len(found) != len(wanted):
        raise ValueError("not as many parts as the layout has")
    return {new: numbers[int(name.split(".")[1])][name.split(".")[2]] for new, name in zip(wanted, found, strict=True)}


def safetensors_of(tensors: Mapping[str, Numbers], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file of these numbers."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    at = 0
    for name, numbers in tensors.items():
        header[name] = {
            "dtype": numbers.kind,
            "shape": list(numbers.shape),
            "data_offsets": [at, at + len(numbers.data)],
        }
        at += len(numbers.data)
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    return b"".join([struct.pack("<Q", len(encoded)), encoded, *(numbers.data for numbers in tensors.values())])
