"""Custom Diffusion: a modifier word, and only what the UNet's layers read out of the text."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from trainers.adapter import Adapter
from trainers.hearing import prior_of
from trainers.layers import LayerSettings
from trainers.learning import Pupil, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, swapped
from trainers.rows import caption_ids, keep_norm, learned_rows, longest_rows, rows_bytes, start_rows
from trainers.text import encoded
from trainers.twins import Layer, differences_of, layers_in_blocks, twins_bytes, twins_of, weights_of
from trainers.weights import write_adapter

OF_TEXT = (".attn2.to_k", ".attn2.to_v")  # keys and values: all that the text is read by
BESIDE = (".attn2.to_q", ".attn2.to_out.0")  # of the same layers, what reads the picture and writes to it


@dataclass(frozen=True, slots=True)
class CustomDiffusionSettings(LayerSettings):
    """What an operator may change; a member never sees these. Alpha says nothing here."""

    rank: int = setting(64, 0, 1024, "of the LoRA that stands for the difference in files; 0 keeps all of it")
    learning_rate: float = setting(2e-5, 1e-8, 1e-1, "its authors' 1e-5 for each picture of a batch")
    min_steps: int = setting(400, 1, 20_000, "its authors' 250 are of larger batches")
    max_steps: int = setting(1000, 1, 20_000, "what its authors give faces")
    batch_size: int = setting(2, 1, 64, "as diffusers' example")
    prior: float = setting(1.0, 0, 10, "weight of the base's own prediction for the class word; 0 forgets the class")
    vectors: int = setting(1, 1, 16, "of the modifier word")
    rows_pace: float = setting(20.0, 0.01, 1000, "times the rate: rows begin as the class word's and go further")
    whole: int = setting(0, 0, 1, "1 trains queries and outputs of the same layers too, as its authors do for faces")


@register
class CustomDiffusion:
    """Trains keys and values of cross-attention and rows of the vocabulary. Kumari et al. 2022, arXiv 2212.04488.

    The rows begin as the class word's and stand for word and class word, where its authors write "V* dog".
    """

    name, title, settings = "custom_diffusion", "Custom Diffusion", CustomDiffusionSettings
    summary = "Rows of the vocabulary and the layers that read text, nothing else of the base: a small file."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: CustomDiffusionSettings) -> Generator[Progress, None, None]:
        """Train copies of the layers, which are in the UNet only while a step runs, and rows."""
        rows = start_rows(base, lesson, settings.vectors)
        longest = longest_rows(base)
        ids = caption_ids(base, lesson, settings.vectors, self.name)
        layers = _layers(base, settings)
        twins = twins_of(layers)

        def write(path: Path, average: Mapping[str, Tensor]) -> None:
            linear = differences_of(layers, average, settings.rank)
            adapter = Adapter(lesson.word, lesson.class_word, self.name, linear=linear, rows=learned_rows(average))
            write_adapter(path, base, lesson, self.name, adapter)

        pupil = Pupil(
            parameters=rows | weights_of(twins),
            attached=lambda: swapped(base.unet, twins),
            said=lambda captions: encoded(base, [ids[caption] for caption in captions], [*rows.values()]),
            prior=prior_of(base, lesson, settings),
            write=write,
            paces=dict.fromkeys(rows, settings.rows_pace),
            after_step=lambda: keep_norm(rows.values(), longest),
            has_means=not settings.rank,
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: CustomDiffusionSettings) -> int:
        """The layers' and the rows'."""
        return twins_bytes(_layers(base, settings).values(), settings.rank) + rows_bytes(base, settings.vectors)


def _layers(base: Base, settings: CustomDiffusionSettings) -> dict[str, Layer]:
    """32 in Stable Diffusion 1.5: 19.2 million numbers."""
    names = OF_TEXT + BESIDE if settings.whole else OF_TEXT
    return {name: layer for name, layer in layers_in_blocks(base).items() if name.endswith(names)}
