"""From a prompt with learned words to the text encoder's output, without touching the tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from storage.words import Text, Word, parse_prompt
from trainers.adapter import Adapter
from trainers.conditioning import Said, together
from trainers.pipeline import Base, TextEncoder, encoders_with_words, swapped
from trainers.thrift import at_hand

if TYPE_CHECKING:
    from transformers import CLIPTokenizer

LAST_LAYER = -1  # after the encoder's last norm
TOKEN_TABLE = ("embeddings.token_embedding", "text_model.embeddings.token_embedding")

# B batch · T token positions · D text width · V vocabulary · n vectors


class Rows(nn.Module):
    """The frozen token table with further rows after its end."""

    def __init__(self, table: nn.Embedding, rows: Tensor) -> None:
        super().__init__()
        self.table, self.rows = table, rows

    def forward(self, token_ids: Tensor) -> Tensor:
        """(B, T) -> (B, T, D)."""
        size = self.table.num_embeddings
        known: Tensor = self.table(token_ids.clamp(max=size - 1))
        if not len(self.rows):
            return known
        own = functional.embedding((token_ids - size).clamp(min=0), self.rows).to(known.dtype)  # adds up in one order
        return torch.where((token_ids >= size)[..., None], own, known)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A prompt's token ids, page after page of the encoder's length, and where each word stands."""

    ids: tuple[int, ...]
    spans: Mapping[str, tuple[int, int]]  #: word -> first position, one past the last
    rest: str = ""  #: what did not fit into the family's pages and is not heard


class Pages:
    """Token ids on as many pages as they need, each of the encoder's length; no word is cut in two.

    Source: AUTOMATIC1111's "infinite prompt length", pages of 75 between a beginning and an end of their own.
    """

    def __init__(self, base: Base) -> None:
        self._tokenizer = base.tokenizer
        self._length = base.tokenizer.model_max_length
        self._room = self._length - 2
        self._most = base.family.pages
        self._pages: list[list[int]] = [[]]

    @property
    def is_over(self) -> bool:
        """Whether what was put last is beyond the family's last page."""
        return len(self._pages) > self._most

    def put(self, ids: Sequence[int]) -> tuple[int, int]:
        """Write on; the positions from the first to one past the last, both at the end when it is over."""
        if self._pages[-1] and len(self._pages[-1]) + len(ids) > self._room:
            self._pages.append([])
        first = self._position()
        self._pages[-1].extend(ids[: self._room])
        for begin in range(self._room, len(ids), self._room):  # longer than a page
            self._pages.append([*ids[begin : begin + self._room]])
        return first, self._position()

    def _position(self) -> int:
        here = (len(self._pages) - 1) * self._length + 1 + len(self._pages[-1])
        return min(here, self._most * self._length - 1)

    def ids(self) -> tuple[int, ...]:
        """All pages that there may be, each padded."""
        return tuple(token_id for page in self._pages[: self._most] for token_id in page_of(self._tokenizer, page))


def page_of(tokenizer: CLIPTokenizer, ids: Sequence[int]) -> list[int]:
    """One page as the encoder takes it: beginning, ids, end, padding."""
    line = [tokenizer.bos_token_id, *ids, tokenizer.eos_token_id]
    return line + [tokenizer.pad_token_id] * (tokenizer.model_max_length - len(line))


def tokens_of(base: Base, prompt: str, words: Mapping[str, Adapter], first_row: Mapping[str, int]) -> Tokens:
    """Token ids of a prompt; a word with rows takes ids past the table's end, another its ordinary text.

    A word that is not in `words` stays what was typed.
    """
    pages = Pages(base)
    spans: dict[str, tuple[int, int]] = {}
    rest: list[str] = []
    for part in parse_prompt(prompt):
        for piece, ids in _pieces(base, part, words, first_row):
            span = pages.put(ids)
            if isinstance(part, Word):
                spans.setdefault(part.name, span)
            if pages.is_over:
                rest.append(piece)
    return Tokens(pages.ids(), spans, " ".join(rest))


def _pieces(
    base: Base, part: Text | Word, words: Mapping[str, Adapter], first_row: Mapping[str, int]
) -> Iterator[tuple[str, Sequence[int]]]:
    """What belongs together, as it was typed and as token ids: a word of ours, or one of ordinary text."""
    if isinstance(part, Text):
        for piece in part.text.split():
            yield piece, _ids(base, piece)
    else:
        yield f"<{part.name}>", _word_ids(base, part.name, words.get(part.name), first_row)


