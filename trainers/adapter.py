"""What a word adds to the base model: differences of its layers, rows of its vocabulary, networks before them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

from trainers.aesthetics import Direction
from trainers.differences import Difference
from trainers.hypernetworks import Hypernetwork

# n vectors · D text width


@dataclass(frozen=True)
class Adapter:
    """One learned word, immutable and detached from any model."""

    word: str
    class_word: str
    method: str
    linear: Mapping[str, Difference] = field(default_factory=dict, repr=False)  #: by `layer_at`'s name of the layer
    rows: tuple[Tensor, ...] = field(default=(), repr=False)  #: for each text encoder (n, D) float32, or none
    hyper: Hypernetwork | None = field(default=None, repr=False)
    direction: Direction | None = None  #: that a prompt is led in
    #: what stands in the negative prompt where the word stands in the prompt: for each text encoder (m, D) float32
    negative: tuple[Tensor, ...] = field(default=(), repr=False)
    said: str = ""  #: what stands for the word when it has no rows; empty: the word and its class word

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the numbers: gives several adapters an order that does not depend on who came first."""
        digest = hashlib.sha256()
        for name in sorted(self.linear):
            digest.update(name.encode())
            for tensor in self.linear[name].tensors:
                digest.update(tensor.numpy().tobytes())
        for rows in (*self.rows, *self.negative):
            digest.update(rows.numpy().tobytes())
        for part in (self.hyper, self.direction):
            digest.update(part.digest() if part else b"")
        return digest.hexdigest()

    @property
    def vectors(self) -> int:
        """How many positions of a prompt its rows take."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def text(self) -> str:
        """The ordinary text that stands for the word when it has no rows of its own."""
        return self.said or f"{self.word} {self.class_word}".strip()

    @property
    def against(self) -> Adapter:
        """Its negative rows as a word of their own; nothing is what they grow from."""
        return Adapter(self.word, "", self.method, rows=self.negative)

    def called(self, word: str) -> Adapter:
        """The same under another word, as after a renaming; it goes on to be said as it was learned."""
        return replace(self, word=word, said=self.text)

    def is_finite(self) -> bool:
        """False when any number is NaN or infinite."""
        layers = self.linear.values()
        tensors = [*self.rows, *self.negative, *(tensor for difference in layers for tensor in difference.tensors)]
        tensors += [*self.hyper.tensors.values()] if self.hyper else []
        tensors += [self.direction.vector] if self.direction else []
        return all(math.isfinite(each.scale) for each in layers) and all(bool(torch.isfinite(t).all()) for t in tensors)
