"""Asks once a day whether those with something in a server are still in it: nobody tells the bot when they leave."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import discord

from bot.mail import PASSING
from bot.store import Rooms, Store
from storage.records import GuildId, MemberId

log = logging.getLogger(__name__)

PAUSE_S = 300.0  # between two rounds
BETWEEN_S = 1.0  # between two questions, far below what Discord allows
MOST = 60  # in one round
UNKNOWN_MEMBER = 10007


class RollCall:
    """Notes who is there and who is not; what follows is the upkeep's."""

    def __init__(self, store: Store, client: discord.Client, between_s: float = BETWEEN_S) -> None:
        self._store, self._client, self._between_s = store, client, between_s

    async def run(self) -> None:
        """Ask until this is cancelled."""
        while True:
            await asyncio.sleep(PAUSE_S)
            try:
                await self.look()
            except (discord.HTTPException, *PASSING) as error:
                log.warning("members cannot be asked after now: %s", error)

    async def look(self) -> None:
        """One round through all servers that are there.

        Raises: discord.HTTPException, and what `mail.is_passing` knows, when Discord cannot say.
        """
        for guild in [one for one in self._client.guilds if not one.unavailable]:
            number = GuildId(guild.id)
            for member in await self._store.run(partial(_due, guild=number)):
                is_there = await _is_there(guild, member)
                await self._store.run(partial(_noted, guild=number, member=member, is_there=is_there))
                await asyncio.sleep(self._between_s)


async def _is_there(guild: discord.Guild, member: MemberId) -> bool:
    """Only Discord's plain *Unknown Member* means that somebody has left; every other refusal means nothing."""
    try:
        await guild.fetch_member(member)
    except discord.NotFound as error:
        if error.code != UNKNOWN_MEMBER:
            raise
        return False
    return True


def _due(rooms: Rooms, *, guild: GuildId) -> list[MemberId]:
    return rooms.retention.to_look_for(guild, MOST)


def _noted(rooms: Rooms, *, guild: GuildId, member: MemberId, is_there: bool) -> None:
    rooms.retention.looked(guild, member, is_there=is_there)
