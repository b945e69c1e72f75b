"""How long a job will still take: from what jobs of its kind took lately, and from what stands before it."""

from __future__ import annotations

import itertools
from statistics import median
from typing import Any

from bot.cards import Running, Waiting
from storage.records import Job, JobKind

LOOK_BACK_S = 7 * 86400.0
#: until one was measured here
FIRST_GUESS_S = {
    JobKind.TRAIN: 240.0,
    JobKind.IMAGINE: 15.0,
    JobKind.SHEET: 60.0,
    JobKind.LOOK: 5.0,
    JobKind.PREVIEW: 15.0,
}
OTHER_GUESS_S = 30.0


def usual_s(rooms: Any, kind: JobKind, now: float) -> float:
    """How long one job of this kind usually runs here."""
    took = rooms.queue.took_s(kind, now - LOOK_BACK_S)
    return median(took) if took else FIRST_GUESS_S.get(kind, OTHER_GUESS_S)


def left_s(job: Job, now: float) -> float:
    """How long a running job still takes: what its engine says, else what was expected of it."""
    if job.progress is not None and job.progress.seconds_left is not None:
        return job.progress.seconds_left
    return max(0.0, job.predicted_s - (now - (job.started_at or now)))


def waiting_of(rooms: Any, job: Job, now: float, *, is_engine_awake: bool) -> Waiting:
    """The job's place and its time to wait, in the order in which jobs are claimed; 0 when it waits for nothing."""
    line = rooms.queue.line()
    if not any(one.id == job.id for one in line):
        wait = None if job.state.is_over else left_s(job, now)
        return Waiting(place=0, wait_s=wait, is_engine_awake=is_engine_awake)
    before = list(itertools.takewhile(lambda one: one.id != job.id, rooms.turns.order(line)))
    running = [other for other in rooms.queue.active() if _stands_before(other.kind, job)]
    wait = sum(one.predicted_s for one in before) + sum(left_s(other, now) for other in running) + job.predicted_s
    is_next = is_engine_awake and not before and not running
    return Waiting(place=0 if is_next else len(before) + 1, wait_s=wait, is_engine_awake=is_engine_awake)


def _stands_before(other: JobKind, job: Job) -> bool:
    return other is not JobKind.TRAIN or job.kind is JobKind.TRAIN


def running_of(job: Job, now: float) -> Running:
    """How far a running job is, for its card."""
    progress = job.progress
    return Running(
        phase=progress.phase if progress else "load",
        done=progress.done if progress else 0,
        total=progress.total if progress else 0,
        reached=progress.reached if progress else 0,
        loss=progress.loss if progress else None,
        left_s=left_s(job, now) if progress else None,
        made=progress.made if progress else 0,
        wanted=progress.wanted if progress else 0,
        is_stopping=job.wish is not None,
    )
