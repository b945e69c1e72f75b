"""A training's whole state in one safetensors file: go on from it and nothing shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from storage.atomic import write_atomic
from storage.errors import TintypeError


@dataclass(frozen=True, slots=True)
class State:
    """Tensors by name, and what is no tensor."""

    tensors: dict[str, Tensor]
    told: dict[str, Any]


def write_state(path: Path, state: State) -> None:
    """Keep it, whole or not at all.

    Raises: TintypeError E_DISK_FULL.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.tensors.items()}
    write_atomic(path, save(tensors, {"told": json.dumps(state.told)}))


def read_state(path: Path) -> State:
    """Read it back.

    Raises: TintypeError E_CHECKPOINT.
    """
    try:
        with safe_open(path, "pt") as file:
            told = json.loads((file.metadata() or {})["told"])
            return State({name: file.get_tensor(name) for name in file.keys()}, told)  # noqa: SIM118  no mapping
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise TintypeError("E_CHECKPOINT") from error
