"""Whether one more job is taken: room on the disk, few enough of the member's at once, and what the server allows."""

from __future__ import annotations

from typing import Any

from bot.studio import Asker
from storage.disk import check_room
from storage.errors import NotAllowed
from storage.records import JobKind

AT_ONCE = {JobKind.TRAIN: 3, JobKind.IMAGINE: 20, JobKind.SHEET: 2}


def refuse_above(rooms: Any, asker: Asker, kind: JobKind, pictures: int = 1) -> None:
    """Let a member have one more job, of so many pictures.

    Raises: NotAllowed(E_TOO_MANY_JOBS) when they have as many as one may, NotAllowed as `Rules.refuse_over`,
    TintypeError(E_DISK_LOW).
    """
    check_room(rooms.vault.folder)
    count, most = rooms.queue.in_flight(asker.member, kind), rooms.rules.at_once_of(asker.actor)
    most = AT_ONCE[kind] if most is None else min(most, AT_ONCE[kind])
    if count >= most:
        raise NotAllowed("E_TOO_MANY_JOBS", count=count, most=most)
    rooms.rules.refuse_over(asker.actor, kind, pictures)
