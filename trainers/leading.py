"""Prompts with styles in them: a copy of the text encoder is led towards each style before it reads the prompt."""

from __future__ import annotations

import copy
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from trainers.aesthetics import Direction, towards
from trainers.clips import clip_of
from trainers.conditioning import Said
from trainers.faults import is_out_of_memory, release_memory
from trainers.pipeline import ENCODERS, Applied, Base, TextEncoder, encoders_with_words, swapped
from trainers.text import Spoken, encode_prompt, encoded, ends_of, spoken
from trainers.thrift import HOST

log = logging.getLogger(__name__)
R = TypeVar("R")

KEPT_MOST = 64  # prompts of the last minutes: a grid's variations and a second try ask for the same again


class Kept:
    """What was led last, by a digest of all that decides it; the oldest goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._found = most, OrderedDict[str, Said]()

    def get(self, key: str) -> Said | None:
        """What was put under this key, if it is still there."""
        if key in self._found:
            self._found.move_to_end(key)
        return self._found.get(key)

    def put(self, key: str, said: Said) -> Said:
        """Keep it."""
        self._found[key] = said
        while len(self._found) > self._most:
            self._found.popitem(last=False)
        return said


KEPT = Kept(KEPT_MOST)


def encode_led(base: Base, prompt: str, words: Sequence[Applied]) -> Said:
    """As `encode_prompt`, led by the styles among the words: each moves it by itself, as far as its strength says.

    Their order makes no difference. Shapes: (1, T, D).
    Source: aesthetic gradients, Gallego 2022, arXiv 2209.12330.
    Raises: TintypeError as `clip_of`; E_WRONG_BASE for a style of another CLIP.
    """
    plain = encode_prompt(base, prompt, words)
    styles = sorted(((a.fingerprint, s, a.direction) for a, s in words if a.direction), key=lambda style: style[:2])
    if not styles:
        return plain
    said, hidden = spoken(base, prompt, words), plain.hidden
    for fingerprint, strength, direction in styles:
        led = _led(base, said, words, direction, fingerprint)
        hidden = hidden + strength * (led.hidden.to(hidden) - plain.hidden)
    return Said(hidden, plain.pooled)


def _led(base: Base, said: Spoken, words: Sequence[Applied], direction: Direction, fingerprint: str) -> Said:
    key = _key(base, said, words, fingerprint)
    if (known := KEPT.get(key)) is not None:
        return known

    def read(tuned: Base, said: Spoken) -> Said:
        return encoded(tuned, [said.ids], said.rows, words)

    return KEPT.put(key, led(base, said, words, direction, read))


def led(
    base: Base, said: Spoken, words: Sequence[Applied], direction: Direction, read: Callable[[Base, Spoken], R]
) -> R:
    """What is read of a prompt with a copy of the first text encoder that has been led.

    On the processor, and from there, where the device has no room.
    Raises: TintypeError as `encode_led`.
    """
    try:
        return _read(base, said, words, direction, read)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    release_memory()
    log.warning("memory ended while a prompt was led towards a style; it is led on the processor, which takes longer")
    encoders = tuple(TextEncoder(one.tokenizer, on_host(one.model)) for one in base.encoders)
    here = replace(said, rows=[rows.to(HOST) for rows in said.rows])
    return _read(replace(base, encoders=encoders, device=HOST), here, words, direction, read)


def _read(
    base: Base, said: Spoken, words: Sequence[Applied], direction: Direction, read: Callable[[Base, Spoken], R]
) -> R:
    *_, tuned = leading(base, said, words, direction)
    with torch.no_grad():
        return read(tuned, said)


def on_host(model: nn.Module) -> nn.Module:
    """A copy in the computer's memory; its numbers are copied there at once, the device needs no room for them."""
    copies: dict[int, Tensor] = {id(value): value.detach().to(HOST, copy=True) for value in model.buffers()}
    for value in model.parameters():
        copies[id(value)] = nn.Parameter(value.detach().to(HOST, copy=True), value.requires_grad)
    return copy.deepcopy(model, copies)


def leading(base: Base, said: Spoken, words: Sequence[Applied], direction: Direction) -> Iterator[Base]:
    """The base with a copy of its first text encoder, again after each step; the base itself stays as it is.

    Raises: TintypeError as `encode_led`.
    """
    projection = projection_of(base, direction)
    first = base.encoders[0]
    model: Any = copy.deepcopy(first.model).float().requires_grad_(True)
    tuned = replace(base, encoders=(TextEncoder(first.tokenizer, model), *base.encoders[1:]))
    optimizer = torch.optim.Adam(model.parameters(), lr=direction.learning_rate, foreach=True)
    yield tuned
    for _ in range(direction.steps):
        with torch.enable_grad():
            optimizer.zero_grad(set_to_none=True)
            loss = -towards(_meant(tuned, said, words) @ projection.T, direction.vector.to(base.device))
            loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        yield tuned


def projection_of(base: Base, direction: Direction) -> Tensor:
    """From the text encoder's state at a prompt's end into the direction's space: (P, D).

    Raises: TintypeError as `clip_of`, E_WRONG_BASE.
    """
    from storage.errors import WeightsRefused

    projection = clip_of(base).text_projection.to(base.device)
    if len(projection) != len(direction.vector):
        raise WeightsRefused("E_WRONG_BASE", base=base.id)
    return projection


def agreement(base: Base, said: Spoken, words: Sequence[Applied], direction: Direction) -> float:
    """The cosine of what a prompt means and the direction, -1 … 1, once a copy has been led."""

    def read(tuned: Base, said: Spoken) -> float:
        meant = _meant(tuned, said, words) @ projection_of(tuned, direction).T
        return float(towards(meant, direction.vector.to(tuned.device)))

    return led(base, said, words, direction, read)


def _meant(base: Base, said: Spoken, words: Sequence[Applied]) -> Tensor:
    """The first text encoder's state at the end of a prompt's first page: (1, D)."""
    encoder, layers = base.encoders[0], encoders_with_words(base, words)[0]
    page = torch.tensor([said.ids[: base.tokenizer.model_max_length]], device=base.device)
    with swapped(encoder.model, layers):
        return ends_of(encoder, said.rows[0], page)


def _key(base: Base, said: Spoken, words: Sequence[Applied], style: str) -> str:
    """A digest of all that decides what is led, which the style's own strength does not.

    Rows are told as they lie, since ids count them from the first. Nobody's prompt can be read from it.
    """
    heard = sorted((one.fingerprint, strength) for one, strength in words if any(map(_is_heard, one.linear)))
    digest = hashlib.sha256(repr((base.key, str(base.dtype), said.ids, style, heard)).encode())
    for rows in said.rows:
        digest.update(rows.cpu().numpy().tobytes())
    return digest.hexdigest()


def _is_heard(layer: str) -> bool:
    """Whether a layer with this name is one of a text encoder."""
    return layer.startswith(ENCODERS)
