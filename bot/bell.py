"""What wakes a task that rests, and the rounds of a task that works between rests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

AGAIN_S = 1.0  # after a round broke


class Bell:
    """Rung from anywhere on the loop; ends one rest, also one that has not begun yet."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Somebody has work."""
        self._rung.set()

    async def rest(self, seconds: float) -> None:
        """Wait for the bell, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


async def rounds(one: Callable[[], Awaitable[float]], bell: Bell, log: logging.Logger) -> None:
    """Do one round after the other until cancelled; each says how long to rest.

    What breaks one round may not end all later ones; it is logged.
    """
    while True:
        try:
            pause_s = await one()
        except Exception:
            log.exception("a round broke")
            pause_s = AGAIN_S
        await bell.rest(pause_s)
