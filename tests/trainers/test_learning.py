from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from storage.errors import TintypeError
from tests.trainers.looking.photographs import photograph
from trainers.conditioning import Said
from trainers.dataset import Example, cuts_of, examples
from trainers.learner import MAX_ROLLBACKS, SOUND_STEPS, Learner, rate_at
from trainers.learning import Plan, Pupil, captions_of, learn, point_at, steps_for
from trainers.loss import weighed_mse
from trainers.method import Lesson, Progress
from trainers.pipeline import Base
from trainers.text import encode_prompt

Lessons = Callable[..., Lesson]
PLAN = Plan(steps=40, learning_rate=0.01, batch_size=2, weight_decay=0.0, points=3)


class OneBias:
    """The smallest pupil: one number added to the text's encoding, spoilt at chosen steps."""

    def __init__(self, base: Base, spoilt: Sequence[int] = ()) -> None:
        self.value = nn.Parameter(torch.zeros(1))
        self.steps = 0
        self.spoilt = spoilt
        self.hidden = encode_prompt(base, "a cat", ()).hidden

    def said(self, captions: Sequence[str]) -> Said:
        self.steps += 1
        factor = math.nan if self.steps in self.spoilt else 1.0
        return Said(self.hidden.expand(len(captions), -1, -1) + self.value * factor)

    def attached(self) -> AbstractContextManager[None]:
        return nullcontext()

    def pupil(self) -> Pupil:
        return Pupil(parameters={"bias": self.value}, attached=self.attached, said=self.said, write=self.write)

    def write(self, path: Path, average: Mapping[str, Tensor]) -> None:
        path.write_text(str(float(average["bias"])))


def steps_of(base: Base, lesson: Lesson, spoilt: Sequence[int] = ()) -> list[Progress]:
    return [step for step in learn(base, lesson, PLAN, OneBias(base, spoilt).pupil()) if step.phase == "train"]


def three_examples(base: Base, lesson: Lesson) -> list[Example]:
    return list(examples(base, cuts_of(lesson.photos, base.family, "animal"), ["a cat"] * 3, "animal"))


def test_a_step_that_is_no_number_is_rolled_back_and_the_training_arrives(base: Base, a_lesson: Lessons) -> None:
    steps = steps_of(base, a_lesson(), spoilt=(31,))

    assert [step.done for step in steps] == [*range(1, 31), *range(26, 41)]
    assert all(math.isfinite(step.loss or 0) for step in steps)


def test_a_step_whose_gradient_alone_is_no_number_is_not_taken(base: Base, a_lesson: Lessons) -> None:
    learner = Learner(base, a_lesson(), PLAN, (pupil := OneBias(base)).pupil())
    pupil.value.register_hook(lambda gradient: gradient * math.inf)

    assert math.isnan(learner.learn(three_examples(base, a_lesson())))
    assert (learner.step, float(pupil.value.detach()), learner.optimizer.tensors()) == (0, 0.0, {})


def test_a_training_that_keeps_exploding_is_ended_with_a_sentence(base: Base, a_lesson: Lessons) -> None:
    with pytest.raises(TintypeError, match="E_DIVERGED"):
        steps_of(base, a_lesson(), spoilt=tuple(range(5, 6 + MAX_ROLLBACKS)))


