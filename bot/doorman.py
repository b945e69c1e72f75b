"""Who is let in, who is blocked and who speaks what: from memory, because nothing may come before the first answer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from storage.clock import Clock
from storage.database import rows, transaction
from storage.errors import NotAllowed, TintypeError
from storage.moderation import EVERYWHERE

log = logging.getLogger(__name__)

Run = Callable[[Callable[[Any], Any]], Awaitable[Any]]
REMEMBERED = 4096  # interactions; Discord delivers one twice within moments, if at all
FRESH_S = 60.0  # after this the approved servers are looked up again, beside the answer


class Doorman:
    """Remembers the approved servers, who is blocked, who was seen speaking what; writes what is new down afterwards.

    `guilds` from the settings, when there are any, are the only ones; else the operator approves them one by one.
    """

    def __init__(self, run: Run, soon: Run, clock: Clock, guilds: frozenset[int]) -> None:
        self._run, self._soon, self._clock = run, soon, clock
        self._is_fixed = bool(guilds)
        self._approved = guilds
        self._blocked: Mapping[tuple[int, int], float | None] = {}
        self._looked_at = float("-inf")
        self._seen: dict[int, str] = {}
        self._unwritten: dict[int, str] = {}
        self._beside: dict[str, asyncio.Task[None]] = {}
        self._met: dict[int, None] = {}

    def is_first(self, interaction: int) -> bool:
        """Whether this interaction has not been delivered before; it is to be answered once."""
        if interaction in self._met:
            log.info("interaction %d was delivered twice", interaction)
            return False
        self._met[interaction] = None
        if len(self._met) > REMEMBERED:
            del self._met[next(iter(self._met))]
        return True

    async def admit(self, guild: int | None, member: int, language: str) -> None:
        """Let a member in, who speaks this language now.

        Raises: NotAllowed(E_GUILD, E_DM_FIRST).
        """
        if guild is not None and guild not in self._approved:
            await self._look(self._soon)
        elif self._clock.monotonic() - self._looked_at > FRESH_S:
            self._go("look", self._look(self._run))
        if guild is None:
            await self._admit_alone(member)
        elif guild not in self._approved:
            raise NotAllowed("E_GUILD", guild=str(guild))
        self._note(member, language)

    def forget(self, member: int) -> None:
        """Know nothing of a member any more; who comes again is new."""
        self._seen.pop(member, None)
        self._unwritten.pop(member, None)

    def is_blocked(self, guild: int | None, member: int) -> bool:
        """Whether a member may use nothing in this server now; in direct messages, whether any server blocks them."""
        return bool(self._ends(guild, member))

    def blocked_until(self, guild: int | None, member: int) -> float | None:
        """When the last block that holds there ends by itself; None when one does not, or there is none."""
        ends = self._ends(guild, member)
        return None if None in ends else max((end for end in ends if end is not None), default=None)

    def _ends(self, guild: int | None, member: int) -> list[float | None]:
        """When each block ends that holds there now."""
        now = self._clock.now()
        return [
            until
            for (where, who), until in self._blocked.items()
            if who == member and (guild is None or where in (guild, EVERYWHERE)) and (until is None or until > now)
        ]

    def is_barred(self, member: int) -> bool:
        """Whether the operator lets a member use nothing in any server now."""
        return self.is_blocked(EVERYWHERE, member)

    async def look(self) -> None:
        """Learn who is let in and who is blocked: before the first member comes, and whenever that changes."""
        await self._look(self._run)

    async def settle(self) -> None:
        """Finish what goes on beside the answers."""
        while self._beside:
            await asyncio.gather(*self._beside.values(), return_exceptions=True)  # `_done` has logged them

    async def _admit_alone(self, member: int) -> None:
        if member in self._seen:
            return
        known = "select 1 from members where id = :member"
        if not await self._soon(lambda rooms: rows(rooms.db, known, member=member)):
            raise NotAllowed("E_DM_FIRST")

    async def _look(self, run: Run) -> None:
        self._looked_at = self._clock.monotonic()
        approved, blocks = await run(lambda rooms: (rooms.guilds.allowed(), rooms.moderation.blocks()))
        self._blocked = {(block.guild, block.member): block.until for block in blocks}
        if not self._is_fixed:
            self._approved = frozenset(approved)

    def _note(self, member: int, language: str) -> None:
        if self._seen.get(member) == language:
            return
        self._seen[member] = self._unwritten[member] = language
        self._go("note", self._write_down())

    async def _write_down(self) -> None:
        while self._unwritten:
            new, self._unwritten = self._unwritten, {}
            try:
                await self._run(_keeping(new, self._clock.now()))
            except TintypeError as error:
                for member in new:
                    self._seen.pop(member, None)  # they are noted when they come again
                log.warning("new members could not be written down: %s", error)

    def _go(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside the answer, unless that is being done already."""
        if what in self._beside:
            work.close()
            return
        task = self._beside[what] = asyncio.create_task(work)
        task.add_done_callback(lambda done: self._done(what, done))

    def _done(self, what: str, task: asyncio.Task[None]) -> None:
        del self._beside[what]
        if not task.cancelled() and task.exception() is not None:
            log.error("the doorman could not %s", what, exc_info=task.exception())


def _keeping(members: Mapping[int, str], now: float) -> Callable[[Any], None]:
    sql = "insert into members (id, first_seen) values (:member, :now) on conflict (id) do nothing"

    def keep(rooms: Any) -> None:
        with transaction(rooms.db):
            for member, language in members.items():
                rows(rooms.db, sql, member=member, now=now)
                rooms.wishes.speaks(member, language)

    return keep
