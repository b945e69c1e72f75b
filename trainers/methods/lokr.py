"""LoKr: the Kronecker product of a small matrix and a larger one; the smallest file that changes every number."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor, nn

from trainers.differences import Kronecker
from trainers.layers import LayerSettings, Values, layers_bytes, train_layers
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base

if TYPE_CHECKING:
    from peft import PeftConfig


@dataclass(frozen=True, slots=True)
class LokrSettings(LayerSettings):
    """What an operator may change; a member never sees these."""

    rank: int = setting(16, 1, 256, "of the larger matrix, where that is larger still")
    factor: int = setting(8, -1, 64, "side of the small matrix; -1: both as alike as can be, the smallest file")


@register
class Lokr:
    """Trains both matrices of a Kronecker product. Yeh et al. 2024, arXiv 2309.14859."""

    name, title, settings = "lokr", "LoKr", LokrSettings
    summary = "A Kronecker product: a fraction of a LoRA's size. Other programs load it as LyCORIS."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: LokrSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""

        def difference(layer: nn.Module, values: Values) -> Kronecker:
            first, second = _matrix(values, "lokr_w1"), _matrix(values, "lokr_w2")
            return Kronecker(first, second, settings.alpha / settings.rank)

        yield from train_layers(base, lesson, settings, self.name, _config(settings), difference)

    def file_bytes(self, base: Base, settings: LokrSettings) -> int:
        """Both matrices of each layer, in two factors where they are large."""
        return layers_bytes(base, _config(settings))


def _config(settings: LokrSettings) -> PeftConfig:
    from peft import LoKrConfig

    return LoKrConfig(r=settings.rank, alpha=settings.alpha, decompose_factor=settings.factor)  # type: ignore[arg-type]


def _matrix(values: Values, name: str) -> tuple[Tensor, ...]:
    return (values[name],) if name in values else (values[f"{name}_a"], values[f"{name}_b"])
