"""What the managers of a server see of its rules, and change in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.access import Access, access_to, accesses
from bot.belongings import key_of
from bot.cards import Card
from bot.cards.setup import Arranged, place_card, setup_card
from bot.moderating import needs_manager
from bot.studio import Asker, Studio, asker_of
from storage.errors import NotAllowed, NotFound
from storage.records import ChannelId, GuildId, MemberId
from storage.setups import Place, Setup


def guild_of(interaction: discord.Interaction[Any], key: str | None = None) -> discord.Guild:
    """The server that whoever asks may manage; with `key` when a button is of that one.

    Raises: NotAllowed(E_NOT_MANAGER, E_NOT_ALLOWED), NotFound(E_NOT_FOUND).
    """
    needs_manager(asker_of(interaction))
    if interaction.guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    if key is not None and key != guild_key(interaction.guild):
        raise NotFound("E_NOT_FOUND")
    return interaction.guild


def guild_key(guild: discord.Guild) -> str:
    """The server as a button carries it."""
    return key_of(MemberId(guild.id))


def channel_of(interaction: discord.Interaction[Any], number: int) -> discord.abc.GuildChannel:
    """The channel of this server, or the one around its thread, whose rules its manager wants.

    Raises: NotAllowed as `guild_of`, NotFound(E_NOT_FOUND) for channels elsewhere.
    """
    found = guild_of(interaction).get_channel_or_thread(number)
    if isinstance(found, discord.Thread):
        found = found.parent
    if found is None:
        raise NotFound("E_NOT_FOUND")
    return found


async def setup_now(studio: Studio, interaction: discord.Interaction[Any], *, is_stale: bool = False) -> Card:
    """The rules of a server as they are now.

    Raises: NotAllowed as `guild_of`.
    """
    guild, told = guild_of(interaction), accesses(interaction)
    key, number = guild_key(guild), GuildId(guild.id)

    def work(rooms: Any) -> Card:
        setup: Setup = rooms.setups.of(number)
        apart = [channel for channel, place in rooms.setups.places(number).items() if _is_apart(place)]
        seen = _that_matter(told, setup)
        return setup_card(Arranged(key=key, setup=setup, accesses=seen, apart=apart, is_stale=is_stale))

    return await studio.run(work)


async def place_now(
    studio: Studio, interaction: discord.Interaction[Any], number: int, *, is_stale: bool = False
) -> Card:
    """The rules of a channel as they are now.

    Raises: as `channel_of`.
    """
    channel = channel_of(interaction, number)
    access, guild, id_ = access_to(channel, interaction), GuildId(channel.guild.id), ChannelId(channel.id)

    def work(rooms: Any) -> Card:
        place, setup = rooms.setups.place(guild, id_), rooms.setups.of(guild)
        is_open = not setup.channels or id_ in setup.channels
        key = key_of(MemberId(id_))
        return place_card(id_, key, place, access, is_open=is_open, is_stale=is_stale)

    return await studio.run(work)


def changed(rooms: Any, asker: Asker, name: str, value: Any, seen: int) -> bool:
    """Set one rule of the server, or turn it around where no value is given; False when it was changed meanwhile.

    Raises: NotAllowed(E_NOT_MANAGER, E_NOT_ALLOWED), TintypeError(E_OPTION).
    """
    guild = _guild(asker)
    new = not getattr(rooms.setups.of(guild), name) if value is None else value
    return bool(rooms.setups.change(guild, name, new, seen=seen, actor=asker.member))


def place_changed(rooms: Any, asker: Asker, channel: int, name: str, value: Any, seen: int) -> bool:
    """The same for one rule of a channel."""
    guild, id_ = _guild(asker), ChannelId(channel)
    new = not getattr(rooms.setups.place(guild, id_), name) if value is None else value
    return bool(rooms.setups.change_place(guild, id_, name, new, seen=seen, actor=asker.member))


def _guild(asker: Asker) -> GuildId:
    needs_manager(asker)
    if asker.actor.guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    return asker.actor.guild


def _is_apart(place: Place) -> bool:
    return place != Place(revision=place.revision)


def _that_matter(told: Sequence[Access], setup: Setup) -> list[Access]:
    return [access for access in told if not setup.channels or access.channel in setup.channels]
