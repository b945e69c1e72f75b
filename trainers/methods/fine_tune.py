"""Plain fine-tuning: the whole UNet on a set of pictures with captions, as other trainers have it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from trainers.layers import LayerSettings
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base
from trainers.twins import layers_in_blocks, train_blocks, twins_bytes


@dataclass(frozen=True, slots=True)
class FineTuneSettings(LayerSettings):
    """What an operator may change; a member never sees these. Alpha says nothing here."""

    rank: int = setting(64, 0, 1024, "of the LoRA that stands for the difference in files; 0 keeps all of it")
    learning_rate: float = setting(
        5e-6, 1e-8, 1e-1, "within 5e-6 … 1e-5 of full fine-tuning, the side that forgets less"
    )
    max_steps: int = setting(10_000, 1, 100_000, "a hundred for each picture of a small set")
    batch_size: int = setting(2, 1, 64, "pictures that show different things should meet in one step")


@register
class FineTune:
    """Trains matrices and convolutions of all blocks on captions, without prior preservation.

    The objective is that of the base model's own training: Rombach et al. 2022, arXiv 2112.10752.
    """

    name, title, settings = "fine_tune", "Fine-tuning", FineTuneSettings
    summary = "Trains the whole UNet on pictures with a caption file beside each: for sets, large and slow."
    min_photos, for_members, needs_captions = 3, False, True

    def train(self, base: Base, lesson: Lesson, settings: FineTuneSettings) -> Generator[Progress, None, None]:
        """Train copies of the layers, which are in the UNet only while a step runs."""
        yield from train_blocks(base, lesson, settings, self.name)

    def file_bytes(self, base: Base, settings: FineTuneSettings) -> int:
        """Pairs of the files' rank, or all numbers."""
        return twins_bytes(layers_in_blocks(base).values(), settings.rank)
