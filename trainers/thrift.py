"""How a training saves memory: what it can do without, in which order it gives things up, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

SIDES = (1.0, 0.75, 0.5)  # of the training size; at half of it Stable Diffusion hardly knows what it draws
HOST = torch.device("cpu")
BATCH, SIZE, CHECKPOINTING = "W_MEMORY_BATCH", "W_MEMORY_SIZE", "W_MEMORY_TWICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrift:
    """What one training step takes, and what it does without."""

    batch_size: int
    side: float = SIDES[0]  #: of the pictures, over that of the family's training size
    is_checkpointing: bool = False  #: activations are computed a second time instead of being kept
    is_8bit: bool = False  #: AdamW's moments are kept in eight bits
    offloads: bool = False  #: autoencoder and, where captions are encoded once, text encoders leave the device

    @property
    def pictures(self) -> float:
        """How many pictures of full size a step is as large as."""
        return self.batch_size * self.side**2


@dataclass(frozen=True, slots=True)
class Concession:
    """One thing that was given up."""

    code: str
    step: int  #: of the first step without it
    was: float = 0
    now: float = 0


def thrift_of(told: Mapping[str, Any]) -> Thrift:
    """From JSON."""
    return Thrift(**told)


def concessions_of(told: Sequence[Mapping[str, Any]]) -> list[Concession]:
    """From JSON."""
    return [Concession(**one) for one in told]


def as_told(thrift: Thrift, conceded: Sequence[Concession]) -> dict[str, Any]:
    """Both as JSON."""
    return {"thrift": asdict(thrift), "conceded": [asdict(one) for one in conceded]}


def lowered(thrift: Thrift, *, repeats: bool = True) -> Thrift | None:
    """The next thing to give up when memory has ended: half the batch, then pictures, then time; None: nothing is left.

    A batch is halved first, since a step of fewer photos still learns from each as well as before.
    `repeats`: whether a step that is computed twice is the same both times, as checkpointing needs it.
    """
    if thrift.batch_size > 1:
        return replace(thrift, batch_size=thrift.batch_size // 2)
    if less := smaller(thrift):
        return less
    return replace(thrift, is_checkpointing=True) if repeats and not thrift.is_checkpointing else None


def smaller(thrift: Thrift) -> Thrift | None:
    """The same with pictures of the next smaller size; None when they are the smallest."""
    sides = [side for side in SIDES if side < thrift.side]
    return replace(thrift, side=sides[0]) if sides else None


def between(before: Thrift, after: Thrift, step: int) -> list[Concession]:
    """What was given up from one to the other that a member should know; eight bits and offloading nobody sees."""
    changes = [(BATCH, before.batch_size, after.batch_size), (SIZE, before.side, after.side)]
    found = [Concession(code, step, was, now) for code, was, now in changes if was != now]
    return [*found, *([Concession(CHECKPOINTING, step)] if after.is_checkpointing > before.is_checkpointing else [])]


def warnings_of(conceded: Sequence[Concession], size_px: int) -> list[dict[str, Any]]:
    """One remark for each kind of thing that was given up, from the first to the last; sizes in px."""
    found: list[dict[str, Any]] = []
    for code in (BATCH, SIZE, CHECKPOINTING):
        own = [one for one in conceded if one.code == code]
        factor = size_px if code == SIZE else 1
        if own:
            numbers = {"was": round(own[0].was * factor), "now": round(own[-1].now * factor)}
            found.append({"code": code, "step": own[0].step} | ({} if code == CHECKPOINTING else numbers))
    return found


@contextmanager
def checkpointed(unet: Any, is_on: bool) -> Iterator[None]:  # noqa: FBT001  what it is all about
    """Inside, the UNet keeps only what goes into its blocks, and computes them again on the way back.

    Source: Chen et al. 2016, arXiv 1604.06174. Nothing of it is left for whoever draws with the same UNet.
    """
    if not is_on:
        yield
        return
    unet.enable_gradient_checkpointing()
    try:
        yield
    finally:
        unet.disable_gradient_checkpointing()


def at_hand(*parts: nn.Module, device: torch.device) -> None:
    """Bring parts back to the device, where a training has put them away; at once when they are there."""
    for part in parts:
        if next(part.parameters()).device != device:
            part.to(device)


def put_away(*parts: nn.Module, to: torch.device = HOST) -> None:
    """Move parts off the device until somebody needs them."""
    at_hand(*parts, device=to)


def host_copy(value: Tensor) -> Tensor:
    """A copy in the computer's memory, made there at once: a full device has no room for one of its own."""
    return value.detach().to(HOST, copy=True)
