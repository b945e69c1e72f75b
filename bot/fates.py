"""What the scheduler has written into the store: a job claimed, kept alive, put back in line, given up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.rechecking import Scene, refusal_of
from bot.store import Rooms
from bot.takeover import note_held_back, settle
from storage.database import transaction
from storage.errors import TintypeError
from storage.photos import FAILED_S
from storage.queue import InLine
from storage.records import Job, JobId, Progress

log = logging.getLogger(__name__)

LEASE_S = 60.0  # longer than anything here waits


def progress_of(event: Mapping[str, Any]) -> Progress:
    """A step event as the store keeps it."""
    return Progress(
        phase=str(event["phase"]),
        done=int(event["done"]),
        total=int(event["total"]),
        loss=event.get("loss"),
        seconds_left=event.get("seconds_left"),
        made=int(event.get("made", 0)),
        wanted=int(event.get("wanted", 0)),
    )


def claim(rooms: Rooms, turn: InLine, engine: str, scene: Scene) -> Job | None:
    """Queued -> running for this engine; None when it waits no longer, or may not begin any more and is cancelled.

    It ends as what runs does when a word is taken out of use: with its reason and its one message.
    """
    with transaction(rooms.db):
        job = rooms.queue.get(turn.id)
        refusal = refusal_of(rooms, job, scene) if job else None
        if job is None or refusal is None:
            return _begun(rooms, turn, engine)
        if rooms.queue.cancel(job.id, refusal.code, **refusal.facts):
            log.info("job %s may not begin any more: %s", job.id, refusal.code)
            settle_ended(rooms, job.id)
    return None


def _begun(rooms: Rooms, turn: InLine, engine: str) -> Job | None:
    claimed = rooms.queue.claim(turn.id, engine, LEASE_S)
    if claimed is not None:
        rooms.turns.served(turn)
    return claimed


def beat(rooms: Rooms, job: Job, progress: Progress | None) -> bool:
    """Keep the lease and what is told; False when this attempt is no longer wanted."""
    return rooms.queue.beat(job.id, job.attempt, LEASE_S, progress=progress and onward(job, progress))


def onward(job: Job, progress: Progress) -> Progress:
    """What this attempt tells, beside how far the ones before it came."""
    before = job.progress  # as it stood when this attempt began
    return progress if before is None else replace(progress, reached=max(before.done, before.reached))


def release(rooms: Rooms, job: Job, *, blameless: bool) -> None:
    """Back in line, or given up when it keeps killing its engines."""
    ended = rooms.queue.release(job.id, job.attempt, blameless=blameless)
    if ended is not None and ended.state.is_over:
        log.error("job %s has ended its engine too often and is given up", job.id)
        settle_ended(rooms, job.id)


def fail(rooms: Rooms, job: Job, error: TintypeError) -> None:
    """Over, with its reason and its one message."""
    if rooms.queue.fail(job.id, job.attempt, error.code, error.facts):
        note_held_back(rooms, job, int(error.facts.get("count", 1)) if error.code == "E_HELD_BACK" else 0)
        settle_ended(rooms, job.id)


def settle_ended(rooms: Rooms, job: JobId) -> None:
    """Clear away what an ended job needs no more."""
    ended = rooms.queue.get(job)
    if ended is not None:
        settle(rooms, ended, FAILED_S)
