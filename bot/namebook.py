"""Notes what members are called, as each interaction says it, beside the answer and only when it is new."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from storage.errors import TintypeError
from storage.names import ANYWHERE

log = logging.getLogger(__name__)

REMEMBERED = 4096  # names; whoever falls out is written down once more

Run = Callable[[Callable[[Any], Any]], Awaitable[Any]]


class Namebook:
    """Writes names down in one task beside the answers."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._known: dict[tuple[int, int], str] = {}
        self._new: dict[tuple[int, int], str] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, guild: int | None, user: discord.User | discord.Member) -> None:
        """This is how the server, and Discord, call a member now."""
        self._note(ANYWHERE, user.id, user.global_name or user.name)
        if guild is not None:
            self._note(guild, user.id, user.display_name)
        if self._new and self._task is None:
            self._task = asyncio.create_task(self._write_down())

    async def settle(self) -> None:
        """Finish what is being written."""
        if self._task is not None:
            await self._task

    async def forget(self, member: int) -> None:
        """Before everything of a member is deleted: nothing is written later, unless they come again."""
        await self.settle()
        self._known = {place: name for place, name in self._known.items() if place[1] != member}

    def _note(self, guild: int, member: int, name: str) -> None:
        if self._known.get((guild, member)) == name:
            return
        self._known[guild, member] = self._new[guild, member] = name
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]

    async def _write_down(self) -> None:
        try:
            while self._new:
                new, self._new = self._new, {}
                await self._run(_noting(new))
        except TintypeError as error:
            self._known.clear()  # they are noted when they come again
            log.warning("names could not be written down: %s", error)
        finally:
            self._task = None


def _noting(names: dict[tuple[int, int], str]) -> Callable[[Any], None]:
    return lambda rooms: rooms.names.note(names)
