"""Hypernetwork: small networks change what attention reads, and no weight of the base is touched."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from storage.hypernetworks import ACTIVATIONS, SIDES, Layout, key_of
from trainers.adapter import Adapter
from trainers.hearing import prior_of, said_of
from trainers.hypernetworks import Hypernetwork, Reading, new_networks, readers_of
from trainers.layers import BYTES_PER_NUMBER, CLASS_IMAGES
from trainers.learning import PlanSettings, Pupil, learn, plan_of
from trainers.method import Lesson, Progress, choice, register, setting
from trainers.pipeline import Base, swapped
from trainers.weights import write_adapter

WAYS = ("relu", *(name for name in ACTIVATIONS if name != "relu"))  # the default first


@dataclass(frozen=True, slots=True)
class HypernetworkSettings(PlanSettings):
    """What an operator may change; a member never sees these."""

    hidden: int = setting(1, 1, 4, "layers between the first and the last; 1 is AUTOMATIC1111's 1, 2, 1")
    expansion: float = setting(2.0, 0.25, 8, "times the context's width, of the hidden layers")
    activation: str = choice(WAYS, "of the hidden layers; linear has none, swish is what other programs call Hardswish")
    layer_norm: int = setting(0, 0, 1, "1 norms what each layer says")
    dropout: float = setting(0.0, 0.0, 0.9, "of what hidden layers say, while it learns: against overfitting")
    self_attention: int = setting(1, 0, 1, "0 leaves what pictures read of themselves alone: a fifth of the size")
    learning_rate: float = setting(5e-5, 1e-7, 1e-1, "the highest that AUTOMATIC1111's users train with")
    steps_per_photo: int = setting(300, 1, 5000, "2000 to 10 000 steps are usual; it learns slower than a LoRA")
    min_steps: int = setting(2000, 1, 50_000, "fewer show little of it")
    max_steps: int = setting(4000, 1, 50_000, "more only overfit a few photos")
    prior: float = setting(0.0, 0, 10, "weight of the base's own prediction for the class word; doubles the time")
    class_images: int = setting(0, 0, 400, CLASS_IMAGES)


@register
class HypernetworkMethod:
    """Trains x + network(x) in the place of what keys and values are made of, as AUTOMATIC1111 does.

    Source: the layout is AUTOMATIC1111's, after NovelAI's description of 2022; a network begins by adding nothing.
    """

    name, title, settings = "hypernetwork", "Hypernetwork", HypernetworkSettings
    summary = "Small networks before keys and values; large, slow, and what AUTOMATIC1111 and ComfyUI load as one."
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: HypernetworkSettings) -> Generator[Progress, None, None]:
        """Train; the networks are in the UNet only while a step runs."""
        plan = plan_of(settings, len(lesson.photos))
        layout, dropper = _layout(settings), Dropper(settings.dropout, lesson.seed)
        readers = _readers(base, settings)
        widths = sorted({width for width, _ in readers.values()})
        networks = new_networks(layout, widths, lesson.seed, dropper if settings.dropout else None)
        for network in networks.values():
            network.to(base.device)
        twins = {name: Reading(base.unet.get_submodule(name), [(networks[r], 1.0)]) for name, r in readers.items()}
        reached = 0

        def before_step(share: float) -> None:
            nonlocal reached
            reached = round(share * plan.steps)
            dropper.begin(reached)

        def write(path: Path, average: Mapping[str, Tensor]) -> None:
            tensors = {name: value.detach().float().cpu() for name, value in average.items()}
            hyper = Hypernetwork(dataclasses.replace(layout, step=reached + 1), tensors)
            adapter = Adapter(lesson.word, lesson.class_word, self.name, hyper=hyper)
            write_adapter(path, base, lesson, self.name, adapter)

        pupil = Pupil(
            parameters={
                key_of(width, side, part): value
                for (width, side), network in networks.items()
                for part, value in network.named_parameters()
            },
            attached=lambda: swapped(base.unet, twins),
            said=said_of(base, lesson),
            prior=prior_of(base, lesson, settings),
            write=write,
            before_step=before_step,
            hears_anew=False,
            repeats=not settings.dropout,
        )
        yield from learn(base, lesson, plan, pupil)

    def file_bytes(self, base: Base, settings: HypernetworkSettings) -> int:
        """All numbers of each width's two networks."""
        widths = {width for width, _ in _readers(base, settings).values()}
        shapes = [shape for width in widths for shape in _layout(settings).shapes(width).values()]
        return sum(torch.Size(shape).numel() for shape in shapes) * len(SIDES) * BYTES_PER_NUMBER


class Dropper:
    """Drops numbers of a step by lot, the same ones whenever this step of this training is taken.

    Source: Srivastava et al. 2014, Dropout.
    """

    def __init__(self, share: float, seed: int) -> None:
        self._share, self._seed = share, seed
        self._generator = torch.Generator()

    def begin(self, step: int) -> None:
        """Draw for this step from now on."""
        self._generator.manual_seed(self._seed * 1_000_003 + step)

    def __call__(self, hidden: Tensor) -> Tensor:
        """(B, T, D) -> the same, some of it zero and the rest larger."""
        kept = torch.rand(hidden.shape, generator=self._generator) >= self._share
        return hidden * kept.to(hidden) / (1 - self._share)


def _layout(settings: HypernetworkSettings) -> Layout:
    return Layout(
        structure=(1.0, *[settings.expansion] * settings.hidden, 1.0),
        activation=settings.activation,
        is_layer_norm=bool(settings.layer_norm),
    )


def _readers(base: Base, settings: HypernetworkSettings) -> dict[str, tuple[int, str]]:
    return readers_of(base.unet, of_pictures=bool(settings.self_attention))
