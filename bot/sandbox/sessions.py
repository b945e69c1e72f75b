"""Gateway sessions: numbered events, kept for a client that comes back."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.refusals import Json

if TYPE_CHECKING:
    from bot.sandbox.gateway import Wire
    from bot.sandbox.sandbox import Sandbox

MOST_KEPT = 5000  # events kept for a resume
RESUMABLE_S = 300.0  # how long a session without a connection can be resumed


@dataclass(slots=True)
class Session:
    """One identified client; `wire` is None while it is away."""

    id: str
    intents: int
    seq: int = 0
    kept: list[Json] = field(default_factory=list)
    wire: Wire | None = None
    left: float = 0.0  #: when its connection ended

    def push(self, event: str, data: Json) -> None:
        """Number an event, keep it, and send it when the client is there."""
        self.seq += 1
        frame = {"op": 0, "s": self.seq, "t": event, "d": data}
        if len(self.kept) >= 2 * MOST_KEPT:
            del self.kept[:MOST_KEPT]
        self.kept.append(frame)
        if self.wire is not None:
            self.wire.send(frame)


class Sessions:
    """All sessions of the bot."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.all: dict[str, Session] = {}
        self.identifies = 0

    def open(self, intents: int, wire: Wire) -> Session:
        """A new session on this connection."""
        self.identifies += 1
        session = Session(secrets.token_hex(16), intents, wire=wire)
        self.all[session.id] = session
        return session

    def resume(self, session_id: str, seq: int) -> Session | None:
        """The session, when it can still be resumed from there."""
        self._forget_old()
        session = self.all.get(session_id)
        if session is None or seq > session.seq or (session.kept and session.kept[0]["s"] > seq + 1):
            return None
        return session

    def dispatch(self, event: str, data: Json, intent: int) -> None:
        """Tell every session that wants this event; intent 0 = everyone."""
        self._forget_old()
        for session in list(self.all.values()):
            if not intent or session.intents & intent:
                session.push(event, data)

    def again(self) -> bool:
        """Deliver the newest interaction a second time; whether there was one."""
        for session in self.all.values():
            for frame in reversed(session.kept):
                if frame["t"] == "INTERACTION_CREATE":
                    session.push(frame["t"], frame["d"])
                    return True
        return False

    async def each(self, deed: Callable[[Wire], Awaitable[None]]) -> None:
        """Do something to every live connection."""
        for session in list(self.all.values()):
            if session.wire is not None:
                await deed(session.wire)

    def _forget_old(self) -> None:
        now = self._sandbox.clock.now()
        old = [key for key, one in self.all.items() if one.wire is None and now - one.left > RESUMABLE_S]
        for key in old:
            del self.all[key]

    async def close(self) -> None:
        """End all connections."""
        await self.each(lambda wire: wire.close(1001))
