"""Whose job is next: pictures before trainings, what was begun before what was not, then who had the least time."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Sequence

from storage.queue import InLine
from storage.records import JobKind, MemberId

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

    def begin_of(self, job: InLine) -> float:
        """Where a job would begin."""
        key = _key(job)
        return max(self._now.get(key[0], 0.0), self._ends.get(key, 0.0))

    def charge(self, job: InLine) -> None:
        """This job was begun."""
        key, begin = _key(job), self.begin_of(job)
        self._now[key[0]] = begin
        self._ends[key] = begin + job.predicted_s / job.weight

    def let_go(self) -> None:
        """Know nothing any more of those whose last job ended before what was served last began."""
        self._ends = {one: end for one, end in self._ends.items() if end > self._now.get(one[0], 0.0)}


class Turns:
    """Remembers who was served when; since the bot's start, which is fair enough.

    What is begun next and what is told of places and times come from here, so that they are one order.
    """

    def __init__(self) -> None:
        self._shares = Shares()

    def served(self, job: InLine) -> None:
        """This job was begun."""
        self._shares.charge(job)
        self._shares.let_go()

    def next_of(self, line: Sequence[InLine], running: Collection[JobKind]) -> list[InLine]:
        """The jobs to begin now, of those that wait (the oldest first), beside those that run."""
        pictures, trainings = _apart(line)
        busy = sum(kind is not JobKind.TRAIN for kind in running)
        is_training = JobKind.TRAIN in running
        return [
            *itertools.islice(self._fairest(pictures), max(0, AHEAD - busy)),
            *itertools.islice(self._fairest(trainings), 0 if is_training else 1),
        ]

    def order(self, line: Sequence[InLine]) -> Iterator[InLine]:
        """All that wait, as they will be served when nothing else comes."""
        for jobs in _apart(line):
            yield from self._fairest(jobs)

    def _fairest(self, jobs: Sequence[InLine]) -> Iterator[InLine]:
        """What was begun before, then whose begin is the earliest, then the oldest.

        Of each member only the first is in the heap. A begin only moves back while others are served, so that it is
        worked out anew for the first of the heap alone.
        """
        shares, mine = self._shares.copy(), defaultdict[MemberId, deque[int]](deque)
        for at in sorted(range(len(jobs)), key=lambda at: (jobs[at].attempt == 0, at)):
            mine[jobs[at].owner].append(at)
        heap = [_entry(shares, jobs, ats[0]) for ats in mine.values()]
        heapq.heapify(heap)
        while heap:
            entry = heapq.heappop(heap)
            at = entry[-1]
            if entry == _entry(shares, jobs, at):
                shares.charge(jobs[at])
                yield jobs[at]
                mine[jobs[at].owner].popleft()
            if waiting := mine[jobs[at].owner]:
                heapq.heappush(heap, _entry(shares, jobs, waiting[0]))


def _entry(shares: Shares, jobs: Sequence[InLine], at: int) -> tuple[bool, float, int]:
    """By which a job is before others: the smallest is next."""
    return jobs[at].attempt == 0, shares.begin_of(jobs[at]), at


def _apart(line: Sequence[InLine]) -> tuple[list[InLine], list[InLine]]:
    """Pictures and all that goes with them, and trainings."""
    return [one for one in line if one.kind is not JobKind.TRAIN], [one for one in line if one.kind is JobKind.TRAIN]


def _key(job: InLine) -> Key:
    return job.kind is JobKind.TRAIN, job.owner
