"""Asks whether those with something in a server are still in it, and at the start whether its channels are there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

import discord

from bot.mail import PASSING
from bot.store import Rooms, Store
from storage.records import GuildId, MemberId

log = logging.getLogger(__name__)

PAUSE_S = 300.0  # between two rounds
BETWEEN_S = 1.0  # between two questions, far below what Discord allows
MOST = 60  # in one round
UNKNOWN_CHANNEL, UNKNOWN_MEMBER = 10003, 10007  # as Discord numbers its errors


class RollCall:
    """Notes who is there and who is not; what follows is the upkeep's."""

    def __init__(self, store: Store, client: discord.Client, between_s: float = BETWEEN_S) -> None:
        self._store, self._client, self._between_s = store, client, between_s

    async def run(self) -> None:
        """Ask until this is cancelled: nobody tells the bot who left, nor what happened while it was away."""
        await self._client.wait_until_ready()
        await self._asking(self.look_for_channels())
        while True:
            await asyncio.sleep(PAUSE_S)
            await self._asking(self.look())

    async def _asking(self, round_: Coroutine[Any, Any, None]) -> None:
        try:
            await round_
        except (discord.HTTPException, *PASSING) as error:
            log.warning("members and channels cannot be asked after now: %s", error)

    async def look_for_channels(self) -> None:
        """Drop the rules of channels that are gone, of all servers that are there.

        Raises: as `look`.
        """
        for guild in [one for one in self._client.guilds if not one.unavailable]:
            number = GuildId(guild.id)
            known = await self._store.run(partial(_known, guild=number))
            gone = [channel for channel in sorted(known) if not await self._is_channel(guild, channel)]
            if gone:
                await self._store.run(partial(_forgotten, guild=number, gone=gone))

    async def _is_channel(self, guild: discord.Guild, channel: int) -> bool:
        """One that Discord did not list may be hidden from the bot: *Unknown Channel* alone means that it is gone."""
        if guild.get_channel(channel) is not None:
            return True
        try:
            await self._client.fetch_channel(channel)
        except discord.NotFound as error:
            return error.code != UNKNOWN_CHANNEL
        except (discord.Forbidden, discord.InvalidData):
            return True
        return True

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


def _known(rooms: Rooms, *, guild: GuildId) -> set[int]:
    return rooms.setups.known_channels(guild)


def _forgotten(rooms: Rooms, *, guild: GuildId, gone: list[int]) -> None:
    rooms.setups.forget_channels(guild, gone)


def _due(rooms: Rooms, *, guild: GuildId) -> list[MemberId]:
    return rooms.retention.to_look_for(guild, MOST)


def _noted(rooms: Rooms, *, guild: GuildId, member: MemberId, is_there: bool) -> None:
    rooms.retention.looked(guild, member, is_there=is_there)