def test_a_loss_that_runs_away_is_rolled_back_though_it_is_a_number(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def running(prediction: Tensor, target: Tensor, weights: Tensor, pixels: Tensor | None) -> Tensor:
        calls.append(1)
        return weighed_mse(prediction, target, weights) * (1000 if len(calls) == 61 else 1)

    monkeypatch.setattr("trainers.learner.weighed_mse", running)
    plan = replace(PLAN, steps=80)
    steps = [step.done for step in learn(base, a_lesson(), plan, OneBias(base).pupil()) if step.phase == "train"]

    assert steps == [*range(1, 61), *range(51, 81)]


def written(base: Base, lesson: Lesson, pupil: OneBias, out: Path, stop: Callable[[list[int]], bool]) -> list[int]:
    """Learn until the steps so far say stop; what is averaged then lies at `out`, the checkpoint beside it."""
    done: list[int] = []
    for step in learn(base, lesson, PLAN, pupil.pupil()):
        if step.phase == "train":
            done.append(step.done)
        if done and (stop(done) or step.done == step.total):
            step.save_weights(out)
            step.save_checkpoint(out.with_suffix(".checkpoint"))
            break
    return done


@pytest.mark.parametrize(
    ("stop_at", "spoilt"),
    [
        (28, (31,)),  # before what spoils it
        (32, (31,)),  # between going back and the end
        (32, (31, 34)),  # between going back for the first and for the second time
    ],
)
def test_a_training_that_was_stopped_goes_back_to_the_same_moment_bit_for_bit(
    base: Base, a_lesson: Lessons, tmp_path: Path, stop_at: int, spoilt: tuple[int, ...]
) -> None:
    whole, cut, rest = (tmp_path / name for name in ("whole", "cut", "rest"))
    steps = written(base, a_lesson(), OneBias(base, spoilt), whole, lambda done: False)
    first = written(base, a_lesson(), pupil := OneBias(base, spoilt), cut, lambda done: len(done) == stop_at)
    later = OneBias(base, [step - pupil.steps for step in spoilt])
    resumed = a_lesson(resume_from=cut.with_suffix(".checkpoint"))

    assert first + written(base, resumed, later, rest, lambda done: False) == steps
    assert len(steps) > PLAN.steps
    assert rest.read_text() == whole.read_text()
    assert rest.with_suffix(".checkpoint").read_bytes() == whole.with_suffix(".checkpoint").read_bytes()


def test_a_checkpoint_and_a_sound_moment_ask_the_device_for_no_room(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*told: object) -> Tensor:
        raise torch.OutOfMemoryError

    learner = Learner(base, a_lesson(), PLAN, OneBias(base).pupil())
    learner.learn(three_examples(base, a_lesson()))
    monkeypatch.setattr(Tensor, "clone", full)
    learner.step = SOUND_STEPS
    learner.keep_sound()
    state = learner.state()
    kept = {name: tensor.tolist() for name, tensor in state.tensors.items()}
    for value in (*learner.values, *learner.average, *learner.sound.average):
        value.data.add_(1.0)

    assert learner.sound.step == SOUND_STEPS
    assert state.tensors["sound.bias"].equal(state.tensors["average.bias"])
    assert kept == {name: tensor.tolist() for name, tensor in state.tensors.items()}
    assert {name for name in kept if "optimizer" in name} == {
        "optimizer.bias.step", "optimizer.bias.exp_avg", "optimizer.bias.exp_avg_sq"
    }  # fmt: skip


def test_a_loss_that_rises_slowly_is_rolled_back_to_where_it_was_low(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, calls = OneBias(base), []

    def drift() -> None:
        calls.append(1)
        pupil.value.data.add_(0.035 if 60 < len(calls) <= 120 else 0.0)

    def heated(prediction: Tensor, target: Tensor, weights: Tensor, pixels: Tensor | None) -> Tensor:
        return weighed_mse(prediction, target, weights) * (1 + 4 * float(pupil.value.detach()) ** 2)

    monkeypatch.setattr("trainers.learner.weighed_mse", heated)
    plan = replace(PLAN, steps=160, learning_rate=1e-4)
    told = replace(pupil.pupil(), after_step=drift)
    found = [step for step in learn(base, a_lesson(), plan, told) if step.phase == "train"]
    steps = [step.done for step in found]
    back = [(step, later) for step, later in itertools.pairwise(steps) if later <= step]

    assert len(back) == 1
    assert back[0][1] in {51, 76}
    assert back[0][0] > 100
    assert steps[-1] == plan.steps
    assert [found[at - 1].is_sound for at in (60, back[0][0])] == [True, False]


def test_an_ordinary_training_is_never_taken_for_one_that_runs_away(base: Base, a_lesson: Lessons) -> None:
    plan = replace(PLAN, steps=150)

    steps = [step.done for step in learn(base, a_lesson(), plan, OneBias(base).pupil()) if step.phase == "train"]

    assert steps == list(range(1, 151))


def test_after_a_rollback_the_steps_are_a_third_as_long(base: Base, a_lesson: Lessons) -> None:
    learner = Learner(base, a_lesson(), PLAN, OneBias(base).pupil())
    found = three_examples(base, a_lesson())
    learner.learn(found)
    first = learner.optimizer.param_groups[0]["lr"]
    learner.step, learner.rollbacks = 0, 1
    learner.learn(found)

    assert learner.optimizer.param_groups[0]["lr"] == pytest.approx(first / 3)


def test_the_rate_warms_up_and_falls_to_a_tenth() -> None:
    rates = [rate_at(step, PLAN) for step in range(PLAN.steps)]

    assert rates[0] < PLAN.learning_rate / 10
    assert max(rates) <= PLAN.learning_rate
    assert rates[-1] == pytest.approx(PLAN.learning_rate / 10)
    assert rates[25:] == sorted(rates[25:], reverse=True)


@pytest.mark.parametrize(("photos", "steps"), [(1, 400), (4, 400), (8, 800), (20, 1500)])
def test_more_photos_mean_more_steps_within_reason(photos: int, steps: int) -> None:
    assert steps_for(photos, per_photo=100, least=400, most=1500) == steps


@pytest.mark.parametrize("points", [1, 3, 4, 7])
def test_the_last_sample_point_is_the_end(points: int) -> None:
    plan = Plan(steps=100, learning_rate=1, batch_size=1, weight_decay=0, points=points)
    found = [number for step in range(1, 101) if (number := point_at(step, plan))]

    assert found == list(range(1, points + 1))
    assert point_at(100, plan) == points


def test_what_is_written_is_the_average_not_the_last_step(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    pupil = OneBias(base)
    for step in learn(base, a_lesson(), PLAN, pupil.pupil()):
        last = step
    last.save_weights(tmp_path / "bias")

    assert float((tmp_path / "bias").read_text()) != float(pupil.value.detach())
    assert float((tmp_path / "bias").read_text()) == pytest.approx(float(pupil.value.detach()), abs=0.2)


def test_captions_name_the_word_and_a_callers_own_are_kept(base: Base, a_lesson: Lessons) -> None:
    lesson = a_lesson(captions=["<zed> at the beach", "in the snow", None])

    assert captions_of(base, lesson) == ["<zed> at the beach", "<zed>, in the snow", "a <zed>"]


def seeing(base: Base) -> Base:
    """A base whose family sees of what kind a photo is said to be."""
    return replace(
        base, family=replace(base.family, captioner=lambda photos, kind: [f" with {kind} seen"] * len(photos))
    )


def test_a_style_has_a_template_of_its_own(base: Base, a_lesson: Lessons) -> None:
    assert set(captions_of(base, a_lesson(kind="style"))) == {"a <zed> drawing"}
    assert captions_of(seeing(base), a_lesson(kind="style"))[0] == "a <zed> drawing with style seen"


def test_the_trained_numbers_stay_float32(base: Base, a_lesson: Lessons) -> None:
    learner = Learner(base, a_lesson(), PLAN, OneBias(base).pupil())

    assert {value.dtype for value in [*learner.values, *learner.average]} == {torch.float32}


def test_where_a_family_can_see_the_place_captions_name_it(base: Base, a_lesson: Lessons) -> None:
    seen: list[tuple[int, int]] = []

    def captioner(photos: Sequence[Image.Image], kind: str) -> list[str]:
        seen.extend(photo.size for photo in photos)
        return [" at the beach", "", " in the snow"]

    knowing = replace(base, family=replace(base.family, captioner=captioner))

    assert captions_of(knowing, a_lesson()) == ["a <zed> at the beach", "a <zed>", "a <zed> in the snow"]
    assert captions_of(knowing, a_lesson(captions=["mine", None, None])) == ["<zed>, mine", "a <zed>", "a <zed>"]
    assert seen == [(64, 64)] * 3


def test_a_close_crop_is_said_to_be_one(base: Base, tmp_path: Path) -> None:
    path = tmp_path / "astronaut.png"
    photograph("astronaut").save(path)
    family = replace(base.family, closeups=True, close_template="a close-up of {word}")
    near = replace(base, family=family)
    lesson = Lesson(photos=[path], word="zed", class_word="person", kind="person")

    assert captions_of(near, lesson) == ["a <zed>", "a close-up of <zed>"]
    own = replace(lesson, captions=["<zed> in orange"])
    assert captions_of(near, own) == ["<zed> in orange", "<zed> in orange, close-up"]


def test_a_masked_training_learns_otherwise_and_goes_on_bit_for_bit(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "astronaut.png"
    photograph("astronaut").save(path)
    near = replace(base, family=replace(base.family, closeups=True))
    plain = Lesson(photos=[path], word="zed", class_word="person", kind="person", seed=5)
    whole, cut, rest, unmasked = (tmp_path / name for name in ("whole", "cut", "rest", "unmasked"))
    written(near, plain, OneBias(near), unmasked, lambda done: False)
    monkeypatch.setitem(globals(), "PLAN", replace(PLAN, masked=True))
    written(near, plain, OneBias(near), whole, lambda done: False)
    written(near, plain, OneBias(near), cut, lambda done: len(done) == 15)
    resumed = replace(plain, resume_from=cut.with_suffix(".checkpoint"))
    written(near, resumed, OneBias(near), rest, lambda done: False)

    assert rest.with_suffix(".checkpoint").read_bytes() == whole.with_suffix(".checkpoint").read_bytes()
    assert whole.read_text() != unmasked.read_text()
