"""What a device has and what fits into it: computed from the base model's size, said before it is tried."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from storage.beside import AUTO, OFF
from trainers.families import Cost, Family
from trainers.optimizers import ADAMW, ADAMW_8BIT, PRODIGY
from trainers.quantised import Packed
from trainers.thrift import SIDES, Thrift

if TYPE_CHECKING:
    from trainers.pipeline import Base

MIB = 2**20
KEPT_BYTES = 16  # of each trained float32 number: itself, gradient, average, the average to go back to
MOMENT_BYTES = {ADAMW: 8, ADAMW_8BIT: 2, PRODIGY: 16}
SAVINGS: Mapping[str, str] = {
    "offloads": "VAE and text encoders leave the device between samples",
    "is_8bit": "AdamW keeps its moments in eight bits",
    "is_checkpointing": "activations are computed twice, a third more time",
    "batch_size": "{} a step",
    "side": "pictures of {:.0%} of the size",
}
QUANTISED = "quantised"  #: what is saved before anything is loaded; a training has no say in it
SAID: Mapping[str, str] = {QUANTISED: "most of the base model is kept in eight bits", **SAVINGS}
SPARE_MIB = 64  # what the libraries take
TAKEN_MIB = 1024  # of a card, by its driver, a screen, and an allocator that gives memory out in pieces
LARGEST = 3840 * 10240  # numbers of the largest layer of all families' denoisers: made whole while it works


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


# --- what fits -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """A base model's, from its family before anything is loaded, or counted."""

    unet: int  #: bytes
    vae: int
    encoders: int
    bytes_each: int  #: that it computes in: 2 in bfloat16, 4 in float32
    cost: Cost
    is_host: bool = False  #: whether the device is the computer itself, where there is nowhere else to put things
    spared: int = 0  #: bytes that its denoiser would take more if it were not in eight bits
    largest: int = 0  #: bytes of its denoiser's largest layer, where that is made of eight bits

    @property
    def weights_mib(self) -> float:
        """All that is frozen."""
        return (self.unet + self.vae + self.encoders) / MIB

    def scaled(self, mib: float) -> float:
        """MiB of the family's table, which is for bfloat16, in these numbers."""
        return mib * self.bytes_each / 2

    def in_denoiser(self, mib: float) -> float:
        """The same of a step of the denoiser, one of whose layers may have to be made of eight bits meanwhile."""
        return self.scaled(mib) + self.largest / MIB


def sizes_of(family: Family, dtype: torch.dtype, device_type: str, *, in_int8: bool = False) -> Sizes:
    """Of the family's published base models; `in_int8`: with the denoiser in eight bits."""
    unet = family.numbers - family.vae_numbers - family.encoder_numbers
    each = dtype.itemsize
    return Sizes(
        unet=unet * (1 if in_int8 else each),
        vae=family.vae_numbers * each,
        encoders=family.encoder_numbers * each,
        bytes_each=each,
        cost=family.cost,
        is_host=device_type != "cuda",
        spared=unet * (each - 1) if in_int8 else 0,
        largest=LARGEST * each if in_int8 else 0,
    )


def usable_mib(total_mib: int, device_type: str) -> int:
    """What a device that has so much in all has for a base model and its training."""
    return total_mib - (TAKEN_MIB if device_type == "cuda" else 0)


