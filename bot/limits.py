"""Whether one more job is taken: room on the disk, few enough of the member's at once, and what the server allows."""

from __future__ import annotations

from typing import Any

from bot.studio import Asker
from bot.waits import waiting_of
from storage.disk import check_room
from storage.errors import NotAllowed
from storage.records import JobKind

AT_ONCE = {JobKind.TRAIN: 3, JobKind.IMPORT: 2, JobKind.IMAGINE: 20, JobKind.SHEET: 2, JobKind.PREVIEW: 1}
COUNTS_AS = {JobKind.IMPORT: JobKind.TRAIN, JobKind.PREVIEW: JobKind.IMAGINE}  # in a server's limits


def refuse_above(rooms: Any, asker: Asker, kind: JobKind, pictures: int = 1) -> None:
    """Let a member have one more job, of so many pictures.

    Raises: NotAllowed(E_TOO_MANY_JOBS) when they have as many as one may, NotAllowed as `Rules.refuse_over`,
    TintypeError(E_DISK_LOW).
    """
    check_room(rooms.vault.folder)
    count, most = rooms.queue.in_flight(asker.member, kind), rooms.rules.at_once_of(asker.actor)
    most = AT_ONCE[kind] if most is None else min(most, AT_ONCE[kind])
    if count >= most:
        raise NotAllowed("E_TOO_MANY_JOBS", count=count, most=most, when=_next_free(rooms, asker, kind))
    rooms.rules.refuse_over(asker.actor, COUNTS_AS.get(kind, kind), pictures)


def _next_free(rooms: Any, asker: Asker, kind: JobKind) -> str:
    """When the first of a member's jobs is over, as far as that can be told: unix seconds."""
    now = rooms.queue.now()
    mine = [job for job in (*rooms.queue.active(kind), *rooms.queue.ready(kind)) if job.owner == asker.member]
    waits = [waiting_of(rooms, job, now, is_engine_awake=True).wait_s or 0.0 for job in mine]
    return str(int(now + min(waits, default=0.0)) + 1)
