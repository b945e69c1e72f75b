"""Who is a member of a server now, asked of Discord: the bot is not told when somebody comes or goes."""

from __future__ import annotations

import discord

from bot.mail import PASSING
from storage.errors import TintypeError
from storage.records import GuildId, MemberId


async def member_of(client: discord.Client, guild: GuildId, member: MemberId) -> discord.Member | None:
    """The member of a server; None when they, or the bot, are not in it.

    Raises: TintypeError(E_DISCORD_AWAY) when Discord does not say.
    """
    server = client.get_guild(guild)
    if server is None:
        return None
    try:
        return await server.fetch_member(member)
    except (discord.NotFound, discord.Forbidden):
        return None
    except (discord.HTTPException, *PASSING) as error:
        raise TintypeError("E_DISCORD_AWAY") from error
