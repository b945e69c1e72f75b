"""The direction of a style in CLIP's space, and how far a prompt is led in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import torch
from torch import Tensor

STEPS_MOST = 50  # of one prompt
RATE_MOST = 0.1


@dataclass(frozen=True, slots=True)
class Direction:
    """One word's style, immutable and detached from any model."""

    vector: Tensor = field(repr=False)  #: the mean of its pictures' features, of length one: (P,) float32
    steps: int  #: that a copy of the text encoder takes for each prompt
    learning_rate: float  #: of those steps

    def told(self) -> str:
        """Steps and rate as a note in a file."""
        return json.dumps({"steps": self.steps, "learning_rate": self.learning_rate})

    @classmethod
    def read(cls, vector: Tensor, note: str) -> Direction:
        """Raises: ValueError."""
        try:
            told = json.loads(note)
            steps, rate = int(told["steps"]), float(told["learning_rate"])
        except (TypeError, KeyError, RecursionError, OverflowError) as error:
            raise ValueError("no direction of a style") from error
        if vector.ndim != 1 or not 1 <= steps <= STEPS_MOST or not 0 < rate <= RATE_MOST:
            raise ValueError("no direction of a style")
        return cls(vector, steps, rate)

    def digest(self) -> bytes:
        """All that decides what it does."""
        return self.told().encode() + self.vector.numpy().tobytes()


def towards(features: Tensor, vector: Tensor) -> Tensor:
    """The mean cosine of features (B, P) with a direction (P,)."""
    return torch.nn.functional.cosine_similarity(features.float(), vector[None].float()).mean()
