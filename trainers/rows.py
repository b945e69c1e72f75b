"""Rows of the vocabulary while they are trained: how they start, how long they may be, and captions that name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor, nn

from trainers.adapter import Adapter
from trainers.learning import captions_of
from trainers.method import Lesson
from trainers.pipeline import Base, TextEncoder
from trainers.text import class_rows, token_table, tokens_of

START_NOISE = 0.05  # of the table's deviation: several vectors from one class word must not stay alike
ROWS, NEGATIVE = "rows.", "negative."  # what their names begin with among trained numbers
BYTES_PER_NUMBER = 4  # embeddings are exchanged in float32


def start_rows(base: Base, lesson: Lesson, count: int) -> dict[str, nn.Parameter]:
    """For each text encoder the class word's rows with a little noise, from the lesson's seed: (n, D) float32."""
    generator = torch.Generator().manual_seed(lesson.seed)
    return {
        f"{ROWS}{at}": nn.Parameter(_start(encoder, lesson.class_word, count, generator))
        for at, encoder in enumerate(base.encoders)
    }


def start_negative(base: Base, lesson: Lesson, count: int) -> dict[str, nn.Parameter]:
    """As `start_rows`, from what stands in an empty negative prompt: the end of text."""
    generator = torch.Generator().manual_seed(lesson.seed + 1)
    return {
        f"{NEGATIVE}{at}": nn.Parameter(_start(encoder, "", count, generator))
        for at, encoder in enumerate(base.encoders)
    }


def _start(encoder: TextEncoder, class_word: str, count: int, generator: torch.Generator) -> Tensor:
    table = token_table(encoder).float()
    noise = torch.randn(count, table.shape[1], generator=generator).to(table.device)
    return class_rows(encoder, class_word, count).float() + noise * table.std() * START_NOISE


def learned_rows(average: Mapping[str, Tensor], prefix: str = ROWS) -> tuple[Tensor, ...]:
    """The rows among trained numbers whose names begin so, in the order of the encoders, as a word's."""
    return tuple(value.detach().float().cpu() for name, value in average.items() if name.startswith(prefix))


def longest_rows(base: Base) -> list[float]:
    """For each encoder the norm of its longest row."""
    return [float(token_table(encoder).float().norm(dim=1).max()) for encoder in base.encoders]


@torch.no_grad()
def keep_norm(rows: Iterable[Tensor], longest: Iterable[float]) -> None:
    """Shorten rows that are longer than any row of the vocabulary: the text encoder never saw such."""
    for own, most in zip(rows, longest, strict=True):
        own.mul_((most / own.norm(dim=1, keepdim=True)).clamp(max=1.0))


def caption_ids(base: Base, lesson: Lesson, vectors: int, method: str) -> dict[str, Sequence[int]]:
    """The token ids of each caption, the word's own past the vocabulary's end."""
    word = Adapter(lesson.word, lesson.class_word, method, rows=(torch.zeros(vectors, 1),))
    captions = set(captions_of(base, lesson))
    return {caption: tokens_of(base, caption, {lesson.word: word}, {lesson.word: 0}).ids for caption in captions}


def rows_bytes(base: Base, count: int) -> int:
    """How large a file of so many rows is."""
    return count * sum(int(token_table(encoder).shape[1]) for encoder in base.encoders) * BYTES_PER_NUMBER
