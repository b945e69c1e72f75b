"""Aesthetic gradient: the direction of a style in CLIP's space; nothing of the base is trained, three kilobytes."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from storage.errors import TintypeError
from trainers.adapter import Adapter
from trainers.aesthetics import RATE_MOST, STEPS_MOST, Direction
from trainers.checkpoint import State, read_state, write_state
from trainers.clips import Clip, clip_of
from trainers.dataset import prepared
from trainers.leading import agreement
from trainers.learning import Plan, captions_of, point_at, steps_for
from trainers.method import Lesson, Progress, register, setting
from trainers.pipeline import Base
from trainers.text import spoken
from trainers.weights import write_adapter

LEAST_CROP = 0.8  # of a photo's sides: its frame is no part of a style
BYTES_PER_NUMBER = 4


@dataclass(frozen=True, slots=True)
class AestheticSettings:
    """What an operator may change; a member never sees these."""

    lead_steps: int = setting(5, 1, STEPS_MOST, "that a copy of the text encoder takes for each prompt; the paper's 5")
    learning_rate: float = setting(1e-4, 1e-7, RATE_MOST, "of those steps; the paper's 1e-4")
    steps_per_photo: int = setting(4, 1, 100, "looks at crops of the photos; their mean settles soon")
    min_steps: int = setting(20, 1, 1000, "fewer depend on which crops were drawn")
    max_steps: int = setting(60, 1, 1000, "more change nothing")
    batch_size: int = setting(4, 1, 64, "crops in one look")
    points: int = setting(1, 1, 20, "sample points; the last is as good as any")
    patience: int = setting(0, 0, 20, "it is done in seconds; 0 goes through all steps")


@register
class Aesthetic:
    """Averages what CLIP sees in the photos; drawing leads the text there. Gallego 2022, arXiv 2209.12330."""

    name, title, settings = "aesthetic", "Aesthetic gradient", AestheticSettings
    summary = (
        "For styles: leads what a prompt means towards how the photos look; seconds to learn, never an individual."
    )
    min_photos, for_members = 3, True

    def train(self, base: Base, lesson: Lesson, settings: AestheticSettings) -> Generator[Progress, None, None]:
        """Look at crops of the photos; the loss is what leading a caption there leaves of the way.

        Raises: TintypeError E_CLIP_NONE, E_NO_CLIP, E_CLIP_FITS, E_CHECKPOINT.
        """
        plan = _plan(settings, len(lesson.photos))
        looker = Looker(clip_of(base), lesson, settings.batch_size)
        for path in lesson.photos:
            looker.photos.append(prepared(path, base.family))
            yield Progress(done=0, total=plan.steps, phase="cache", points=plan.points)
        if lesson.resume_from:
            looker.restore(read_state(lesson.resume_from))
        word = [(Adapter(lesson.word, lesson.class_word, self.name), 1.0)]
        said = spoken(base, captions_of(base, lesson)[0], word)

        def write(path: Path) -> None:
            direction = Direction(looker.mean(), settings.lead_steps, settings.learning_rate)
            adapter = Adapter(lesson.word, lesson.class_word, self.name, direction=direction)
            write_adapter(path, base, lesson, self.name, adapter)

        while looker.step < plan.steps:
            looker.look()
            direction = Direction(looker.mean(), settings.lead_steps, settings.learning_rate)
            yield Progress(
                done=looker.step,
                total=plan.steps,
                phase="train",
                loss=1 - agreement(base, said, word, direction),
                point=point_at(looker.step, plan),
                points=plan.points,
                save_checkpoint=lambda path: write_state(path, looker.state()),
                save_weights=write,
            )

    def file_bytes(self, base: Base, settings: AestheticSettings) -> int:
        """One number for each side of CLIP's space."""
        source = base.family.clip
        return source.width * BYTES_PER_NUMBER if source else 0


class Looker:
    """Looks at random crops, step after step, and keeps the sum of what CLIP sees in them."""

    def __init__(self, clip: Clip, lesson: Lesson, size: int) -> None:
        self._clip, self._size = clip, size
        self.photos: list[Image.Image] = []
        self.sum = torch.zeros(len(clip.text_projection))
        self.generator = torch.Generator().manual_seed(lesson.seed)
        self.step = 0

    def look(self) -> None:
        """At a few crops more."""
        chosen = torch.randint(len(self.photos), (self._size,), generator=self.generator).tolist()
        crops = [self._crop(self.photos[index]) for index in chosen]
        self.sum += self._clip.image_features(crops).mean(0).cpu()
        self.step += 1

    def _crop(self, photo: Image.Image) -> Image.Image:
        share, left, top = torch.rand(3, generator=self.generator).tolist()
        side = LEAST_CROP + (1 - LEAST_CROP) * share
        width, height = round(photo.width * side), round(photo.height * side)
        x, y = round((photo.width - width) * left), round((photo.height - height) * top)
        return photo.crop((x, y, x + width, y + height))

    def mean(self) -> Tensor:
        """Of length one: (P,) float32."""
        return torch.nn.functional.normalize(self.sum, dim=0)

    def state(self) -> State:
        """Everything that decides the steps to come."""
        return State({"sum": self.sum, "generator": self.generator.get_state()}, {"step": self.step})

    def restore(self, state: State) -> None:
        """Be what the state says.

        Raises: TintypeError E_CHECKPOINT when it is another training's.
        """
        found = state.tensors.get("sum")
        if found is None or found.shape != self.sum.shape:
            raise TintypeError("E_CHECKPOINT")
        self.sum = found.clone()
        self.generator.set_state(state.tensors["generator"].clone())
        self.step = int(state.told["step"])


def _plan(settings: AestheticSettings, photos: int) -> Plan:
    steps = steps_for(photos, per_photo=settings.steps_per_photo, least=settings.min_steps, most=settings.max_steps)
    return Plan(
        steps=steps,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        weight_decay=0.0,
        points=min(settings.points, steps),
    )
