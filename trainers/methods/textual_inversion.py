"""Textual inversion: a few rows of the vocabulary, everything else frozen; the smallest file there is."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from trainers.adapter import Adapter
from trainers.learning import PlanSettings, Pupil, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base
from trainers.rows import caption_ids, keep_norm, learned_rows, longest_rows, rows_bytes, start_rows
from trainers.text import encoded
from trainers.weights import write_adapter


@dataclass(frozen=True, slots=True)
class TextualInversionSettings(PlanSettings):
    """What an operator may change; a member never sees these."""

    vectors: int = setting(4, 1, 16, "one carries a kind, several carry an individual")
    learning_rate: float = setting(5e-3, 1e-6, 1.0, "A1111's default; diffusers' 5e-4 needs ten times the steps")
    steps_per_photo: int = setting(150, 1, 2000, "about 1000 for six photos")
    min_steps: int = setting(600, 1, 20_000, "fewer stay at the class word")
    max_steps: int = setting(2000, 1, 20_000, "diffusers' default is 3000 at a tenth of the rate")
    batch_size: int = setting(2, 1, 64, "fits 8 GB at 512 px")
    weight_decay: float = setting(0.0, 0, 1, "the norm is kept directly")


@register
class TextualInversion:
    """Trains only its own rows; no other row is optimised. Gal et al. 2022, arXiv 2208.01618."""

    name, title, settings = "textual_inversion", "Textual inversion", TextualInversionSettings
    summary = "A few kilobytes and the base model untouched; catches colours and kind, less of the detail."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: TextualInversionSettings) -> Generator[Progress, None, None]:
        """Train rows that start as the class word's."""
        rows = start_rows(base, lesson, settings.vectors)
        longest = longest_rows(base)
        ids = caption_ids(base, lesson, settings.vectors, self.name)
        pupil = Pupil(
            parameters=rows,
            attached=nullcontext,
            said=lambda captions: encoded(base, [ids[caption] for caption in captions], [*rows.values()]),
            write=lambda path, average: _write(path, base, lesson, average),
            after_step=lambda: keep_norm(rows.values(), longest),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: TextualInversionSettings) -> int:
        """Rows times width at four bytes."""
        return rows_bytes(base, settings.vectors)


def _write(path: Path, base: Base, lesson: Lesson, average: Mapping[str, Tensor]) -> None:
    adapter = Adapter(lesson.word, lesson.class_word, "textual_inversion", rows=learned_rows(average))
    write_adapter(path, base, lesson, "textual_inversion", adapter)
