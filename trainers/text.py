"""From a prompt with learned words to the text encoder's output, without touching the tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from storage.words import Text, Word, parse_prompt
from trainers.adapter import Adapter
from trainers.pipeline import Base, swapped

TOKEN_TABLE = ("embeddings.token_embedding", "text_model.embeddings.token_embedding")

# B batch · T token positions · D text width · n vectors


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
    """A prompt's token ids, padded, and where each word stands."""

    ids: tuple[int, ...]
    spans: Mapping[str, tuple[int, int]]  #: word -> first position, one past the last


def tokens_of(base: Base, prompt: str, words: Mapping[str, Adapter], first_row: Mapping[str, int]) -> Tokens:
    """Token ids of a prompt; a word with rows takes ids past the table's end, another its ordinary text.

    A word that is not in `words` stays what was typed. What does not fit the encoder is cut off.
    """
    most = base.tokenizer.model_max_length
    ids: list[int] = [base.tokenizer.bos_token_id]
    spans: dict[str, tuple[int, int]] = {}
    for part in parse_prompt(prompt):
        first = len(ids)
        ids.extend(_part_ids(base, part, words, first_row))
        if isinstance(part, Word):
            spans.setdefault(part.name, (min(first, most - 1), min(len(ids), most - 1)))
    ids = [*ids[: most - 1], base.tokenizer.eos_token_id]
    ids += [base.tokenizer.pad_token_id] * (most - len(ids))
    return Tokens(tuple(ids), spans)


def _part_ids(base: Base, part: Text | Word, words: Mapping[str, Adapter], first_row: Mapping[str, int]) -> list[int]:
    if isinstance(part, Word) and part.name in first_row:
        rows = words[part.name].rows
        count = 0 if rows is None else len(rows)
        start = base.text_encoder.config.vocab_size + first_row[part.name]
        return list(range(start, start + count))
    text = part.text if isinstance(part, Text) else words[part.name].text if part.name in words else part.name
    found: list[int] = base.tokenizer(text, add_special_tokens=False).input_ids
    return found


@contextmanager
def with_rows(base: Base, rows: Tensor) -> Iterator[None]:
    """Inside, the text encoder knows further rows; on leaving it is what it was."""
    name = next(name for name in TOKEN_TABLE if _has(base.text_encoder, name))
    table = base.text_encoder.get_submodule(name)
    with swapped(base.text_encoder, {name: Rows(table, rows)}):  # type: ignore[arg-type]
        yield


def token_table(base: Base) -> Tensor:
    """The frozen vocabulary: (V, D)."""
    name = next(name for name in TOKEN_TABLE if _has(base.text_encoder, name))
    weight: Tensor = base.text_encoder.get_submodule(name).weight  # type: ignore[assignment]
    return weight


def _has(module: nn.Module, name: str) -> bool:
    try:
        module.get_submodule(name)
    except AttributeError:
        return False
    return True


def encoded(base: Base, ids: Sequence[Sequence[int]], rows: Tensor) -> Tensor:
    """encoder_hidden_states of token ids: (B, T, D)."""
    token_ids = torch.tensor([list(line) for line in ids], device=base.device)
    with with_rows(base, rows):
        hidden: Tensor = base.text_encoder(token_ids).last_hidden_state
    return hidden


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's encoding, and what of it the regions need to know."""

    hidden: Tensor  #: (1, T, D)
    spans: Mapping[str, tuple[int, int]]


@torch.no_grad()
def encode_prompt(base: Base, prompt: str, adapters: Sequence[tuple[Adapter, float]]) -> Prompt:
    """Encode a prompt in which these words may stand, each at its strength."""
    words = {a.word: a for a, _ in sorted(adapters, key=lambda each: each[0].rows is not None)}  # rows speak first
    rows: list[Tensor] = []
    first_row: dict[str, int] = {}
    for adapter, strength in adapters:
        if adapter.rows is not None:
            first_row[adapter.word] = sum(map(len, rows))
            rows.append(_weighed(base, adapter, strength))
    width = token_table(base).shape[1]
    table = torch.cat(rows) if rows else torch.zeros(0, width)
    tokens = tokens_of(base, prompt, words, first_row)
    return Prompt(encoded(base, [tokens.ids], table.to(base.device)), tokens.spans)


def _weighed(base: Base, adapter: Adapter, strength: float) -> Tensor:
    """Rows at a strength: at 0 the class word's own, at 1 the learned ones, beyond further along."""
    assert adapter.rows is not None
    if strength == 1.0:
        return adapter.rows
    start = class_rows(base, adapter.class_word, len(adapter.rows)).float().cpu()
    return start + strength * (adapter.rows - start)


def class_rows(base: Base, class_word: str, count: int) -> Tensor:
    """The class word's rows of the vocabulary, repeated to count: (n, D)."""
    ids = base.tokenizer(class_word, add_special_tokens=False).input_ids or [base.tokenizer.eos_token_id]
    return token_table(base)[[ids[index % len(ids)] for index in range(count)]]
