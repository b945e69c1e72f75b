"""How many jobs of a kind one member may have waiting and running, so that nobody hogs the engine."""

from __future__ import annotations

from typing import Any

from bot.studio import Asker
from storage.errors import NotAllowed
from storage.records import JobKind

AT_ONCE = {JobKind.TRAIN: 3, JobKind.IMAGINE: 20}


def refuse_above(rooms: Any, asker: Asker, kind: JobKind) -> None:
    """Raises: NotAllowed(E_TOO_MANY_JOBS) when the member has as many as one may."""
    count = rooms.queue.in_flight(asker.member, kind)
    if count >= AT_ONCE[kind]:
        raise NotAllowed("E_TOO_MANY_JOBS", count=count, most=AT_ONCE[kind])