def _word_ids(base: Base, name: str, adapter: Adapter | None, first_row: Mapping[str, int]) -> Sequence[int]:
    if adapter is not None and name in first_row:
        start = len(token_table(base.encoders[0])) + first_row[name]
        return range(start, start + adapter.vectors)
    return _ids(base, name if adapter is None else adapter.text)


def _ids(base: Base, text: str) -> list[int]:
    found: list[int] = base.tokenizer(text, add_special_tokens=False).input_ids
    return found


@contextmanager
def with_rows(encoder: TextEncoder, rows: Tensor) -> Iterator[None]:
    """Inside, the text encoder knows further rows; on leaving it is what it was."""
    name = _table_name(encoder)
    with swapped(encoder.model, {name: Rows(encoder.model.get_submodule(name), rows)}):
        yield


def token_table(encoder: TextEncoder) -> Tensor:
    """The frozen vocabulary: (V, D)."""
    weight: Tensor = encoder.model.get_submodule(_table_name(encoder)).weight
    return weight


def _table_name(encoder: TextEncoder) -> str:
    return next(name for name in TOKEN_TABLE if _has(encoder.model, name))


def _has(module: nn.Module, name: str) -> bool:
    try:
        module.get_submodule(name)
    except AttributeError:
        return False
    return True


