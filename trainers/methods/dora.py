"""DoRA: a LoRA for the direction of each weight, and a length of its own."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from torch import nn

from trainers.differences import LowRank, shortened
from trainers.layers import LayerSettings, Values, layers_of, lora_config, merged, pair_bytes, train_layers
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base


@dataclass(frozen=True, slots=True)
class DoraSettings(LayerSettings):
    """What an operator may change; a member never sees these."""

    file_rank: int = setting(32, 1, 512, "of the LoRA that stands for it in files")


@register
class Dora:
    """Trains direction and length of each weight apart. Liu et al. 2024, arXiv 2402.09353.

    Peft measures the length along another axis than ComfyUI and Forge do, so files hold the nearest LoRA instead.
    """

    name, title, settings = "dora", "DoRA", DoraSettings
    summary = "A LoRA that learns each weight's length apart from its direction; slower, and twice as large in files."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: DoraSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""

        def difference(layer: nn.Module, values: Values) -> LowRank:
            return shortened(merged(layer, values), settings.file_rank)

        config = lora_config(settings, use_dora=True)
        yield from train_layers(base, lesson, settings, self.name, config, difference, has_means=False)

    def file_bytes(self, base: Base, settings: DoraSettings) -> int:
        """That of a LoRA of the files' rank."""
        return pair_bytes(layers_of(base), settings.file_rank, is_shortened=True)
