"""What a device has and what fits into it: computed from the base model's size, said before it is tried."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

MIB = 2**20
#: activations for one picture of the training size, in multiples of the frozen weights' size: SD 1.5 at 512 px with
#: attention computed in blocks; computed from the layers' shapes, not measured
ACTIVATIONS = {"imagine": 0.6, "train": 2.2}
ADAM_BYTES = 12  # gradient and two moments of each trained float32 number
SPARE_MIB = 64  # what the libraries take


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
    return _host_memory()


def _host_memory() -> Memory:
    """What programs may still take counts as free, also where the system uses it to remember files for now."""
    meminfo = Path("/proc/meminfo")
    if not meminfo.exists():
        page = os.sysconf("SC_PAGE_SIZE")
        total = os.sysconf("SC_PHYS_PAGES") * page // MIB
        return Memory(total, total)
    lines = (line.partition(":") for line in meminfo.read_text("ascii").splitlines())
    kib = {name: int(rest.split()[0]) for name, _, rest in lines}
    return Memory(kib["MemTotal"] >> 10, kib["MemAvailable"] >> 10)


def name_of(device: torch.device) -> str:
    """The device as its owner knows it."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    processor, threads = processor_of(device)
    return f"{processor} {device.type.upper()}, {threads} thread" + ("s" if threads > 1 else "")


def processor_of(device: torch.device) -> tuple[str, int]:
    """What computes and with how many threads, for whoever says it in another language; nothing for a graphics card."""
    return ("", 0) if device.type == "cuda" else (platform.machine(), torch.get_num_threads())


def frozen_mib(numbers: int, dtype: torch.dtype) -> int:
    """A base model's frozen weights, from how many numbers it has."""
    return numbers * dtype.itemsize // MIB


def needs_mib(numbers: int, dtype: torch.dtype, what: str, *, trained: int = 0, pictures: int = 1) -> int:
    """About how much it takes to `imagine` or to `train`, frozen weights included: computed, an upper estimate."""
    frozen = frozen_mib(numbers, dtype)
    return round(frozen * (1 + ACTIVATIONS[what] * pictures) + trained * (4 + ADAM_BYTES) / MIB) + SPARE_MIB


def fits(numbers: int, dtype: torch.dtype, free_mib: int) -> Mapping[str, Mapping[str, int | bool]]:
    """What this device can do with a base model of so many numbers, when so much memory is there for it."""
    needs = {what: needs_mib(numbers, dtype, what) for what in ACTIVATIONS}
    return {what: {"needs_mib": need, "is_enough": need <= free_mib} for what, need in needs.items()}