def kept_sizes(family: Family, dtype: torch.dtype, device_type: str, total_mib: int, wanted: str = AUTO) -> Sizes:
    """As an engine keeps a base of this family where the device has so much in all.

    In eight bits where that is wanted, and else only if the usual training has no room beside it otherwise, whatever it
    gives up. What is free at the moment does not count: what is learned should not depend on that.
    """
    whole = sizes_of(family, dtype, device_type)
    usable = usable_mib(total_mib, device_type)
    if wanted == OFF or (wanted == AUTO and fit_of(family, whole, usable).is_enough):
        return whole
    return sizes_of(family, dtype, device_type, in_int8=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What of a training memory depends on."""

    numbers: int
    optimizer: str = ADAMW
    hears_anew: bool = False  #: whether captions are encoded in every step, not once before
    repeats: bool = True  #: whether a step that is computed twice is the same both times


def imagine_mib(sizes: Sizes, pictures: int = 1) -> int:
    """Drawing: weights + max(pictures × a denoising step with guidance, the decoding of one picture) + 64 MiB."""
    work = max(sizes.in_denoiser(pictures * sizes.cost.imagine), sizes.scaled(sizes.cost.decode))
    return round(sizes.weights_mib + work) + SPARE_MIB


def train_mib(sizes: Sizes, trained: Trained, thrift: Thrift) -> int:
    """Training: weights + n × (4 + 4 + moments + 4 + 4) bytes + max(a step, a sample) + 64 MiB.

    n trained numbers of four bytes, each with its gradient, its optimizer's moments (AdamW 8, of eight bits 2, Prodigy
    16), its average and the average to go back to. A step takes batch × side² × the family's cost of one picture;
    what is offloaded (VAE; text encoders where captions are encoded once) is away in it, and back for samples.
    """
    moments = MOMENT_BYTES[ADAMW_8BIT if thrift.is_8bit else trained.optimizer]
    learned = trained.numbers * (KEPT_BYTES + moments) / MIB
    away = sizes.vae + (0 if trained.hears_anew else sizes.encoders) if thrift.offloads else 0
    each = sizes.cost.checkpointed if thrift.is_checkpointing else sizes.cost.train
    step = sizes.in_denoiser(each * thrift.pictures) - away / MIB
    sample = max(sizes.in_denoiser(sizes.cost.imagine), sizes.scaled(sizes.cost.decode))
    return round(sizes.weights_mib + learned + max(step, sample)) + SPARE_MIB


def thrifts(sizes: Sizes, trained: Trained, batch_size: int, *, may_8bit: bool) -> Iterator[Thrift]:
    """Ways to train, the better ones first: what is learned counts for more than time, and time for more than memory.

    What changes only memory comes first, then what changes only time (a step with checkpointing takes a third more
    FLOPs: 2.32 instead of 1.73 TFLOP for SD 1.5), then half the batch, then smaller pictures.
    """
    for side in SIDES:
        for halvings in range(batch_size.bit_length()):
            thrift = Thrift(batch_size=batch_size >> halvings, side=side)
            yield thrift
            if not sizes.is_host:
                yield (thrift := replace(thrift, offloads=True))
            if may_8bit and not sizes.is_host and trained.optimizer == ADAMW:
                yield (thrift := replace(thrift, is_8bit=True))
            if trained.repeats:
                yield replace(thrift, is_checkpointing=True)


@dataclass(frozen=True, slots=True)
class Saving:
    """One thing that was given up for memory."""

    what: str  #: the field of `Thrift`, or `QUANTISED`
    value: float  #: what it is instead
    saved_mib: int  #: on top of what was given up before

    def __str__(self) -> str:
        return f"{SAID[self.what].format(self.value)} (−{self.saved_mib:,} MiB)"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a training fits into the memory there is, and why so."""

    thrift: Thrift
    needs_mib: int
    is_enough: bool
    savings: tuple[Saving, ...]  #: what was given up for it, one by one

    @property
    def why(self) -> str:
        """What is said after the numbers."""
        without = f"; so: {'; '.join(map(str, self.savings))}" if self.savings else ""
        return without + ("" if self.is_enough else "; even so it may not be enough")


def fit(sizes: Sizes, trained: Trained, batch_size: int, room_mib: int, *, may_8bit: bool = False) -> Fit:
    """The first of `thrifts` that `train_mib` says has room; when none has, the first of those that need least."""
    wanted = Thrift(batch_size=batch_size)
    needs = [(train_mib(sizes, trained, one), one) for one in thrifts(sizes, trained, batch_size, may_8bit=may_8bit)]
    fitting = [found for found in needs if found[0] <= room_mib]
    need, thrift = fitting[0] if fitting else min(needs, key=lambda found: found[0])
    return Fit(thrift, need, need <= room_mib, tuple(_savings(sizes, trained, wanted, thrift)))


def fit_of(family: Family, sizes: Sizes, room: int) -> Fit:
    """How the usual training, a LoRA of rank 16 a photo at a time, fits into so many MiB."""
    return fit(sizes, Trained(numbers=family.lora_numbers), 1, room)


def _savings(sizes: Sizes, trained: Trained, wanted: Thrift, thrift: Thrift) -> Iterator[Saving]:
    if sizes.spared:
        yield Saving(QUANTISED, 1, round(sizes.spared / MIB))
    before = train_mib(sizes, trained, wanted)
    for name in SAVINGS:
        value = getattr(thrift, name)
        if value == getattr(wanted, name):
            continue
        wanted = replace(wanted, **{name: value})
        now = train_mib(sizes, trained, wanted)
        yield Saving(name, value, before - now)
        before = now


def sizes_in(base: Base) -> Sizes:
    """Of a base that is loaded, counted."""

    def count(*parts: Any) -> int:
        return sum(value.nbytes for part in parts for value in (*part.parameters(), *part.buffers()))

    each = base.dtype.itemsize
    packed = [layer.numbers for layer in base.denoiser.modules() if isinstance(layer, Packed)]
    return Sizes(
        unet=count(base.denoiser),
        vae=count(base.vae),
        encoders=count(*(encoder.model for encoder in base.encoders)),
        bytes_each=each,
        cost=base.family.cost,
        is_host=base.device.type != "cuda",
        spared=sum(numbers.numel() for numbers in packed) * (each - 1),
        largest=max((numbers.numel() for numbers in packed), default=0) * each,
    )


def room_mib(memory: Memory, sizes: Sizes) -> int:
    """What a base that is loaded already, and what is free beside it, have together."""
    return memory.free_mib + round(sizes.weights_mib)
