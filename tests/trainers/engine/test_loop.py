"""Who goes next: prompts in their order and at once, and still a tenth of the time for training."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from trainers.attempt import Attempt
from trainers.loop import Loop, Share


def attempt_of(job: str, kind: str) -> Attempt:
    return Attempt(
        folder=Path("nowhere"), job=job, number=1, kind=kind, seed=0, base_model="", revision="", resume=None, order={}
    )


class Work:
    """A clock, and attempts that take so many seconds a step."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.spent_s: dict[str, float] = {}
        self.order: list[str] = []
        self.ending: set[str] = set()
        self.steps: dict[str, tuple[int, float]] = {}
        self.loop = Loop(self._begin, lambda attempt: attempt.job in self.ending, lambda: self.now_s)

    def add(self, job: str, kind: str, steps: int, step_s: float) -> None:
        self.steps[job] = steps, step_s
        self.loop.add(attempt_of(job, kind))

    def _begin(self, attempt: Attempt) -> Generator[None, None, None]:
        count, step_s = self.steps[attempt.job]
        for _ in range(count):
            if attempt.job in self.ending:
                self.order.append(f"{attempt.job} ended")
                return
            self.now_s += step_s
            self.spent_s[attempt.job] = self.spent_s.get(attempt.job, 0.0) + step_s
            self.order.append(attempt.job)
            yield

    def run(self, until_s: float) -> None:
        while self.loop.has_work and self.now_s < until_s:
            self.loop.turn()


def test_prompts_are_served_whole_and_in_their_order() -> None:
    work = Work()
    work.add("a", "imagine", 3, 1.0)
    work.add("b", "imagine", 2, 1.0)

    work.run(100.0)

    assert work.order == ["a", "a", "a", "b", "b"]


def test_a_prompt_waits_for_one_step_of_the_training_only() -> None:
    work = Work()
    work.add("t", "train", 100, 1.0)
    work.run(3.0)

    work.add("p", "imagine", 2, 1.0)
    work.loop.turn()

    assert work.order == ["t", "t", "t", "p"]


def test_training_goes_on_when_the_prompts_are_served() -> None:
    work = Work()
    work.add("t", "train", 5, 1.0)
    work.add("p", "imagine", 2, 1.0)

    work.run(100.0)

    assert work.spent_s == {"t": 5.0, "p": 2.0}


@pytest.mark.parametrize("step_s", [0.01, 0.4, 3.0, 60.0])
def test_training_gets_its_tenth_under_endless_prompts(step_s: float) -> None:
    work = Work()
    work.add("t", "train", 10**9, step_s)
    work.add("p", "imagine", 10**9, 0.5)

    work.run(50_000.0)

    assert work.spent_s["t"] / work.now_s >= 0.095
    if step_s < 30.0:
        assert work.spent_s["t"] / work.now_s <= 0.11


def test_one_that_is_wished_to_end_goes_first() -> None:
    work = Work()
    work.add("t", "train", 100, 1.0)
    work.run(1.0)
    work.add("p", "imagine", 100, 1.0)
    work.add("q", "imagine", 100, 1.0)
    work.ending.update({"t", "q"})

    work.loop.turn()
    work.loop.turn()

    assert work.order == ["t", "t ended", "q ended"]


def test_what_is_owed_does_not_grow_for_ever() -> None:
    share = Share()

    share.served(100_000.0)
    share.trained(40.0)

    assert not share.is_due(1.0)
