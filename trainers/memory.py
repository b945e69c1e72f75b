"""What fits into this machine's memory: computed from the base model's size, said before it is tried."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import torch

from storage.errors import NotEnoughMemory
from trainers.pipeline import Base

MIB = 2**20
#: activations for one picture of the training size, in multiples of the frozen weights' size: SD 1.5 at 512 px with
#: attention computed in blocks; computed from the layers' shapes, not measured
ACTIVATIONS = {"imagine": 0.6, "train": 2.2}
ADAM_BYTES = 12  # gradient and two moments of each trained float32 number


@dataclass(frozen=True, slots=True)
class Memory:
    """A device's memory in MiB."""

    total_mib: int
    free_mib: int


def memory_of(device: torch.device) -> Memory:
    """What the device has now."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return Memory(total // MIB, free // MIB)
    page = os.sysconf("SC_PAGE_SIZE")
    return Memory(os.sysconf("SC_PHYS_PAGES") * page // MIB, os.sysconf("SC_AVPHYS_PAGES") * page // MIB)


def frozen_mib(base: Base) -> int:
    """The frozen weights."""
    parts = (base.unet, base.vae, base.text_encoder)
    return sum(p.numel() * p.element_size() for part in parts for p in part.parameters()) // MIB


def needs_mib(base: Base, what: str, trained_numbers: int = 0, pictures: int = 1) -> int:
    """About how much beside the frozen weights: computed, an upper estimate."""
    working = frozen_mib(base) * ACTIVATIONS[what] * pictures
    return round(working + trained_numbers * (4 + ADAM_BYTES) / MIB) + 64


def fits(base: Base) -> Mapping[str, bool]:
    """What this device can do with this base at once."""
    free = memory_of(base.device).free_mib
    return {what: needs_mib(base, what) <= free for what in ACTIVATIONS}


def out_of_memory(base: Base, what: str) -> NotEnoughMemory:
    """The error to tell when the device ran out.

    Facts: the device, what was tried, how much there is, about how much it takes.
    """
    memory = memory_of(base.device)
    return NotEnoughMemory(
        "E_NO_MEMORY", device=base.device.type, what=what, free_mib=memory.free_mib, needs_mib=needs_mib(base, what)
    )
