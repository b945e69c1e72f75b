"""OFT: rotations of each layer's inputs, which keep the angles between what its neurons look for."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from trainers.differences import LowRank, shortened
from trainers.layers import LayerSettings, Values, layers_of, merged, pair_bytes, train_layers
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base

if TYPE_CHECKING:
    from peft import PeftConfig


@dataclass(frozen=True, slots=True)
class OftSettings(LayerSettings):
    """What an operator may change; a member never sees these. The rank is that of the LoRA in files."""

    rank: int = setting(32, 1, 512, "of the LoRA that stands for the rotations in files")
    block: int = setting(16, 2, 256, "inputs that are rotated together; a layer's width must be a multiple of it")


@register
class Oft:
    """Trains a rotation of each block of inputs. Qiu et al. 2023, arXiv 2306.07280.

    Programs disagree on how a rotation is written, so files hold the nearest LoRA instead.
    """

    name, title, settings = "oft", "OFT", OftSettings
    summary = "Rotates what layers look at instead of adding to it."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: OftSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""

        def difference(layer: nn.Module, values: Values) -> LowRank:
            return shortened(merged(layer, values), settings.rank)

        yield from train_layers(base, lesson, settings, self.name, _config(settings), difference, has_means=False)

    def file_bytes(self, base: Base, settings: OftSettings) -> int:
        """That of a LoRA of the files' rank."""
        return pair_bytes(layers_of(base), settings.rank, is_shortened=True)


def _config(settings: OftSettings) -> PeftConfig:
    from peft import OFTConfig

    return OFTConfig(oft_block_size=settings.block, use_cayley_neumann=False)
