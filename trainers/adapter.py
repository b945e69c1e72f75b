"""What a word adds to the base model: low-rank differences of its linear layers, rows of its vocabulary, or both."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from torch import Tensor

# r rank · I input width · O output width · n vectors · D text width


@dataclass(frozen=True, slots=True)
class LowRank:
    """W + scale · up @ down, of a linear layer or of a convolution of one pixel.

    Shapes: down (r, I), up (O, r) float32. Source: Hu et al. 2021, arXiv 2106.09685.
    """

    down: Tensor
    up: Tensor
    scale: float  #: alpha / rank


@dataclass(frozen=True)
class Adapter:
    """One learned word, immutable and detached from any model."""

    word: str
    class_word: str
    method: str
    linear: Mapping[str, LowRank] = field(default_factory=dict, repr=False)  #: by `layer_at`'s name of the layer
    rows: tuple[Tensor, ...] = field(default=(), repr=False)  #: for each text encoder (n, D) float32, or none
    said: str = ""  #: what stands for the word when it has no rows; empty: the word and its class word

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the numbers: gives several adapters an order that does not depend on who came first."""
        digest = hashlib.sha256()
        for name in sorted(self.linear):
            low = self.linear[name]
            digest.update(name.encode() + low.down.numpy().tobytes() + low.up.numpy().tobytes())
        for rows in self.rows:
            digest.update(rows.numpy().tobytes())
        return digest.hexdigest()

    @property
    def vectors(self) -> int:
        """How many positions of a prompt its rows take."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def text(self) -> str:
        """The ordinary text that stands for the word when it has no rows of its own."""
        return self.said or f"{self.word} {self.class_word}".strip()

    def called(self, word: str) -> Adapter:
        """The same under another word, as after a renaming; it goes on to be said as it was learned."""
        return replace(self, word=word, said=self.text)

    def is_finite(self) -> bool:
        """False when any number is NaN or infinite."""
        if not all(math.isfinite(low.scale) for low in self.linear.values()):
            return False
        tensors = [t for low in self.linear.values() for t in (low.down, low.up)]
        return all(bool(torch.isfinite(t).all()) for t in [*tensors, *self.rows])
