"""How methods learn: captions, steps, sample points; going back when numbers explode."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from torch import Tensor, nn

from trainers.captioning import Captioner, goes_on
from trainers.checkpoint import State, read_state, write_state
from trainers.conditioning import Said
from trainers.dataset import Cut, Example, cuts_of, examples
from trainers.families import Family
from trainers.faults import is_out_of_memory, no_memory, release_memory
from trainers.learner import Learner
from trainers.memory import Trained, fit, memory_of, room_mib, sizes_in
from trainers.method import Lesson, Progress, choice, setting
from trainers.optimizers import ADAMW, OPTIMIZERS, WHY, has_8bit
from trainers.pipeline import Base
from trainers.thrift import Thrift, at_hand, smaller, thrift_of

log = logging.getLogger(__name__)

CLOSE = ", close-up"  # after a caption that was written for all of the photo


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What every method has; a member never sees these."""

    learning_rate: float = setting(1e-4, 1e-7, 1.0, "diffusers' and ai-toolkit's default for AdamW")
    steps_per_photo: int = setting(100, 1, 2000, "training-facts.md, 4: 80 to 120 a photo")
    min_steps: int = setting(400, 1, 20_000, "fewer leave a face half learnt")
    max_steps: int = setting(1500, 1, 20_000, "more only overfit a few photos")
    batch_size: int = setting(1, 1, 64, "fits 8 GB at 512 px")
    weight_decay: float = setting(1e-2, 0, 1, "AdamW's default")
    points: int = setting(10, 1, 20, "sample points; the best, or the mean of the best three, is kept")
    patience: int = setting(2, 0, 20, "sample points in a row that are no better end it; 0 goes through all steps")
    optimizer: str = choice(OPTIMIZERS, WHY)
    masked: int = setting(0, 0, 1, "1 lets what is not the subject count a tenth, where its outline is sure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast."""

    steps: int
    learning_rate: float
    batch_size: int
    weight_decay: float
    points: int  #: sample points, the last at the end
    optimizer: str = ADAMW
    masked: bool = False  #: what is not the subject counts a tenth


@dataclass(frozen=True, slots=True)
class Prior:
    """What keeps the class word from coming to mean the subject: pictures that the base draws for it before.

    Or, where there are none, what the untouched base predicts for it from the noise of the photos.
    Source: Ruiz et al. 2022, arXiv 2208.12242, 3.3 (pictures).
    """

    weight: float
    said: Callable[[Sequence[str]], Said]  #: captions with the class word in the word's place, encoded
    wanted: int = 0  #: pictures
    #: yields how many there are after each step that it takes to make them, returns them
    pictures: Callable[[], Generator[int, None, list[Example]]] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """What predictions are led away from while a word is learned, as they will be while pictures are drawn.

    Source: DreamArtist, Dong et al. 2022, arXiv 2211.11337, 3.2.
    """

    guidance_scale: float
    said: Callable[[Sequence[str]], Said]  #: captions -> what stands against each, encoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """What a method brings to the loop."""

    parameters: Mapping[str, nn.Parameter]  #: float32, what is trained
    attached: Callable[[], AbstractContextManager[None]]  #: the UNet takes part in them only inside
    said: Callable[[Sequence[str]], Said]  #: captions, encoded
    write: Callable[[Path, Mapping[str, Tensor]], None]  #: averaged parameters -> the method's file
    prior: Prior | None = None
    refused: Refused | None = None
    #: parameter -> how many times the plan's rate it learns at, where that is not once
    paces: Mapping[str, float] = field(default_factory=dict)
    before_step: Callable[[float], None] = lambda share: None  #: is told which share of the steps is done, 0 … 1
    hears_anew: bool = True  #: whether captions are encoded in every step, so that text encoders must stay at hand
    repeats: bool = True  #: whether a step that is computed twice is the same: nothing is drawn by lot in it
    after_step: Callable[[], None] = lambda: None  #: e.g. keeps norms
    #: whether its files hold the parameters themselves, so that their mean is the parameters' mean; singular vectors
    #: of two moments are no neighbours
    has_means: bool = True


def steps_for(photos: int, *, per_photo: int, least: int, most: int) -> int:
    """More photos, more steps, within reason."""
    return max(least, min(most, photos * per_photo))


def captions_of(base: Base, lesson: Lesson) -> list[str]:
    """What each cut of each photo is said to show; the word stands where the placeholder token is."""
    family, cuts = base.family, cuts_of(lesson.photos, base.family, lesson.kind, lesson.looks)
    given = dict(zip(lesson.photos, lesson.captions, strict=False))
    if any(given.values()):
        return [_said(lesson, family, given.get(cut.path), is_close=cut.is_close) for cut in cuts]
    plain = [_said(lesson, family, None, is_close=cut.is_close) for cut in cuts]
    return [said + place for said, place in zip(plain, _places(base, lesson, cuts), strict=True)]


def captioned_ahead(base: Base, lesson: Lesson) -> Generator[None, None, None]:
    """Let the operator's captioner look at each cut, if captions will say what it sees; yields after each."""
    if any(lesson.captions) or base.family.captioner or base.captioner is None:
        return
    for cut in cuts_of(lesson.photos, base.family, lesson.kind, lesson.looks):
        _seen(base.captioner, lesson, cut)
        yield


def _places(base: Base, lesson: Lesson, cuts: Sequence[Cut]) -> Sequence[str]:
    """What captions say after the word: as the family's captioner sees it, or else the operator's."""
    family = base.family
    if family.captioner:
        return family.captioner([cut.picture() for cut in cuts], lesson.kind)
    if base.captioner is None:
        return [""] * len(cuts)
    return [goes_on(_seen(base.captioner, lesson, cut), family, lesson.kind, lesson.class_word) for cut in cuts]


def _seen(captioner: Captioner, lesson: Lesson, cut: Cut) -> str:
    """The captioner's sentence about a cut; looked at once in a training."""
    key = (cut.path, cut.window)
    if key not in lesson.sentences:
        lesson.sentences[key] = captioner(cut.picture())
    return lesson.sentences[key]


def _said(lesson: Lesson, family: Family, caption: str | None, *, is_close: bool) -> str:
    """A photo's own caption holds for a part of it too, as long as that says how near it is."""
    if not caption:
        return family.said(lesson.placeholder_token, lesson.kind, is_close=is_close)
    return _with_word(caption, lesson) + (CLOSE if is_close else "")


def _with_word(caption: str, lesson: Lesson) -> str:
    return caption if lesson.placeholder_token in caption else f"{lesson.placeholder_token}, {caption}"


def learn(base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> Generator[Progress, None, None]:
    """Prepare, cache and train, yielding after each photo and each step; where memory ends, with less of it.

    Raises: TintypeError E_DIVERGED after two rollbacks, E_CHECKPOINT, E_NO_MEMORY when nothing is left to give up.
    """
    try:
        yield from _learn(base, lesson, plan, pupil)
    finally:
        at_hand(*base.parts, device=base.device)


def _learn(base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> Generator[Progress, None, None]:
    state = read_state(lesson.resume_from) if lesson.resume_from else None
    learner = Learner(base, lesson, plan, pupil, thrift_for(base, plan, pupil, state))
    if state:
        learner.restore(state)
    captions = captions_of(base, lesson)
    found, side = (yield from _cached(base, lesson, learner, captions)), learner.thrift.side
    if pupil.prior and pupil.prior.pictures:
        learner.class_examples = yield from _class_examples(pupil.prior.pictures(), pupil.prior.wanted, learner)
    while learner.step < plan.steps:
        loss = _tried(learner, found)
        if loss is None:
            learner.concede()
            if learner.thrift.side != side:
                found, side = (yield from _cached(base, lesson, learner, captions)), learner.thrift.side
            continue
        if math.isnan(loss) or learner.is_running_away:
            learner.roll_back()
            continue
        learner.keep_sound()
        yield _progress(learner, loss)


def _tried(learner: Learner, found: Sequence[Example]) -> float | None:
    """The step's loss, None when memory ended in it; what the failed step held is free by then."""
    try:
        return learner.learn(found)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
    return None


def _cached(
    base: Base, lesson: Lesson, learner: Learner, captions: Sequence[str]
) -> Generator[Progress, None, list[Example]]:
    """All photos, encoded at the size there is memory for.

    Raises: TintypeError E_NO_MEMORY when it ends at the smallest, too.
    """
    cuts = cuts_of(lesson.photos, base.family, lesson.kind, lesson.looks, is_masked=learner.plan.masked)
    while True:
        found: list[Example] = []
        try:
            for example in examples(base, cuts, captions, lesson.kind, learner.thrift.side):
                found.append(example)
                yield replace(_progress(learner, None), phase="cache")
            return found
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
        less = smaller(learner.thrift)
        if less is None:
            raise no_memory()
        learner.adopt(less)


def thrift_for(base: Base, plan: Plan, pupil: Pupil, state: State | None) -> Thrift:
    """As it was when the checkpoint was written; for a new training what there is memory for, computed and logged."""
    if state and "thrift" in state.told:
        return thrift_of(state.told["thrift"])
    release_memory()  # what an earlier job left in the allocator's hands counts as taken
    sizes = sizes_in(base)
    numbers = sum(value.numel() for value in pupil.parameters.values())
    trained = Trained(numbers=numbers, optimizer=plan.optimizer, hears_anew=pupil.hears_anew, repeats=pupil.repeats)
    room = room_mib(memory_of(base.device), sizes)
    found = fit(sizes, trained, plan.batch_size, room, may_8bit=has_8bit())
    say = log.warning if found.savings else log.info
    say("training takes about %s of %s MiB, computed%s", f"{found.needs_mib:,}", f"{room:,}", found.why)
    return found.thrift


def _class_examples(
    making: Generator[int, None, list[Example]], wanted: int, learner: Learner
) -> Generator[Progress, None, list[Example]]:
    """Pictures of the class word; of the job's own steps none is done meanwhile."""
    with closing(making):
        while True:
            try:
                made = next(making)
            except StopIteration as end:
                found: list[Example] = end.value
                return found
            yield replace(_progress(learner, None), phase="class_images", made=made, wanted=wanted)


def point_at(step: int, plan: Plan) -> int | None:
    """The number of the sample point at a step, if there is one."""
    marks = [math.ceil(plan.steps * number / plan.points) for number in range(1, plan.points + 1)]
    return marks.index(step) + 1 if step in marks else None


def _progress(learner: Learner, loss: float | None) -> Progress:
    plan = learner.plan
    return Progress(
        done=learner.step,
        total=plan.steps,
        phase="train",
        loss=loss,
        point=None if loss is None else point_at(learner.step, plan),
        points=plan.points,
        conceded=tuple(learner.conceded),
        is_sound=learner.is_sound,
        has_means=learner.pupil.has_means,
        save_checkpoint=lambda path: write_state(path, learner.state()),
        save_weights=lambda path: learner.pupil.write(path, learner.averaged()),
    )


def plan_of(settings: PlanSettings, photos: int) -> Plan:
    """A plan for so many photos."""
    steps = steps_for(photos, per_photo=settings.steps_per_photo, least=settings.min_steps, most=settings.max_steps)
    return Plan(
        steps=steps,
        learning_rate=settings.learning_rate,
        batch_size=settings.batch_size,
        weight_decay=settings.weight_decay,
        points=settings.points,
        optimizer=settings.optimizer,
        masked=bool(settings.masked),
    )
