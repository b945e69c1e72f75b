"""LoHa: the product, number by number, of two low-rank matrices."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from trainers.differences import Hadamard
from trainers.layers import LayerSettings, Values, layers_bytes, train_layers
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base

if TYPE_CHECKING:
    from peft import PeftConfig


@dataclass(frozen=True, slots=True)
class LohaSettings(LayerSettings):
    """What an operator may change; a member never sees these."""

    rank: int = setting(8, 1, 64, "of each of the two: together up to its square")
    alpha: float = setting(8.0, 0.1, 64, "equal to the rank, so that the rate means the same at every rank")


@register
class Loha:
    """Trains two low-rank matrices whose product is the difference. Hyeon-Woo et al. 2022, arXiv 2108.06098."""

    name, title, settings = "loha", "LoHa", LohaSettings
    summary = "As large as a LoRA and of a far higher rank. Other programs load it as LyCORIS."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: LohaSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""

        def difference(layer: nn.Module, values: Values) -> Hadamard:
            (a, b), (c, d) = ((values[f"hada_w{n}_a"], values[f"hada_w{n}_b"]) for n in (1, 2))
            return Hadamard((a, b), (c, d), settings.alpha / settings.rank)

        yield from train_layers(base, lesson, settings, self.name, _config(settings), difference)

    def file_bytes(self, base: Base, settings: LohaSettings) -> int:
        """All four matrices of each layer."""
        return layers_bytes(base, _config(settings))


def _config(settings: LohaSettings) -> PeftConfig:
    from peft import LoHaConfig

    return LoHaConfig(r=settings.rank, alpha=settings.alpha)  # type: ignore[arg-type]
