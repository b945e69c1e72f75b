"""Whose job is next: pictures before trainings, what was begun before what was not, then who waits longest."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from storage.records import Job, JobKind, MemberId

AHEAD = 2  # pictures that the engine has at a time: one being drawn, and one so that it never waits for us


class Turns:
    """Remembers who was served when; since the bot's start, which is fair enough."""

    def __init__(self) -> None:
        self._count = itertools.count(1)
        self._served: dict[tuple[bool, MemberId], int] = {}

    def served(self, job: Job) -> None:
        """This job was begun."""
        self._served[self._key(job)] = next(self._count)

    def next_of(self, ready: Sequence[Job], running: Sequence[Job]) -> list[Job]:
        """The jobs to begin now, of those that wait (the oldest first), beside those that run."""
        pictures = [job for job in ready if job.kind is not JobKind.TRAIN]
        trainings = [job for job in ready if job.kind is JobKind.TRAIN]
        busy = sum(job.kind is not JobKind.TRAIN for job in running)
        is_training = any(job.kind is JobKind.TRAIN for job in running)
        return self._fairest(pictures, AHEAD - busy) + self._fairest(trainings, 0 if is_training else 1)

    def _fairest(self, jobs: Sequence[Job], count: int) -> list[Job]:
        waiting = list(jobs)
        served = dict(self._served)
        chosen = []
        for turn in range(min(max(count, 0), len(waiting))):
            job = min(waiting, key=lambda one: (one.attempt == 0, served.get(self._key(one), 0)))  # or the oldest
            waiting.remove(job)
            served[self._key(job)] = max(served.values(), default=0) + turn + 1
            chosen.append(job)
        return chosen

    @staticmethod
    def _key(job: Job) -> tuple[bool, MemberId]:
        return job.kind is JobKind.TRAIN, job.owner
