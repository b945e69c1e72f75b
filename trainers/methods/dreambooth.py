"""DreamBooth: every weight of the UNet's blocks is trained; what others are measured by, where there is memory."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor, nn

from trainers.adapter import Adapter
from trainers.differences import Difference, Whole, of_one_alpha, shortened
from trainers.layers import BYTES_PER_NUMBER, LayerSettings, pair_bytes, prior_of, said_of
from trainers.learning import Pupil, learn, plan_of
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, swapped
from trainers.weights import write_adapter

BLOCKS = ("down_blocks.", "mid_block.", "up_blocks.")


@dataclass(frozen=True, slots=True)
class DreamboothSettings(LayerSettings):
    """What an operator may change; a member never sees these. Alpha says nothing here."""

    rank: int = setting(64, 0, 1024, "of the LoRA that stands for the difference in files; 0 keeps all of it")
    learning_rate: float = setting(2e-6, 1e-8, 1e-1, "Hugging Face's measurements: 1e-6 for faces, 2e-6 for things")
    prior: float = setting(1.0, 0, 10, "weight of the base's own prediction for the class word; 0 forgets the class")


@register
class Dreambooth:
    """Trains matrices and convolutions of all blocks; norms and biases stay. Ruiz et al. 2022, arXiv 2208.12242."""

    name, title, settings = "dreambooth", "DreamBooth", DreamboothSettings
    summary = "Trains the whole UNet and keeps the difference: the reference for likeness, large and slow."
    min_photos, for_members = 3, False

    def train(self, base: Base, lesson: Lesson, settings: DreamboothSettings) -> Generator[Progress, None, None]:
        """Train copies of the layers, which are in the UNet only while a step runs."""
        twins = {name: _twin(layer) for name, layer in _layers(base).items()}

        def write(path: Path, average: Mapping[str, Tensor]) -> None:
            linear = {name: _difference(base, name, average[name], settings.rank) for name in twins}
            adapter = Adapter(lesson.word, lesson.class_word, self.name, linear=of_one_alpha(linear))
            write_adapter(path, base, lesson, self.name, adapter)

        pupil = Pupil(
            parameters={name: twin.get_parameter("weight") for name, twin in twins.items()},
            attached=lambda: swapped(base.unet, twins),
            said=said_of(base, lesson),
            prior=prior_of(base, lesson, settings),
            write=write,
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: DreamboothSettings) -> int:
        """Pairs of the files' rank, or all numbers."""
        layers = _layers(base).values()
        if settings.rank:
            return pair_bytes(layers, settings.rank, is_shortened=True)
        return sum(layer.weight.numel() for layer in layers) * BYTES_PER_NUMBER


def _layers(base: Base) -> dict[str, nn.Linear | nn.Conv2d]:
    return {
        name: module
        for name, module in base.unet.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d) and name.startswith(BLOCKS)
    }


def _twin(layer: nn.Linear | nn.Conv2d) -> nn.Linear | nn.Conv2d:
    twin = copy.deepcopy(layer).float()
    twin.weight.requires_grad_(True)
    return twin


def _difference(base: Base, name: str, learned: Tensor, rank: int) -> Difference:
    diff = learned.float().cpu() - base.unet.get_submodule(name).weight.float().cpu()
    return shortened(diff, rank) if rank else Whole(diff)
