"""Whether one more job is taken: room on the disk, and few enough of the member's, so that nobody hogs the engine."""

from __future__ import annotations

from typing import Any

from bot.studio import Asker
from storage.disk import check_room
from storage.errors import NotAllowed
from storage.records import JobKind

AT_ONCE = {JobKind.TRAIN: 3, JobKind.IMAGINE: 20}


def refuse_above(rooms: Any, asker: Asker, kind: JobKind) -> None:
    """Raises: NotAllowed(E_TOO_MANY_JOBS) when the member has as many as one may, TintypeError(E_DISK_LOW)."""
    check_room(rooms.vault.folder)
    count = rooms.queue.in_flight(asker.member, kind)
    if count >= AT_ONCE[kind]:
        raise NotAllowed("E_TOO_MANY_JOBS", count=count, most=AT_ONCE[kind])
