"""What each member is shown, in order, for whoever watches."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from bot.sandbox.refusals import Json


class Feeds:
    """One list of events a member; watchers wait for it to grow."""

    def __init__(self) -> None:
        self._events: dict[int, list[Json]] = defaultdict(list)
        self._waiters: dict[int, set[asyncio.Future[None]]] = defaultdict(set)

    def tell(self, person: int, event: Json) -> Json:
        """Add an event; it gets its number `n`, counting from 1."""
        events = self._events[person]
        numbered = {"n": len(events) + 1} | event
        events.append(numbered)
        for waiter in self._waiters.pop(person, ()):
            if not waiter.done():
                waiter.set_result(None)
        return numbered

    def since(self, person: int, n: int) -> list[Json]:
        """The events after number n."""
        return self._events[person][n:]

    def last(self, person: int) -> int:
        """The number of the newest event; 0 without any."""
        return len(self._events[person])

    async def moved(self, person: int, limit_s: float) -> None:
        """Wait until this person was told something, or the limit passed."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters[person].add(waiter)
        try:
            await asyncio.wait_for(waiter, limit_s)
        except TimeoutError:
            self._waiters[person].discard(waiter)
