"""What the bot itself may do in a server's channels; the fix is named where it may not do enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot import texts
from bot.menus import ROOMS
from bot.studio import NEEDED

IN_THREADS = "send_messages_in_threads"  # only for what is asked for in a thread
Channel = discord.abc.GuildChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the bot lacks in one channel, as `discord.Permissions` calls it."""

    channel: int
    lacking: Sequence[str]

    @property
    def is_enough(self) -> bool:
        """Whether cards can be posted there; threads are not needed for that."""
        return not set(self.lacking) - {IN_THREADS}


def access_to(channel: Channel, here: discord.Interaction | None = None) -> Access:
    """What the bot may do in a channel: as the interaction says if it comes from there, else by the channel's rules."""
    if here is not None and here.channel_id == channel.id:
        granted = here.app_permissions
    else:
        granted = channel.permissions_for(channel.guild.me)
    lacking = [] if granted.administrator else [name for name in (*NEEDED, IN_THREADS) if not getattr(granted, name)]
    return Access(channel=channel.id, lacking=lacking)


def accesses(interaction: discord.Interaction) -> list[Access]:
    """Of all channels of a server in which commands can be used, in their order there."""
    guild = interaction.guild
    if guild is None:
        return []
    rooms = sorted((one for one in guild.channels if one.type in ROOMS), key=lambda one: (one.position, one.id))
    return [access_to(room, interaction) for room in rooms]


def named(lacking: Sequence[str]) -> list[str]:
    """Permissions as Discord's settings call them."""
    return [texts.say(f"permission-{name}") for name in lacking]
