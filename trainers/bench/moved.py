"""What the layers of two words do to text that is not theirs: stacked as they are, and as shares of the closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from trainers.adapter import Adapter
    from trainers.pipeline import Base

# m positions of a text · D text width


@dataclass(frozen=True, slots=True)
class Moved:
    """How far keys and values are moved, root mean squares over all layers."""

    captions: float  #: of ordinary captions by both shares, where both words' own layers come to 1
    stacked: float  #: of each word by the other's own layers, where its own come to 1
    shares: float  #: of each word by the other's share


def moved_by(base: Base, words: Sequence[Adapter], shares: Sequence[Adapter], kinds: Sequence[str]) -> Moved:
    """Of two words of Custom Diffusion and their shares."""
    from trainers.composing import captions, heard_of, targets_of

    ordinary = torch.cat([heard_of(base, caption, ()) for caption in captions(base)])
    targets = targets_of(base, [(word, 1.0) for word in words], kinds)
    own = sum(_moved(base, [word], target) for word, target in zip(words, targets, strict=True))
    crossed, kept_apart = (
        sum(_moved(base, [word], target) for word, target in zip(both, targets[::-1], strict=True))
        for both in (words, shares)
    )
    whole = _moved(base, shares, ordinary) / _moved(base, words, ordinary)
    return Moved(*(round(ratio**0.5, 3) for ratio in (whole, crossed / own, kept_apart / own)))


def _moved(base: Base, words: Sequence[Adapter], heard: Tensor) -> float:
    """The square of what several words' layers together do to what is heard (m, D)."""
    from trainers.pipeline import layer_at
    from trainers.quantised import outline_of

    found = 0.0
    for name in words[0].linear:
        weight = outline_of(layer_at(base, name))
        together = torch.stack([word.linear[name].of(weight).double() for word in words]).sum(0)
        found += float((heard @ together.T).square().sum())
    return found
