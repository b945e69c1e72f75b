"""Words of random numbers to be merged, what they add up to, and the file that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tests.trainers.layouts import RANK
from trainers.adapter import Adapter
from trainers.composing import keys_and_values
from trainers.differences import Difference, LowRank
from trainers.imagine import Drawing, finished, imagine
from trainers.layers import targets_of
from trainers.merging import Parent, Way, merged, write_merged
from trainers.pipeline import Base, layer_at

EXACT = 1e-5
SHARES = (0.8, 0.6)


def some(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).mul(0.3)


def word(base: Base, name: str, seed: int, rank: int = RANK, vectors: int = 0) -> Adapter:
    """A LoRA of all layers, its scale not of a power of two; with rows when it has vectors."""
    linear = {
        layer: LowRank(
            some(seed, rank, module.weight.shape[1]).half().float(),
            some(seed + 1, module.weight.shape[0], rank).half().float(),
            3 / rank,
        )
        for layer, module in targets_of(base.unet)
    }
    rows = tuple(some(seed + at, vectors, width) for at, width in enumerate(widths(base))) if vectors else ()
    return Adapter(name, "cat", "pivotal" if vectors else "lora", linear=linear, rows=rows)


def taught(base: Base, name: str, seed: int, vectors: int = 2) -> Adapter:
    """A word as `custom_diffusion` leaves it."""
    shapes = {layer: layer_at(base, layer).weight.shape for layer in keys_and_values(base)}
    linear = {
        layer: LowRank(some(seed, 3, inputs), some(seed + 1, outputs, 3), 1.0)
        for layer, (outputs, inputs) in shapes.items()
    }
    rows = tuple(some(seed + at, vectors, width) for at, width in enumerate(widths(base)))
    return Adapter(name, "cat", "custom_diffusion", linear=linear, rows=rows)


def widths(base: Base) -> list[int]:
    return [encoder.model.config.hidden_size for encoder in base.encoders]


def parents_of(*adapters: Adapter) -> list[Parent]:
    return [Parent(adapter, share, "animal") for adapter, share in zip(adapters, SHARES, strict=False)]


def two(base: Base, **told: Any) -> list[Parent]:
    return parents_of(word(base, "zed", 1, **told), word(base, "ivo", 7, **told | {"rank": RANK + 2}))


def whole(base: Base, name: str, difference: Difference) -> Tensor:
    return difference.of(layer_at(base, name).weight)


def total(base: Base, name: str, parents: Sequence[Parent]) -> Tensor:
    found = [p.weight * whole(base, name, p.adapter.linear[name]) for p in parents if name in p.adapter.linear]
    return torch.stack(found).sum(0)


def drawn(base: Base, prompt: str, *words: Adapter) -> Tensor:
    applied = tuple((adapter, 1.0) for adapter in words)
    asked = Drawing(prompt=prompt, negative_prompt="a hat", seeds=(1,), adapters=applied, steps=3)
    return torch.tensor(list(finished(imagine(base, asked))[0].tobytes()))


def written(base: Base, folder: Path, parents: Sequence[Parent], way: Way | None = None, **told: Any) -> Path:
    found = merged(base, "duo", parents, way or Way())
    write_merged(folder / "duo.safetensors", base, found, **told)
    return folder / "duo.safetensors"
