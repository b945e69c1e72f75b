"""Attempt folders for the tiny base, and jobs run to their end without an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from trainers.attempt import Attempt, write_attempt
from trainers.events import Checkpoint, Done, End, Event, Failed, Made, Sample, Step, Stopped, Wish
from trainers.faults import translated
from trainers.jobs import runs
from trainers.pipeline import Base
from trainers.worker import drive

QUICK = {"min_steps": 6, "max_steps": 6, "points": 2, "batch_size": 2}


class Told:
    """All events of one attempt."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events

    @property
    def end(self) -> End:
        last = self.events[-1]
        assert isinstance(last, Done | Failed | Stopped)
        return last

    @property
    def done(self) -> Done:
        assert isinstance(self.end, Done), self.end
        return self.end

    @property
    def code(self) -> str:
        assert isinstance(self.end, Failed), self.end
        return self.end.code

    def steps(self, phase: str) -> list[int]:
        return [event.done for event in self.events if isinstance(event, Step) and event.phase == phase]

    def checkpoints(self) -> list[Checkpoint]:
        return [event for event in self.events if isinstance(event, Checkpoint)]

    def samples(self) -> list[Sample]:
        return [event for event in self.events if isinstance(event, Sample)]

    def made(self, role: str) -> list[Made]:
        return [file for file in self.done.files if file.role == role]


def ran(base: Base, attempt: Attempt, wish: Callable[[list[Event]], Wish | None] = lambda events: None) -> Told:
    events: list[Event] = []
    for _ in drive(runs()[attempt.kind](base, attempt), events.append, lambda: wish(events), translated):
        pass
    return Told(events)


def attempt_of(folder: Path, kind: str, order: dict[str, Any], **told: Any) -> Attempt:
    return write_attempt(folder, {"job": "a", "attempt": 1, "kind": kind, "seed": 7, kind: order, **told})


def training_of(folder: Path, files: Sequence[Path], resume: Path | None = None, **more: Any) -> Attempt:
    (folder / "photos").mkdir(parents=True)
    for photo in files:
        (folder / "photos" / photo.name).write_bytes(photo.read_bytes())
    if resume is not None:
        (folder / "resume.zip").write_bytes(resume.read_bytes())
    order = {
        "word": "zed",
        "kind": "animal",
        "class_word": "cat",
        "method": "lora",
        "settings": QUICK,
        "photos": [{"path": f"photos/{photo.name}"} for photo in files],
        "checkpoint_every_s": 3600.0,
        **more,
    }
    return attempt_of(folder, "train", order, resume="resume.zip" if resume else None)


def scored(base: Base, *scores: float) -> Base:
    """The base, whose family gives these scores in turn."""
    given = iter(scores)
    return replace(base, family=replace(base.family, scorer=lambda photos: lambda samples: next(given)))
