"""The four verbs – ping, start, poll, cancel – answered at once from the desk, whatever torch is doing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, BinaryIO

from storage import wire
from storage.errors import TintypeError
from trainers.attempt import read_attempt
from trainers.desk import Desk
from trainers.events import Wish

log = logging.getLogger(__name__)

Answer = dict[str, Any]


class Verbs:
    """Answers requests; it never touches torch, so it answers while torch works."""

    def __init__(self, desk: Desk, facts: Callable[[], Answer], kinds: Collection[str]) -> None:
        self._desk = desk
        self._facts = facts
        self._kinds = kinds
        self._verbs: dict[str, Callable[[Answer], Answer]] = {
            "ping": self._ping,
            "start": self._start,
            "poll": self._poll,
            "cancel": self._cancel,
        }

    def answer(self, request: Answer) -> Answer:
        """The reply to one request; a refusal carries its code and facts."""
        try:
            told = self._told(request)
        except TintypeError as error:
            return {"id": request.get("id"), "ok": False, "code": error.code, "facts": error.facts}
        return {"id": request.get("id"), "ok": True, **told}

    def _told(self, request: Answer) -> Answer:
        verb = self._verbs.get(str(request.get("verb")))
        if verb is None:
            raise TintypeError("E_VERB", verb=str(request.get("verb"))[:40])
        return verb(request)

    def _ping(self, request: Answer) -> Answer:
        return {"engine": {**self._facts(), "busy": self._desk.busy()}}

    def _start(self, request: Answer) -> Answer:
        folder = request.get("folder")
        if not isinstance(folder, str):
            raise TintypeError("E_ATTEMPT", field="folder")
        attempt = read_attempt(Path(folder))
        if attempt.kind not in self._kinds:
            raise TintypeError("E_JOB_KIND", kind=attempt.kind[:40])
        self._desk.put(attempt)
        return {}

    def _poll(self, request: Answer) -> Answer:
        seq = request.get("seq")
        events, following = self._desk.since(seq if isinstance(seq, int) else 0)
        return {"events": events, "next": following}

    def _cancel(self, request: Answer) -> Answer:
        job, attempt, wish = request.get("job"), request.get("attempt"), request.get("wish", Wish.CANCEL)
        if not isinstance(job, str) or not isinstance(attempt, int) or wish not in set(Wish):
            raise TintypeError("E_VERB", verb="cancel")
        self._desk.want(job, attempt, Wish(wish))
        return {}


def answer_all(verbs: Verbs, requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests until the other side is gone or no longer speaks our language."""
    while True:
        try:
            frame = wire.read(requests)
            replies.write(wire.encode(verbs.answer(frame.head)))
            replies.flush()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            log.info("the other side has closed the wire")
            return
        except wire.BadFrame:
            log.exception("what arrived is no frame; the wire cannot be trusted any further")
            return
