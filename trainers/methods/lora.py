"""LoRA: low-rank differences of the UNet's attention, the method to begin with."""

from __future__ import annotations

from collections.abc import Generator

from trainers.layers import LayerSettings, layers_of, lora_config, lora_difference, pair_bytes, train_layers
from trainers.method import Lesson, Progress, register
from trainers.pipeline import Base


@register
class Lora:
    """Trains rank-r differences of attention and feed-forward layers through peft. Hu et al. 2021, arXiv 2106.09685."""

    name, title, settings = "lora", "LoRA", LayerSettings
    summary = "Learns shape and detail well; a file of a few megabytes that works in every other program."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: LayerSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""
        config, difference = lora_config(settings), lora_difference(settings)
        yield from train_layers(base, lesson, settings, self.name, config, difference)

    def file_bytes(self, base: Base, settings: LayerSettings) -> int:
        """The numbers of all pairs at two bytes each."""
        return pair_bytes(layers_of(base), settings.rank)
