"""What turns gradients into steps: AdamW, AdamW with moments of eight bits, or Prodigy, which finds its rate itself."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from storage.errors import TintypeError
from trainers.thrift import host_copy

ADAMW, ADAMW_8BIT, PRODIGY = "adamw", "adamw8bit", "prodigy"
OPTIMIZERS = (ADAMW, PRODIGY, ADAMW_8BIT)
WHY = "adamw; prodigy finds its own rate; adamw8bit takes less memory, with a CUDA device alone"
#: where all parameters' step is one operation instead of ten for each; it goes through memory as that lies, so it does
#: not see that moments from a checkpoint lie in another order than weights whose channels come last
FUSED_ON = {"cpu", "cuda"}
FOUND_BY_ITSELF = ("d", "d_max", "d_numerator", "d_denom", "d_hat", "k")  # what Prodigy knows of its rate, in a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parameters that learn at one pace."""

    pace: float  #: times the plan's rate
    values: Mapping[str, nn.Parameter]


class Stepper:
    """One optimizer, or one for each group where each group finds a rate of its own; its state is kept by name."""

    def __init__(self, name: str, groups: Sequence[Group], learning_rate: float, weight_decay: float) -> None:
        self.name = name
        self._groups = groups
        made = _MAKERS[name](groups, learning_rate, weight_decay)
        self._parts = made
        self._names = [list(group.values) for group in groups] if len(made) > 1 else [_all_names(groups)]
        self._unused = [[_moving(group) for group in part.param_groups] for part in made]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """Of all: `pace` times the plan's rate is each one's `lr`."""
        return [group for part in self._parts for group in part.param_groups]

    def zero_grad(self) -> None:
        """Forget the last gradients."""
        for part in self._parts:
            part.zero_grad(set_to_none=True)

    def step(self) -> None:
        """Change the parameters."""
        for part in self._parts:
            part.step()

    def forget(self) -> None:
        """Be as new: without moments, and without a rate that was found."""
        for part, unused in zip(self._parts, self._unused, strict=True):
            part.state.clear()
            for group, numbers in zip(part.param_groups, unused, strict=True):
                for key in FOUND_BY_ITSELF:
                    group.pop(key, None)
                group.update(numbers)

    # --- state ---------------------------------------------------------------------------------------------------

    def tensors(self) -> dict[str, Tensor]:
        """`optimizer.<parameter>.<moment>`, copied to the processor; a count of steps is a tensor, too."""
        return {
            f"optimizer.{name}.{key}": host_copy(torch.as_tensor(moment))
            for part, names in zip(self._parts, self._names, strict=True)
            for name, value in zip(names, _values_in(part), strict=True)
            for key, moment in part.state.get(value, {}).items()  # bitsandbytes nests what it tells by `state_dict`
        }

    def told(self) -> dict[str, Any]:
        """What is no tensor: which one it is, and what it has found of its rate."""
        return {"name": self.name, "groups": [_moving(group) for group in self.param_groups]}

    def restore(self, tensors: Mapping[str, Tensor], told: Mapping[str, Any]) -> None:
        """Be as when these were told.

        Raises: TintypeError E_CHECKPOINT when another optimizer told them.
        """
        kept = told.get("groups", [])
        if told.get("name", self.name) != self.name or len(kept) not in {0, len(self.param_groups)}:
            raise TintypeError("E_CHECKPOINT")
        for part, names in zip(self._parts, self._names, strict=True):
            whole = part.state_dict()
            states = {index: _state_of(name, tensors, self.name) for index, name in enumerate(names)}
            whole["state"] = {index: state for index, state in states.items() if state}
            part.load_state_dict(whole)
        for group, numbers in zip(self.param_groups, kept, strict=False):
            group.update(numbers)


def _all_names(groups: Sequence[Group]) -> list[str]:
    return [name for group in groups for name in group.values]


def _values_in(part: torch.optim.Optimizer) -> list[Tensor]:
    """Its parameters, in the order in which a state counts them."""
    return [value for group in part.param_groups for value in group["params"]]


def _moving(group: Mapping[str, Any]) -> dict[str, Any]:
    return {key: group[key] for key in FOUND_BY_ITSELF if key in group}


def _state_of(name: str, tensors: Mapping[str, Tensor], optimizer: str) -> dict[str, Any]:
    """One parameter's; AdamW counts steps in a tensor, the others in a number."""
    prefix = f"optimizer.{name}."
    own = {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}
    found: dict[str, Any] = {key: value.clone() for key, value in own.items() if "." not in key}
    if optimizer != ADAMW and "step" in found:
        found["step"] = int(found["step"])
    return found


# --- each ------------------------------------------------------------------------------------------------------------


def _paced(groups: Sequence[Group]) -> list[dict[str, Any]]:
    return [{"pace": group.pace, "params": [*group.values.values()]} for group in groups]


def _adamw(groups: Sequence[Group], learning_rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    values = [value for group in groups for value in group.values.values()]
    is_fused = all(value.device.type in FUSED_ON and value.is_contiguous() for value in values)
    return [torch.optim.AdamW(_paced(groups), lr=learning_rate, weight_decay=weight_decay, fused=is_fused or None)]


def _adamw_8bit(groups: Sequence[Group], learning_rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    """Both moments in blocks of eight bits: 2 bytes for each trained number instead of 8.

    Source: Dettmers et al. 2021, arXiv 2110.02861.
    Raises: TintypeError E_OPTIMIZER_MISSING, E_OPTIMIZER_DEVICE.
    """
    if not has_8bit():
        raise TintypeError("E_OPTIMIZER_MISSING", optimizer=ADAMW_8BIT, package="bitsandbytes")
    if any(value.device.type != "cuda" for group in groups for value in group.values.values()):
        raise TintypeError("E_OPTIMIZER_DEVICE", optimizer=ADAMW_8BIT)
    from bitsandbytes.optim import AdamW8bit

    return [AdamW8bit(_paced(groups), lr=learning_rate, weight_decay=weight_decay)]


def _prodigy(groups: Sequence[Group], learning_rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
    """One for each group, since it finds one rate for all that it has; the plan's rate only gives the schedule.

    `safeguard_warmup`: without it the short rates of a warm-up are taken for slow progress, and the rate that it finds
    is too high. Source: Mishchenko and Defazio 2023, arXiv 2306.06101, and its authors' advice for diffusion models.
    Raises: TintypeError E_OPTIMIZER_MISSING.
    """
    try:
        from prodigyopt import Prodigy
    except ImportError as error:
        raise TintypeError("E_OPTIMIZER_MISSING", optimizer=PRODIGY, package="prodigyopt") from error
    with _quietly():
        made = [
            Prodigy(
                [*group.values.values()], weight_decay=weight_decay, use_bias_correction=True, safeguard_warmup=True
            )
            for group in groups
        ]
    for one in made:
        one.param_groups[0]["pace"] = 1 / learning_rate
    return made


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """It greets on standard output, which is the engine's wire and the command line's result."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def has_8bit() -> bool:
    """Whether the library for moments of eight bits is installed."""
    from importlib.util import find_spec

    return find_spec("bitsandbytes") is not None


_MAKERS = {ADAMW: _adamw, ADAMW_8BIT: _adamw_8bit, PRODIGY: _prodigy}
