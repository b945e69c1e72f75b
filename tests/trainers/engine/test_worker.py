"""One attempt, driven: events in order, exactly one end, nothing leaks of foreign errors."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from itertools import repeat

import pytest

from storage.errors import TintypeError
from trainers.events import Done, End, Event, Failed, Step, Stopped, Wish
from trainers.worker import Pace, drive


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class ThreeSteps:
    """A job of three steps that remembers what it was sent and whether it was cleaned up."""

    def __init__(self, breaks_at: int = 0, error: Exception | None = None) -> None:
        self.breaks_at, self.error = breaks_at, error
        self.sent: list[Wish | None] = []
        self.is_clean = False

    def __call__(self) -> Generator[Event, Wish | None, End]:
        try:
            for done in (1, 2, 3):
                if done == self.breaks_at and self.error:
                    raise self.error
                self.sent.append((yield Step(phase=f"phase {done}", done=done, total=3)))
            return Done(result={"steps": 3}, files=())
        finally:
            self.is_clean = True


def driven(
    job: ThreeSteps,
    wishes: Iterator[Wish | None] | None = None,
    translate: Callable[[BaseException], TintypeError | None] = lambda error: None,
) -> list[Event]:
    told: list[Event] = []
    asked = wishes or repeat(None)
    for _ in drive(job(), told.append, lambda: next(asked), translate):
        pass
    return told


def test_every_step_is_told_and_then_one_end() -> None:
    told = driven(ThreeSteps())

    assert [type(event) for event in told] == [Step, Step, Step, Done]
    assert told[-1] == Done(result={"steps": 3}, files=())


def test_each_next_advances_one_step() -> None:
    job, told = ThreeSteps(), []
    turns = drive(job(), told.append, lambda: None)

    next(turns)
    next(turns)

    assert [event.done for event in told if isinstance(event, Step)] == [1, 2]
    assert not job.is_clean


def test_a_cancelled_attempt_stops_between_two_steps_and_cleans_up() -> None:
    job = ThreeSteps()

    told = driven(job, iter([None, Wish.CANCEL]))

    assert [type(event) for event in told] == [Step, Stopped]
    assert job.is_clean


def test_an_attempt_cancelled_before_its_first_step_does_nothing() -> None:
    assert driven(ThreeSteps(), iter([Wish.CANCEL])) == [Stopped()]


def test_other_wishes_are_handed_to_the_job() -> None:
    job = ThreeSteps()

    driven(job, iter([None, Wish.KEEP_BEST, None, None]))

    assert job.sent == [Wish.KEEP_BEST, None, None]


def test_our_error_becomes_its_code_and_facts() -> None:
    told = driven(ThreeSteps(2, TintypeError("E_NO_CONSENT", word="ana")))

    assert told[-1] == Failed(code="E_NO_CONSENT", facts={"word": "ana"})


def test_a_known_error_of_a_library_is_translated() -> None:
    told = driven(
        ThreeSteps(1, MemoryError()),
        translate=lambda error: TintypeError("E_NO_MEMORY") if isinstance(error, MemoryError) else None,
    )

    assert told == [Failed(code="E_NO_MEMORY")]


def test_a_foreign_error_is_logged_with_a_number_and_its_text_is_not_told(caplog: pytest.LogCaptureFixture) -> None:
    told = driven(ThreeSteps(3, RuntimeError("secret /home/ana")))

    end = told[-1]
    assert isinstance(end, Failed)
    assert end.code == "E_INTERNAL"
    assert "secret" not in str(end)
    assert end.facts["number"] in caplog.text
    assert "secret /home/ana" in caplog.text


def test_a_job_that_returns_no_end_fails_as_ours() -> None:
    def broken() -> Generator[Event, Wish | None, End]:
        yield Step(phase="a", done=1, total=1)
        return None  # type: ignore[return-value]

    told: list[Event] = []
    list(drive(broken(), told.append, lambda: None))

    assert [type(event) for event in told] == [Step, Failed]


def test_an_error_while_freeing_gives_still_one_end() -> None:
    def broken() -> Generator[Event, Wish | None, End]:
        try:
            yield Step(phase="a", done=1, total=9)
            yield Step(phase="b", done=2, total=9)
        finally:
            raise RuntimeError("cannot free")

    told: list[Event] = []
    wishes = iter([None, Wish.CANCEL])
    list(drive(broken(), told.append, lambda: next(wishes)))

    assert [type(event) for event in told] == [Step, Failed]


def test_at_most_four_steps_a_second_are_told_and_the_last_one_always() -> None:
    clock = Clock()
    pace = Pace(clock)

    told = []
    for done in range(1, 101):
        clock.now_s += 0.01
        if pace.paced(Step(phase="train", done=done, total=100)):
            told.append(done)

    assert told[0] == 1
    assert told[-1] == 100
    assert len(told) <= 2 + 4


def test_the_time_left_is_measured() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.paced(Step(phase="train", done=0, total=100))

    clock.now_s = 10.0
    paced = pace.paced(Step(phase="train", done=20, total=100))

    assert paced is not None
    assert paced.seconds_left == pytest.approx(40.0)


def test_drawing_samples_does_not_forget_the_pace_of_the_training() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.paced(Step(phase="train", done=0, total=100))
    clock.now_s = 10.0

    paced = pace.paced(Step(phase="sample", done=50, total=100))

    assert paced is not None
    assert paced.seconds_left == pytest.approx(10.0)
