"""Whose job is next: pictures before trainings, what was begun before what was not, then who had the least time."""

from __future__ import annotations

from collections.abc import Sequence

from storage.records import Job, JobKind, MemberId

AHEAD = 2  # pictures that the engine has at a time: one being drawn, and one so that it never waits for us

Key = tuple[bool, MemberId]


class Shares:
    """Fair shares of an engine's seconds: each job begins, by a clock of its own, where its member's last one ends.

    The clock stands at the beginning of what was served last, so that nobody saves up by not asking. A member with a
    weight of 2 is charged half the seconds. Source: Goyal et al. 1996, start-time fair queueing.
    """

    def __init__(self, now: dict[bool, float] | None = None, ends: dict[Key, float] | None = None) -> None:
        self._now, self._ends = dict(now or {}), dict(ends or {})

    def copy(self) -> Shares:
        """The same shares, to try something out with."""
        return Shares(self._now, self._ends)

    def begin_of(self, job: Job) -> float:
        """Where a job would begin."""
        key = _key(job)
        return max(self._now.get(key[0], 0.0), self._ends.get(key, 0.0))

    def charge(self, job: Job) -> None:
        """This job was begun."""
        key, begin = _key(job), self.begin_of(job)
        self._now[key[0]] = begin
        self._ends = {one: end for one, end in self._ends.items() if end > self._now.get(one[0], 0.0)}
        self._ends[key] = begin + job.predicted_s / float(job.request.get("weight") or 1.0)


class Turns:
    """Remembers who was served when; since the bot's start, which is fair enough."""

    def __init__(self) -> None:
        self._shares = Shares()

    def served(self, job: Job) -> None:
        """This job was begun."""
        self._shares.charge(job)

    def next_of(self, ready: Sequence[Job], running: Sequence[Job]) -> list[Job]:
        """The jobs to begin now, of those that wait (the oldest first), beside those that run."""
        pictures = [job for job in ready if job.kind is not JobKind.TRAIN]
        trainings = [job for job in ready if job.kind is JobKind.TRAIN]
        busy = sum(job.kind is not JobKind.TRAIN for job in running)
        is_training = any(job.kind is JobKind.TRAIN for job in running)
        return self._fairest(pictures, AHEAD - busy) + self._fairest(trainings, 0 if is_training else 1)

    def _fairest(self, jobs: Sequence[Job], count: int) -> list[Job]:
        waiting, shares = list(jobs), self._shares.copy()
        chosen = []
        for _ in range(min(max(count, 0), len(waiting))):
            job = min(waiting, key=lambda one: (one.attempt == 0, shares.begin_of(one)))  # or the oldest
            waiting.remove(job)
            shares.charge(job)
            chosen.append(job)
        return chosen


def _key(job: Job) -> Key:
    return job.kind is JobKind.TRAIN, job.owner
