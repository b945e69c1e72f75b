"""What the UNet looks at: remembered while one prompt is drawn, and put in the place of another's.

Source: prompt-to-prompt, Hertz et al. 2022, arXiv 2208.01626.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import torch
from torch import Tensor

MOST_POSITIONS = 32**2  # of self-attention that is looked into: finer maps take memory and hold no layout

# B batch · A heads · Q positions asked from · K positions asked about · T token positions


@contextmanager
def attending(unet: Any, processors: Mapping[str, Any]) -> Iterator[None]:
    """Let these layers attend in another way for a while; by the names that diffusers has for them."""
    layers = {name: unet.get_submodule(name.removesuffix(".processor")) for name in processors}
    kept = {name: layer.processor for name, layer in layers.items()}
    try:
        for name, layer in layers.items():
            layer.set_processor(processors[name])
        yield
    finally:
        for name, layer in layers.items():
            layer.set_processor(kept[name])


def is_cross(name: str) -> bool:
    """Whether a layer looks at the words; else the picture looks at itself."""
    return name.endswith("attn2.processor")


@dataclass(slots=True)
class Maps:
    """What each layer looked at in one step, by name: (A, Q, K) of one picture."""

    of: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aligned:
    """Which token positions of one prompt stand for which of another's."""

    mapper: Tensor  #: how much each position gives to each: (T, T')
    shared: Tensor  #: 1 where another's position has a counterpart, else 0: (T',)

    def moved(self, probabilities: Tensor, own: Tensor) -> Tensor:
        """(A, Q, T) of the one prompt and (A, Q, T') of the other -> (A, Q, T')."""
        mapper, shared = self.mapper.to(own), self.shared.to(own)
        return (probabilities.to(own) @ mapper) * shared + own * (1 - shared)


def aligned(before: Sequence[int], after: Sequence[int]) -> Aligned:
    """Match two prompts' token ids: what is equal is itself, what stands in the place of something takes its place.

    What was added looks where it likes. Source: Hertz et al. 2022, 3.2, "word swap" and "adding a new phrase".
    """
    mapper, shared = torch.zeros(len(before), len(after)), torch.zeros(len(after))
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            mapper[i:j, k:m] = torch.eye(j - i)
        elif kind == "replace":
            mapper[i:j, k:m] = 1 / (m - k)  # together they are looked at as much as what was there
        if kind in {"equal", "replace"}:
            shared[k:m] = 1
    return Aligned(mapper, shared)


class _Attending(ABC):
    """Attention that shows its probabilities; as diffusers' plain processor computes it."""

    def __call__(
        self,
        attn: Any,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        **_: Any,
    ) -> Tensor:
        """(B, Q, D) -> (B, Q, D)."""
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = (
            attn.head_to_batch_dim(made) for made in (attn.to_q(hidden_states), attn.to_k(context), attn.to_v(context))
        )
        probabilities = self.seen(attn.get_attention_scores(query, key, attention_mask))
        made: Tensor = attn.batch_to_head_dim(torch.bmm(probabilities, value))
        return attn.to_out[1](attn.to_out[0](made))  # type: ignore[no-any-return]

    @abstractmethod
    def seen(self, probabilities: Tensor) -> Tensor:
        """(B A, Q, K) -> the same."""


class _Remembering(_Attending):
    def __init__(self, maps: Maps, name: str) -> None:
        self.maps, self.name = maps, name

    def seen(self, probabilities: Tensor) -> Tensor:
        if is_cross(self.name) or probabilities.shape[1] <= MOST_POSITIONS:
            self.maps.of[self.name] = probabilities
        return probabilities


class _Replacing(_Attending):
    def __init__(self, maps: Maps, name: str, words: Aligned) -> None:
        self.maps, self.name, self.words = maps, name, words

    def seen(self, probabilities: Tensor) -> Tensor:
        if (remembered := self.maps.of.get(self.name)) is None:
            return probabilities
        free, own = probabilities.chunk(2)  # without the prompt, and with it
        own = self.words.moved(remembered, own) if is_cross(self.name) else remembered.to(own)
        return torch.cat([free, own])


def remembering(unet: Any, maps: Maps) -> dict[str, Any]:
    """Processors that keep what is looked at in a step with one picture."""
    return {name: _Remembering(maps, name) for name in _looked_into(unet)}


def replacing(unet: Any, maps: Maps, words: Aligned, *, of_words: bool, of_itself: bool) -> dict[str, Any]:
    """Processors that look at what was looked at then, in a step with one picture without its prompt and with it."""
    wanted = {True: of_words, False: of_itself}
    return {name: _Replacing(maps, name, words) for name in _looked_into(unet) if wanted[is_cross(name)]}


def _looked_into(unet: Any) -> list[str]:
    return [name for name in unet.attn_processors if name.endswith(("attn1.processor", "attn2.processor"))]
