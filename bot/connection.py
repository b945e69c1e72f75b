"""The way to Discord: logging in until it works, finding the gateway, and saying what to do when the door is shut."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot import mail, texts
from bot.client import Tintype
from bot.studio import NEEDED
from storage.env import Secret
from storage.errors import TintypeError

log = logging.getLogger(__name__)

FIRST_LOGIN_S, MOST_LOGIN_S = 2.0, 60.0  # between two tries while Discord cannot be reached
GIVE_UP_S = 0.5  # for a login under way when Tintype is stopped
INVITED_WITH = (*NEEDED, "send_messages_in_threads")
SCOPES = ("bot", "applications.commands")
DISALLOWED_INTENTS = 4014  # of the gateway's close codes, the one that discord.py has an error of its own for
CLOSED_FOR_GOOD = {4004: "E_TOKEN", 4013: "E_INTENTS"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a Tintype lives and whom it serves."""

    data_dir: Path
    master_key_file: Path
    api_url: str  #: REST root with version
    discord_token: Secret
    guilds: frozenset[int]
    owners: frozenset[int]
    takes_photos: bool = True
    is_invited: bool = True  #: servers' owners must be given a link; on the stand-in it is everywhere already


async def logged_in(make: Callable[[], Tintype], place: Place, stop: asyncio.Event, say: Say) -> Tintype | None:
    """A client that Discord knows; made and tried anew while Discord cannot be reached. None when we are stopped.

    Raises: TintypeError E_TOKEN.
    """
    pause_s = FIRST_LOGIN_S
    while not stop.is_set():
        client = make()
        try:
            return client if await _unless(stop, _log_in(client, place.discord_token)) else None
        except discord.LoginFailure as error:
            raise TintypeError("E_TOKEN") from error
        except (*mail.PASSING, discord.HTTPException, discord.GatewayNotFound) as error:
            if not mail.is_passing(error) and not isinstance(error, discord.GatewayNotFound):
                raise
            log.warning("Discord cannot be reached: %s", error)
            say(texts.say("run-unreachable", url=place.api_url, wait=round(pause_s)))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await stop.wait()
        pause_s = min(pause_s * 2, MOST_LOGIN_S)
    return None


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Whether the work came to its end before we were to stop; otherwise it is given up, and waited for a while.

    Raises: what the work raises.
    """
    stopped, working = asyncio.create_task(stop.wait()), asyncio.create_task(work)
    try:
        await asyncio.wait([stopped, working], return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
            return True
        working.cancel()
        await asyncio.wait([working], timeout=GIVE_UP_S)
        return False
    finally:
        stopped.cancel()
        working.cancel()


async def _log_in(client: Tintype, discord_token: Secret) -> None:
    """Log in and ask where the gateway is, which discord.py itself takes for granted."""
    try:
        await client.login(discord_token.reveal())
        _, url, _ = await client.http.get_bot_gateway()
    except BaseException:
        await client.close()
        raise
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)


@contextmanager
def advising() -> Iterator[None]:
    """Say what to do when Discord ends the connection for good.

    Raises: TintypeError E_TOKEN, E_INTENTS, E_GATEWAY.
    """
    try:
        yield
    except discord.PrivilegedIntentsRequired as error:
        raise TintypeError("E_INTENTS", number=str(DISALLOWED_INTENTS)) from error
    except discord.ConnectionClosed as error:
        raise TintypeError(CLOSED_FOR_GOOD.get(error.code, "E_GATEWAY"), number=str(error.code)) from error


def invite(client: discord.Client) -> str:
    """The URL that asks a server's owner for what is used, and nothing else."""
    permissions = discord.Permissions(**dict.fromkeys(INVITED_WITH, True))
    return discord.utils.oauth_url(client.application_id or 0, permissions=permissions, scopes=SCOPES)


@asynccontextmanager
async def talking_to(api_url: str) -> AsyncIterator[None]:
    """Point discord.py at this implementation of Discord's API, for as long as the block lasts."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = api_url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
