"""How often a training writes a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.trainers.jobs.attempts import QUICK, Told, ran, training_of
from trainers.diary import pack
from trainers.events import Event, Step
from trainers.faults import translated
from trainers.jobs.train import train
from trainers.pipeline import Base
from trainers.worker import drive


class Clock:
    """Moves on by a second with each step, and by more while a checkpoint is written."""

    def __init__(self, writing_s: float) -> None:
        self.now, self._writing_s = 0.0, writing_s

    def __call__(self) -> float:
        return self.now

    def pack(self, *told: Any) -> None:
        self.now += self._writing_s
        pack(*told)

    def heard(self, event: Event) -> None:
        self.now += isinstance(event, Step) and event.phase == "train"


@pytest.mark.parametrize(
    ("writing_s", "written_at"),
    [
        (0.5, [10, 20, 30]),  # as often as wished, counted from the end of writing
        (2.0, [10, 28, 30]),
        (3.0, [10, 30]),  # 27 s after the first; the last is that of the sample point
    ],
)
def test_at_most_a_tenth_of_the_time_goes_into_checkpoints(
    base: Base,
    photos: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    writing_s: float,
    written_at: list[int],
) -> None:
    clock, events = Clock(writing_s), list[Event]()
    monkeypatch.setattr("trainers.jobs.train.pack", clock.pack)
    settings = QUICK | {"min_steps": 30, "max_steps": 30, "points": 1, "batch_size": 1}
    attempt = training_of(tmp_path / "a", photos, checkpoint_every_s=10.0, settings=settings)

    def tell(event: Event) -> None:
        events.append(event)
        clock.heard(event)

    for _ in drive(train(base, attempt, clock), tell, lambda: None, translated):
        pass

    assert [checkpoint.done for checkpoint in Told(events).checkpoints()] == written_at


def test_checkpoints_are_written_by_the_clock_and_two_are_left(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.jobs.train.CHECKPOINT_REST", 0)
    told = ran(base, training_of(tmp_path / "a", photos, checkpoint_every_s=0.0))

    assert [checkpoint.done for checkpoint in told.checkpoints()] == [1, 2, 3, 3, 4, 5, 6, 6]
    assert len(list((tmp_path / "a").glob("checkpoint-*.zip"))) == 2
