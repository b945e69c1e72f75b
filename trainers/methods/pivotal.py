"""Pivotal tuning: rows of the vocabulary find the subject first, a LoRA around them learns what rows cannot say."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from trainers.adapter import Adapter
from trainers.conditioning import Said, together
from trainers.hearing import prior_of
from trainers.layers import (
    LayerSettings,
    differences,
    layers_of,
    lora_config,
    lora_difference,
    new_layers,
    pair_bytes,
    trained,
)
from trainers.learning import Pupil, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, swapped
from trainers.products import as_products
from trainers.rows import caption_ids, keep_norm, learned_rows, longest_rows, rows_bytes, start_rows
from trainers.text import encoded
from trainers.weights import write_adapter


@dataclass(frozen=True, slots=True)
class PivotalSettings(LayerSettings):
    """What an operator may change; a member never sees these."""

    vectors: int = setting(4, 1, 16, "as for textual inversion")
    rows_pace: float = setting(20.0, 0.01, 1000, "times the rate: rows need 2e-3 where a LoRA needs 1e-4")
    rows_share: float = setting(0.5, 0.0, 1.0, "of the steps; then the rows are frozen and only the LoRA goes on")


@register
class Pivotal:
    """Trains rows and a LoRA together, the rows for the first part of the steps.

    Roich et al. 2021, arXiv 2106.05744, found the pivot first and tuned around it; both at once costs no second run.
    """

    name, title, settings = "pivotal", "Pivotal tuning", PivotalSettings
    summary = "Rows of the vocabulary and a LoRA together: the word means the subject, the layers know its details."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: PivotalSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""
        rows = start_rows(base, lesson, settings.vectors)
        longest = longest_rows(base)
        layers = new_layers(base, lora_config(settings), lesson.seed)
        quick = as_products(layers)

        def write(path: Path, average: Mapping[str, Tensor]) -> None:
            linear = differences(layers, average, lora_difference)
            adapter = Adapter(lesson.word, lesson.class_word, self.name, linear=linear, rows=learned_rows(average))
            write_adapter(path, base, lesson, self.name, adapter)

        def freeze_rows(share: float) -> None:
            for own in rows.values():
                own.requires_grad_(share < settings.rows_share)

        pupil = Pupil(
            parameters=rows | trained(layers),
            attached=lambda: swapped(base.denoiser, quick),
            said=_said(base, caption_ids(base, lesson, settings.vectors, self.name), [*rows.values()]),
            prior=prior_of(base, lesson, settings),
            write=write,
            paces=dict.fromkeys(rows, settings.rows_pace),
            before_step=freeze_rows,
            after_step=lambda: keep_norm(rows.values(), longest),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: PivotalSettings) -> int:
        """The LoRA's and the rows'."""
        return pair_bytes(layers_of(base), settings.rank) + rows_bytes(base, settings.vectors)


def _said(
    base: Base, ids: Mapping[str, Sequence[int]], rows: Sequence[nn.Parameter]
) -> Callable[[Sequence[str]], Said]:
    """Encodes captions with the rows as they are; once these are frozen, each caption once.

    Going back to a sound moment changes frozen rows, too.
    """
    known: dict[str, Said] = {}
    heard: list[Tensor] = []  # the rows of what is known

    def said(captions: Sequence[str]) -> Said:
        if rows[0].requires_grad:
            return encoded(base, [ids[caption] for caption in captions], rows)
        if not heard or not all(map(torch.equal, heard, rows)):
            known.clear()
            heard[:] = [own.detach().clone() for own in rows]
        for caption in set(captions) - set(known):
            with torch.no_grad():
                known[caption] = encoded(base, [ids[caption]], rows)
        return together([known[caption] for caption in captions])

    return said
