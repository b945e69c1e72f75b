"""Each optimizer is kept and put back bit for bit, learns, and goes more slowly after numbers exploded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from storage.errors import TintypeError
from trainers import optimizers
from trainers.checkpoint import read_state
from trainers.dataset import cuts_of, examples
from trainers.learner import Learner
from trainers.learning import Plan, Pupil
from trainers.method import Lesson, method_named, settings_for
from trainers.optimizers import ADAMW, ADAMW_8BIT, OPTIMIZERS, PRODIGY, Group, Stepper
from trainers.pipeline import Base
from trainers.text import encode_prompt

Lessons = Callable[..., Lesson]
STEPS = 6
SHORT = {"min_steps": STEPS, "max_steps": STEPS, "points": 2, "batch_size": 2}
CUDA_ONLY = {ADAMW_8BIT}
NESTED = "__bnb_optimizer_quant_state__"

with_prodigy = pytest.mark.skipif(find_spec("prodigyopt") is None, reason="installed before it was needed")
on_this_machine = pytest.mark.parametrize(
    "optimizer",
    [pytest.param(name, marks=with_prodigy if name == PRODIGY else ()) for name in OPTIMIZERS if name not in CUDA_ONLY],
)


@on_this_machine
@pytest.mark.parametrize("method", ["lora", "pivotal", "textual_inversion"])
def test_a_training_goes_on_bit_for_bit(
    base: Base, a_lesson: Lessons, tmp_path: Path, optimizer: str, method: str
) -> None:
    found = method_named(method)
    settings = settings_for(found, base, SHORT | {"optimizer": optimizer})
    whole, resumed, checkpoint = (tmp_path / name for name in ("whole", "resumed", "checkpoint"))
    for step in found.train(base, a_lesson(), settings):
        if step.done == 4 and step.phase == "train":
            step.save_checkpoint(checkpoint)
    step.save_weights(whole)
    *_, step = found.train(base, a_lesson(resume_from=checkpoint), settings)
    step.save_weights(resumed)

    assert resumed.read_bytes() == whole.read_bytes()
    assert read_state(checkpoint).told["optimizer"]["name"] == optimizer


class Nesting(torch.optim.AdamW):
    """Tells its moments one level deeper than it keeps them, as bitsandbytes does from 0.49 on."""

    def state_dict(self) -> dict[str, Any]:
        told = super().state_dict()
        states = {index: dict(state) for index, state in told["state"].items()}
        for state in states.values():
            state[NESTED] = {key: state.pop(key) for key in list(state) if key != "step"}
        return told | {"state": states}

    def load_state_dict(self, told: dict[str, Any]) -> None:
        whole = {index: {**state, **state.pop(NESTED, {})} for index, state in told["state"].items()}
        super().load_state_dict(told | {"state": whole})


def test_moments_that_the_library_nests_are_kept_bit_for_bit(
    base: Base, a_lesson: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nesting(groups: Sequence[Group], learning_rate: float, weight_decay: float) -> list[torch.optim.Optimizer]:
        paced = [{"pace": group.pace, "params": [*group.values.values()]} for group in groups]
        return [Nesting(paced, lr=learning_rate, weight_decay=weight_decay)]

    monkeypatch.setitem(optimizers._MAKERS, ADAMW, nesting)

    test_a_training_goes_on_bit_for_bit(base, a_lesson, tmp_path, ADAMW, "pivotal")
    moments = {name.split(".")[-1] for name in read_state(tmp_path / "checkpoint").tensors if "optimizer." in name}
    assert moments == {"step", "exp_avg", "exp_avg_sq"}


@with_prodigy
def test_a_checkpoint_of_another_optimizer_is_refused(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    lora = method_named("lora")
    with closing(lora.train(base, a_lesson(), settings_for(lora, base, SHORT))) as steps:
        step = next(step for step in steps if step.phase == "train")
        step.save_checkpoint(tmp_path / "checkpoint")
    settings = settings_for(lora, base, SHORT | {"optimizer": PRODIGY})

    with pytest.raises(TintypeError, match="E_CHECKPOINT"):
        list(lora.train(base, a_lesson(resume_from=tmp_path / "checkpoint"), settings))


def descended(optimizer: str, steps: int, target: float, factor: float = 1.0) -> tuple[Stepper, nn.Parameter]:
    value = nn.Parameter(torch.zeros(3))
    stepper = Stepper(optimizer, [Group(pace=1.0, values={"value": value})], 1e-3, 0.0)
    for _ in range(steps):
        for group in stepper.param_groups:
            group["lr"] = group["pace"] * 1e-3 * factor
        stepper.zero_grad()
        (value - target).square().sum().backward()
        stepper.step()
    return stepper, value


@with_prodigy
def test_prodigy_finds_how_far_it_is_to_go() -> None:
    stepper, value = descended(PRODIGY, 200, target=5.0)

    assert stepper.param_groups[0]["d"] > 1000 * stepper.param_groups[0]["d0"]
    assert value.detach() == pytest.approx(5.0, abs=0.2)
    assert descended(ADAMW, 200, target=5.0)[1].detach() == pytest.approx(0.2, abs=0.05)


@with_prodigy
def test_what_prodigy_found_is_forgotten_with_its_moments() -> None:
    stepper, _ = descended(PRODIGY, 50, target=5.0)
    fresh, _ = descended(PRODIGY, 0, target=5.0)
    stepper.forget()

    assert stepper.told() == fresh.told()
    assert stepper.tensors() == {}


@with_prodigy
def test_each_pace_finds_a_rate_of_its_own() -> None:
    near, far = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
    groups = [Group(pace=1.0, values={"near": near}), Group(pace=20.0, values={"far": far})]
    stepper = Stepper(PRODIGY, groups, 1e-3, 0.0)
    for _ in range(150):
        stepper.zero_grad()
        ((near - 1e-5).square() + (far - 10).square()).sum().backward()
        stepper.step()

    assert stepper.param_groups[1]["d"] > 10 * stepper.param_groups[0]["d"]


@on_this_machine
def test_after_a_rollback_it_goes_a_third_of_the_way(base: Base, a_lesson: Lessons, optimizer: str) -> None:
    plan = Plan(steps=40, learning_rate=0.01, batch_size=1, weight_decay=0.0, points=1, optimizer=optimizer)
    learner = Learner(base, a_lesson(), plan, one_number(base))
    found = list(examples(base, cuts_of(a_lesson().photos, base.family, "animal"), ["a cat"] * 3, "animal"))
    rates = []
    for _ in range(2):
        learner.learn(found)
        rates.append(learner.optimizer.param_groups[0]["lr"])
        learner.roll_back()

    assert rates[1] == pytest.approx(rates[0] / 3)


def one_number(base: Base) -> Pupil:
    value, said = nn.Parameter(torch.zeros(1)), encode_prompt(base, "a cat", ())
    return Pupil(
        parameters={"bias": value},
        attached=nullcontext,
        said=lambda captions: replace(said, hidden=said.hidden.expand(len(captions), -1, -1) + value),
        write=lambda path, average: None,
    )


def test_eight_bits_are_for_a_graphics_card_with_its_library() -> None:
    with pytest.raises(TintypeError, match=r"E_OPTIMIZER_(MISSING|DEVICE)"):
        Stepper(ADAMW_8BIT, [Group(pace=1.0, values={"value": nn.Parameter(torch.zeros(1))})], 1e-3, 0.0)


@with_prodigy
def test_a_greeting_of_the_library_is_no_line_of_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    Stepper(PRODIGY, [Group(pace=1.0, values={"value": nn.Parameter(torch.zeros(1))})], 1e-3, 0.01)

    assert capsys.readouterr().out == ""
