"""LoRA: low-rank differences of the UNet's attention, the method to begin with."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from trainers.adapter import Adapter
from trainers.learning import Pupil, captions_of, learn, plan_of
from trainers.low_rank import lora_adapter, lora_parameters, low_rank_bytes, new_layers
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base, swapped
from trainers.text import encode_prompt, stacked
from trainers.weights import write_adapter


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """What an operator may change; a member never sees these."""

    rank: int = setting(16, 1, 256, "14 MB at 16 for SD 1.5; higher learns more and overfits sooner")
    alpha: float = setting(16.0, 0.1, 512, "equal to the rank, so that the rate means the same at every rank")
    learning_rate: float = setting(1e-4, 1e-7, 1e-1, "diffusers' and ai-toolkit's default for AdamW")
    steps_per_photo: int = setting(100, 1, 1000, "training-facts.md, 4: 80 to 120 a photo")
    min_steps: int = setting(400, 1, 20_000, "fewer leave a face half learnt")
    max_steps: int = setting(1500, 1, 20_000, "more only overfit a few photos")
    batch_size: int = setting(1, 1, 64, "fits 8 GB at 512 px")
    weight_decay: float = setting(1e-2, 0, 1, "AdamW's default")
    points: int = setting(4, 1, 20, "sample points; the best is kept")


@register
class Lora:
    """Trains rank-r differences of attention and feed-forward layers through peft."""

    name, title, settings = "lora", "LoRA", LoraSettings
    summary = "Learns shape and detail well; a file of a few megabytes that works in every other program."
    min_photos = 3

    def train(self, base: Base, lesson: Lesson, settings: LoraSettings) -> Generator[Progress, None, None]:
        """Train; the layers are in the UNet only while a step runs."""
        layers = new_layers(base, settings, lesson.seed)
        pupil = Pupil(
            parameters=lora_parameters(layers),
            attached=lambda: swapped(base.unet, layers),
            hidden=_cached_text(base, lesson),
            write=lambda path, average: write_adapter(
                path, base, lesson, self.name, lora_adapter(lesson, settings, average, self.name)
            ),
        )
        yield from learn(base, lesson, plan_of(settings, len(lesson.photos)), pupil)

    def file_bytes(self, base: Base, settings: LoraSettings) -> int:
        """The numbers of all pairs at two bytes each."""
        return low_rank_bytes(base, settings)


def _cached_text(base: Base, lesson: Lesson) -> Callable[[Sequence[str]], Tensor]:
    word = Adapter(lesson.word, lesson.class_word, "lora")
    captions = sorted(set(captions_of(base, lesson)))
    hidden = stacked(base, [encode_prompt(base, caption, [(word, 1.0)]).hidden for caption in captions])
    known = dict(zip(captions, hidden[:, None], strict=True))
    return lambda asked: torch.cat([known[caption] for caption in asked])
