"""Copies of layers that are trained whole, and the difference to the frozen ones that they come to."""

from __future__ import annotations

import copy
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

from torch import Tensor, nn

from trainers.adapter import Adapter
from trainers.differences import Difference, Whole, of_one_alpha, shortened
from trainers.hearing import prior_of, said_of
from trainers.layers import BYTES_PER_NUMBER, LayerSettings, pair_bytes
from trainers.learning import Pupil, learn, plan_of
from trainers.method import Lesson, Progress
from trainers.pipeline import Base, layer_at
from trainers.places import encoder_layers, in_place
from trainers.quantised import outline_of, plain
from trainers.weights import write_adapter

BLOCKS = ("down_blocks.", "mid_block.", "up_blocks.")
Layer = nn.Linear | nn.Conv2d


def layers_in_blocks(base: Base) -> dict[str, Layer]:
    """All matrices and convolutions of the UNet's blocks, by name; norms and biases are not among them."""
    return {
        name: module
        for name, module in base.unet.named_modules()
        if isinstance(module, Layer) and name.startswith(BLOCKS)
    }


def layers_in_encoders(base: Base) -> dict[str, Layer]:
    """The matrices of the text encoders' attention and MLPs, by `layer_at`'s names."""
    return {name: layer_at(base, name) for name in encoder_layers(base)}


def twins_of(layers: Mapping[str, Layer]) -> dict[str, Layer]:
    """Trainable copies in float32, by the names of the layers."""
    return {name: _twin(layer) for name, layer in layers.items()}


def _twin(layer: Layer) -> Layer:
    twin = plain(copy.deepcopy(layer)).float()
    twin.weight.requires_grad_(True)
    return twin


def weights_of(twins: Mapping[str, Layer]) -> dict[str, nn.Parameter]:
    """What is trained of them, by the names of the layers."""
    return {name: twin.get_parameter("weight") for name, twin in twins.items()}


def differences_of(layers: Mapping[str, Layer], average: Mapping[str, Tensor], rank: int) -> dict[str, Difference]:
    """What trained weights, by the layers' names, have moved from these: pairs of a rank, or all of it at 0."""
    return of_one_alpha({name: _difference(layer, average[name], rank) for name, layer in layers.items()})


def _difference(layer: Layer, learned: Tensor, rank: int) -> Difference:
    diff = learned.float().cpu() - layer.weight.float().cpu()
    return shortened(diff, rank) if rank else Whole(diff)


def twins_bytes(layers: Iterable[Layer], rank: int) -> int:
    """How large a file of these layers is: pairs of that rank, or all numbers."""
    if rank:
        return pair_bytes(layers, rank, is_shortened=True)
    return sum(outline_of(layer).numel() for layer in layers) * BYTES_PER_NUMBER


def train_blocks(
    base: Base,
    lesson: Lesson,
    settings: LayerSettings,
    method: str,
    of_text: Mapping[str, Layer] | None = None,
    text_pace: float = 1.0,
) -> Generator[Progress, None, None]:
    """Train copies of all layers of the blocks; they are in the base only while a step runs.

    `of_text`: layers of text encoders that are trained too, at so many times the rate.
    """
    layers = layers_in_blocks(base) | dict(of_text or {})
    twins = twins_of(layers)
    is_encoder_trained = bool(of_text)

    def write(path: Path, average: Mapping[str, Tensor]) -> None:
        linear = differences_of(layers, average, settings.rank)
        write_adapter(path, base, lesson, method, Adapter(lesson.word, lesson.class_word, method, linear=linear))

    pupil = Pupil(
        parameters=weights_of(twins),
        attached=lambda: in_place(base, twins),
        said=said_of(base, lesson, is_encoder_trained=is_encoder_trained),
        prior=prior_of(base, lesson, settings, is_encoder_trained=is_encoder_trained),
        hears_anew=is_encoder_trained,
        write=write,
        has_means=not settings.rank,
        paces=dict.fromkeys(of_text or (), text_pace),
    )
    yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)