def encoded(
    base: Base, ids: Sequence[Sequence[int]], rows: Sequence[Tensor], words: Sequence[tuple[Adapter, float]] = ()
) -> Said:
    """Token ids as the UNet hears them, each page for itself; shorter lines end in empty pages.

    rows: for each encoder (n, D); what a prompt means as a whole is said by its first page. `words` are those that
    change the encoders themselves.
    """
    at_hand(*(encoder.model for encoder in base.encoders), device=base.device)
    length = base.tokenizer.model_max_length
    longest, empty = max(map(len, ids)), page_of(base.tokenizer, ())
    filled = [[*line, *empty * ((longest - len(line)) // length)] for line in ids]
    pages = torch.tensor(filled, device=base.device).reshape(-1, length)
    heard = []
    for encoder, own, layers in zip(base.encoders, rows, encoders_with_words(base, words), strict=True):
        with swapped(encoder.model, layers):
            heard.append(_heard(base, encoder, own, pages))
    hidden = torch.cat([one.hidden for one in heard], 2).reshape(len(ids), longest, -1)
    pooled = [one.pooled[:: longest // length] for one in heard if one.pooled is not None]
    return Said(hidden, torch.cat(pooled, 1) if pooled else None)


def _heard(base: Base, encoder: TextEncoder, rows: Tensor, pages: Tensor) -> Said:
    """What one encoder makes of pages (B, T)."""
    layer = base.family.text_layer
    told, ends = _read(encoder, rows, pages, has_layers=layer != LAST_LAYER)
    hidden: Tensor = told.last_hidden_state if layer == LAST_LAYER else told.hidden_states[layer]
    has_pooled = hasattr(encoder.model, "text_projection")
    return Said(hidden, encoder.model.text_projection(ends) if has_pooled else None)


def ends_of(encoder: TextEncoder, rows: Tensor, pages: Tensor) -> Tensor:
    """The last state at the end of each page (B, T): (B, D)."""
    return _read(encoder, rows, pages, has_layers=False)[1]


def _read(encoder: TextEncoder, rows: Tensor, pages: Tensor, *, has_layers: bool) -> tuple[Any, Tensor]:
    """What transformers tells, and the last state at each end, which it would seek at the highest id: our rows'."""
    is_end = pages == encoder.tokenizer.eos_token_id
    is_padding = is_end.cumsum(1) - is_end.int() > 0
    token_ids = pages.masked_fill(is_padding, encoder.tokenizer.pad_token_id)
    with with_rows(encoder, rows):
        told = encoder.model(token_ids, output_hidden_states=has_layers)
    ends = told.last_hidden_state[torch.arange(len(pages), device=pages.device), is_end.int().argmax(1)]
    return told, ends


@torch.no_grad()
def stacked(base: Base, said: Sequence[Said]) -> Said:
    """Encodings (1, T, D) of any number of pages as one batch: (B, T, D); shorter ones end in empty pages."""
    length, longest = base.tokenizer.model_max_length, max(one.hidden.shape[1] for one in said)
    if said[0].lengths or all(one.hidden.shape[1] == longest for one in said):
        return together(said)
    empty = encode_prompt(base, "", ()).hidden
    return together(
        [
            Said(torch.cat([one.hidden, *[empty] * ((longest - one.hidden.shape[1]) // length)], 1), one.pooled)
            for one in said
        ]
    )


@torch.no_grad()
def encode_prompt(
    base: Base, prompt: str, adapters: Sequence[tuple[Adapter, float]], beside: Sequence[tuple[Adapter, float]] = ()
) -> Said:
    """Encode a prompt in which these words may stand, each at its strength: (1, T, D).

    Words `beside` it stand in the prompt that this one is drawn with, and change the encoders for it, too.
    """
    if (architecture := base.family.architecture) is not None:
        at_hand(base.encoders[0].model, device=base.device)
        return architecture.said(base.encoders[0], in_plain_text(prompt, [adapter for adapter, _ in adapters]))
    said = spoken(base, prompt, adapters)
    return encoded(base, [said.ids], said.rows, [*adapters, *beside])


@dataclass(frozen=True, slots=True)
class Spoken:
    """A prompt as encoders are given it."""

    ids: Sequence[int]
    rows: Sequence[Tensor]  #: for each encoder those of the words in it: (n, D)


def spoken(base: Base, prompt: str, adapters: Sequence[tuple[Adapter, float]]) -> Spoken:
    """A prompt in which these words may stand, each at its strength."""
    known = [(adapter, strength) for adapter, strength in adapters if adapter.rows]
    rows = [
        torch.cat([weighed(encoder, adapter, strength, at) for adapter, strength in known])
        if known
        else no_rows(encoder)
        for at, encoder in enumerate(base.encoders)
    ]
    tokens = _tokens(base, prompt, [adapter for adapter, _ in adapters])
    return Spoken(tokens.ids, [own.to(base.device) for own in rows])


def in_plain_text(prompt: str, adapters: Sequence[Adapter]) -> str:
    """A prompt with the ordinary text that stands for each of these words in its place."""
    said = {adapter.word: adapter.text for adapter in adapters}
    parts = parse_prompt(prompt)
    return "".join(part.text if isinstance(part, Text) else said.get(part.name, part.name) for part in parts)


def no_rows(encoder: TextEncoder) -> Tensor:
    """(0, D)."""
    return torch.zeros(0, token_table(encoder).shape[1])


def left_out(base: Base, prompt: str, adapters: Sequence[Adapter]) -> str:
    """What of a prompt lies beyond the family's last page and is not heard; empty when all is."""
    if (architecture := base.family.architecture) is not None:
        return architecture.rest(base.encoders[0], in_plain_text(prompt, adapters))
    return _tokens(base, prompt, adapters).rest


def token_ids_of(base: Base, prompt: str, adapters: Sequence[Adapter]) -> tuple[int, ...]:
    """A prompt's token ids as `encoded` takes them, page after page; those of rows are past the table's end."""
    return _tokens(base, prompt, adapters).ids


def _tokens(base: Base, prompt: str, adapters: Sequence[Adapter]) -> Tokens:
    words = {adapter.word: adapter for adapter in sorted(adapters, key=lambda each: bool(each.rows))}
    first_row: dict[str, int] = {}  # of words with rows, which speak before those without
    count = 0
    for adapter in adapters:
        if adapter.rows:
            first_row[adapter.word] = count
            count += adapter.vectors
    return tokens_of(base, prompt, words, first_row)


def weighed(encoder: TextEncoder, adapter: Adapter, strength: float, at: int) -> Tensor:
    """An encoder's rows at a strength: at 0 the class word's own, at 1 the learned ones, beyond further along."""
    learned = adapter.rows[at]
    if strength == 1.0:
        return learned
    start = class_rows(encoder, adapter.class_word, len(learned)).float().cpu()
    return start + strength * (learned - start)


def class_rows(encoder: TextEncoder, class_word: str, count: int) -> Tensor:
    """The class word's rows of the vocabulary, repeated to count: (n, D)."""
    tokenizer = encoder.tokenizer
    ids = tokenizer(class_word, add_special_tokens=False).input_ids or [tokenizer.eos_token_id]
    return token_table(encoder)[[ids[index % len(ids)] for index in range(count)]]
