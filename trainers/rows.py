"""Rows of the vocabulary while they are trained: how they start, how long they may be, and captions that name them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from trainers.adapter import Adapter
from trainers.learning import captions_of
from trainers.method import Lesson
from trainers.pipeline import Base
from trainers.text import class_rows, token_table, tokens_of

START_NOISE = 0.05  # of the table's deviation: several vectors from one class word must not stay alike
BYTES_PER_NUMBER = 4  # embeddings are exchanged in float32


def start_rows(base: Base, lesson: Lesson, count: int) -> Tensor:
    """The class word's rows with a little noise, from the lesson's seed: (n, D) float32."""
    table = token_table(base).float()
    generator = torch.Generator().manual_seed(lesson.seed)
    noise = torch.randn(count, table.shape[1], generator=generator).to(base.device)
    return class_rows(base, lesson.class_word, count).float() + noise * table.std() * START_NOISE


@torch.no_grad()
def keep_norm(rows: Tensor, longest: float) -> None:
    """Shorten rows that are longer than any row of the vocabulary: the text encoder never saw such."""
    norms = rows.norm(dim=1, keepdim=True)
    rows.mul_((longest / norms).clamp(max=1.0))


def caption_ids(base: Base, lesson: Lesson, vectors: int, method: str) -> dict[str, Sequence[int]]:
    """The token ids of each caption, the word's own past the vocabulary's end."""
    width = int(token_table(base).shape[1])
    word = Adapter(lesson.word, lesson.class_word, method, rows=torch.zeros(vectors, width))
    captions = set(captions_of(base, lesson))
    return {caption: tokens_of(base, caption, {lesson.word: word}, {lesson.word: 0}).ids for caption in captions}


def rows_bytes(base: Base, count: int) -> int:
    """How large a file of so many rows is."""
    return count * int(token_table(base).shape[1]) * BYTES_PER_NUMBER
