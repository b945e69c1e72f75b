"""AUTOMATIC1111's hypernetworks, which are `.pt`; nobody beyond the inspector ever sees them but as safetensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage import hypernetworks
from storage.errors import WeightsRefused
from storage.inspector.torch_files import is_state
from storage.torch_files import Numbers

WIDTH_MOST = 8192
#: what such a file tells beside its numbers; all but those of the layout are read by nobody
NOTES = frozenset(
    {
        "step",
        "name",
        "layer_structure",
        "activation_func",
        "is_layer_norm",
        "weight_initialization",
        "use_dropout",
        "dropout_structure",
        "sd_checkpoint",
        "sd_checkpoint_name",
        "activate_output",
        "last_layer_dropout",
        "optional_info",
        "optimizer_name",
    }
)


def as_safetensors(value: Any, name: str) -> bytes:
    """The same numbers under our names, whatever was dropped while they were learned.

    Raises: WeightsRefused E_PICKLE for a file of any other kind, E_HYPERNETWORK for a layout that nobody draws with.
    """
    if not isinstance(value, dict) or not any(type(key) is int for key in value):
        raise WeightsRefused("E_PICKLE", file=name)
    try:
        return _converted(value)
    except (ValueError, TypeError) as error:
        raise WeightsRefused("E_HYPERNETWORK", file=name) from error


def _converted(value: Mapping[Any, Any]) -> bytes:
    networks = {key: pair for key, pair in value.items() if type(key) is int}
    told = {key: one for key, one in value.items() if type(key) is not int}
    if not told.keys() <= NOTES or not all(0 < width <= WIDTH_MOST for width in networks):
        raise ValueError("parts that no hypernetwork has")
    layout = hypernetworks.layout_of(told)
    tensors: dict[str, Numbers] = {}
    for width, pair in sorted(networks.items()):
        if not isinstance(pair, tuple | list) or len(pair) != len(hypernetworks.SIDES) or not all(map(is_state, pair)):
            raise ValueError("no networks for keys and values")
        for side, parts in zip(hypernetworks.SIDES, pair, strict=True):
            named = hypernetworks.renumbered(parts, layout, width)
            tensors |= {hypernetworks.key_of(width, side, part): numbers for part, numbers in named.items()}
    hypernetworks.widths_in({key: numbers.shape for key, numbers in tensors.items()}, layout)
    return hypernetworks.safetensors_of(tensors, {hypernetworks.NOTE: layout.told()})
