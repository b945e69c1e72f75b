"""DreamArtist: rows of the vocabulary for prompt and negative prompt, learned from as little as one photo."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from trainers.adapter import Adapter
from trainers.learning import PlanSettings, Pupil, Refused, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base
from trainers.rows import (
    NEGATIVE,
    caption_ids,
    keep_norm,
    learned_rows,
    longest_rows,
    rows_bytes,
    start_negative,
    start_rows,
)
from trainers.text import encoded
from trainers.weights import write_adapter


@dataclass(frozen=True, slots=True)
class DreamartistSettings(PlanSettings):
    """What an operator may change; a member never sees these."""

    vectors: int = setting(3, 1, 16, "for the prompt, as in the paper")
    negative_vectors: int = setting(6, 1, 16, "for the negative prompt; the paper has 3 to 10")
    guidance_scale: float = setting(5.0, 1.0, 10.0, "how far one leads away from the other; the paper has 3 to 5")
    learning_rate: float = setting(5e-3, 1e-6, 1.0, "the paper's upper end; 2.5e-3 needs twice the steps")
    steps_per_photo: int = setting(500, 1, 5000, "each of them twice the work of textual inversion's")
    min_steps: int = setting(1500, 1, 20_000, "one photo shows the same each time")
    max_steps: int = setting(3000, 1, 20_000, "the paper has up to 15,000 at half the rate")
    batch_size: int = setting(1, 1, 64, "of one photo a larger one only draws more noise")
    weight_decay: float = setting(0.0, 0, 1, "the norm is kept directly")
    patience: int = setting(5, 0, 20, "two embeddings that pull at each other get better unsteadily")


@register
class Dreamartist:
    """Trains both at once through what guidance will make of them. Dong et al. 2022, arXiv 2211.11337.

    The paper's captions are the embedding alone. Where ours name a scene, both sides of the guidance name it: else
    prompts would be led to the scene as well, and the rows would learn to play it down.
    The paper's further loss on decoded pictures is left out: it needs the VAE in every step.
    """

    name, title, settings = "dreamartist", "DreamArtist", DreamartistSettings
    summary = "From one photo on: one embedding for the prompt and one that stands in the negative prompt by itself."
    min_photos, for_members = 1, True

    def train(self, base: Base, lesson: Lesson, settings: DreamartistSettings) -> Generator[Progress, None, None]:
        """Train rows that start as the class word's, and rows that start as nothing."""
        rows = start_rows(base, lesson, settings.vectors)
        negative = start_negative(base, lesson, settings.negative_vectors)
        longest = longest_rows(base)
        ids = caption_ids(base, lesson, settings.vectors, self.name)
        against = caption_ids(base, lesson, settings.negative_vectors, self.name)

        def write(path: Path, average: Mapping[str, Tensor]) -> None:
            adapter = Adapter(
                lesson.word,
                lesson.class_word,
                self.name,
                rows=learned_rows(average),
                negative=learned_rows(average, NEGATIVE),
            )
            write_adapter(path, base, lesson, self.name, adapter)

        pupil = Pupil(
            parameters=rows | negative,
            attached=nullcontext,
            said=lambda captions: encoded(base, [ids[caption] for caption in captions], [*rows.values()]),
            refused=Refused(
                settings.guidance_scale,
                lambda captions: encoded(base, [against[caption] for caption in captions], [*negative.values()]),
            ),
            write=write,
            after_step=lambda: keep_norm([*rows.values(), *negative.values()], longest * 2),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: DreamartistSettings) -> int:
        """Rows times width at four bytes."""
        return rows_bytes(base, settings.vectors + settings.negative_vectors)
