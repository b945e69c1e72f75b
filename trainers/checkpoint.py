"""A training's whole state in one safetensors file: go on from it and nothing shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
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


def optimizer_tensors(optimizer: torch.optim.Optimizer, names: list[str]) -> dict[str, Tensor]:
    """AdamW's state under each parameter's name."""
    found: dict[str, Tensor] = {}
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            found[f"optimizer.{names[index]}.{key}"] = value
    return found


def restore_optimizer(optimizer: torch.optim.Optimizer, names: list[str], tensors: dict[str, Tensor]) -> None:
    """Put AdamW's state back."""
    whole = optimizer.state_dict()
    whole["state"] = {
        index: {key: tensors[f"optimizer.{name}.{key}"] for key in ("step", "exp_avg", "exp_avg_sq")}
        for index, name in enumerate(names)
        if f"optimizer.{name}.step" in tensors
    }
    optimizer.load_state_dict(whole)
