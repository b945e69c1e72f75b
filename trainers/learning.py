"""How methods learn: captions, steps, sample points; going back when numbers explode."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from trainers.checkpoint import read_state, write_state
from trainers.conditioning import Said
from trainers.dataset import Example, examples, prepared
from trainers.learner import Learner
from trainers.method import Lesson, Progress
from trainers.optimizers import ADAMW
from trainers.pipeline import Base


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast."""

    steps: int
    learning_rate: float
    batch_size: int
    weight_decay: float
    points: int  #: sample points, the last at the end
    optimizer: str = ADAMW


@dataclass(frozen=True, slots=True)
class Prior:
    """What keeps the class word from coming to mean the subject: the base's own prediction for it.

    Source: Ruiz et al. 2022, arXiv 2208.12242, 3.3, with predictions in place of pictures that the base makes before.
    """

    weight: float
    said: Callable[[Sequence[str]], Said]  #: captions with the class word in the word's place, encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """What a method brings to the loop."""

    parameters: Mapping[str, nn.Parameter]  #: float32, what is trained
    attached: Callable[[], AbstractContextManager[None]]  #: the UNet takes part in them only inside
    said: Callable[[Sequence[str]], Said]  #: captions, encoded
    write: Callable[[Path, Mapping[str, Tensor]], None]  #: averaged parameters -> the method's file
    prior: Prior | None = None
    #: parameter -> how many times the plan's rate it learns at, where that is not once
    paces: Mapping[str, float] = field(default_factory=dict)
    before_step: Callable[[float], None] = lambda share: None  #: is told which share of the steps is done, 0 … 1
    after_step: Callable[[], None] = lambda: None  #: e.g. keeps norms


def steps_for(photos: int, *, per_photo: int, least: int, most: int) -> int:
    """More photos, more steps, within reason."""
    return max(least, min(most, photos * per_photo))


def captions_of(base: Base, lesson: Lesson) -> list[str]:
    """What each photo is said to show; the word stands where the placeholder token is."""
    plain = base.family.said(lesson.placeholder_token, lesson.kind)
    given = [*lesson.captions, *[None] * len(lesson.photos)][: len(lesson.photos)]
    if any(given):
        return [plain if not caption else _with_word(caption, lesson) for caption in given]
    return [plain + place for place in _places(base, lesson)]


def _places(base: Base, lesson: Lesson) -> Sequence[str]:
    if base.family.captioner is None:
        return [""] * len(lesson.photos)
    return base.family.captioner([prepared(path, base.family) for path in lesson.photos], lesson.kind)


def _with_word(caption: str, lesson: Lesson) -> str:
    return caption if lesson.placeholder_token in caption else f"{lesson.placeholder_token}, {caption}"


def learn(base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> Generator[Progress, None, None]:
    """Prepare, cache and train, yielding after each photo and each step.

    Raises: TintypeError E_DIVERGED after two rollbacks, E_CHECKPOINT.
    """
    learner = Learner(base, lesson, plan, pupil)
    found: list[Example] = []
    for example in examples(base, lesson.photos, captions_of(base, lesson), lesson.kind):
        found.append(example)
        yield Progress(done=0, total=plan.steps, phase="cache", points=plan.points)
    if lesson.resume_from:
        learner.restore(read_state(lesson.resume_from))
    while learner.step < plan.steps:
        loss = learner.learn(found)
        if math.isnan(loss) or learner.is_running_away:
            learner.roll_back()
            continue
        learner.keep_sound()
        yield _progress(learner, loss)


def point_at(step: int, plan: Plan) -> int | None:
    """The number of the sample point at a step, if there is one."""
    marks = [math.ceil(plan.steps * number / plan.points) for number in range(1, plan.points + 1)]
    return marks.index(step) + 1 if step in marks else None


def _progress(learner: Learner, loss: float) -> Progress:
    plan = learner.plan
    return Progress(
        done=learner.step,
        total=plan.steps,
        phase="train",
        loss=loss,
        point=point_at(learner.step, plan),
        points=plan.points,
        is_sound=learner.is_sound,
        save_checkpoint=lambda path: write_state(path, learner.state()),
        save_weights=lambda path: learner.pupil.write(path, learner.averaged()),
    )


def plan_of(settings: Any, photos: int) -> Plan:
    """A plan from settings that have the usual fields."""
    steps = steps_for(photos, per_photo=settings.steps_per_photo, least=settings.min_steps, most=settings.max_steps)
    return Plan(
        steps=steps,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        weight_decay=settings.weight_decay,
        points=settings.points,
        optimizer=settings.optimizer,
    )
