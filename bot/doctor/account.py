"""The bot's account at Discord: its token, the clock on the wall, and what it may do on each server."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import discord

from bot.doctor.findings import Finding, fail, ok, warn
from bot.settings import BotSettings
from bot.studio import NEEDED
from storage.clock import Clock

TOKEN = re.compile(r"([\w-]{18,})\.[\w-]{6,}\.[\w-]{25,}")
WAIT_S = 15.0
SKEW_S = 30.0  # Discord's signed addresses and our consents carry times
IDENTIFIES = 50  # of a thousand a day; at none left Discord resets the token
UNAUTHORISED = 401


def token(settings: BotSettings) -> list[Finding]:
    """Whether there is one, and whether it looks like one."""
    if not settings.discord_token:
        return [warn("token", "doctor-token-none")]
    if settings.is_elsewhere or _looks_like_one(settings.discord_token.reveal()):
        return [ok("token", "doctor-token-ok")]
    return [fail("token", "doctor-token-form")]


def _looks_like_one(text: str) -> bool:
    """Three parts, the first of which is the bot's id in base64."""
    found = TOKEN.fullmatch(text)
    if not found:
        return False
    try:
        return base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4)).isdigit()
    except binascii.Error:
        return False


async def account(settings: BotSettings, clock: Clock) -> AsyncIterator[Finding]:
    """Log in, and look around; without a token nothing is asked."""
    if not settings.discord_token:
        return
    headers = {
        "Authorization": f"Bot {settings.discord_token.reveal()}",
        "User-Agent": f"DiscordBot (https://github.com/Rapptz/discord.py {discord.__version__})",
    }
    timeout = aiohttp.ClientTimeout(total=WAIT_S)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            async for finding in _looked(session, settings.discord_api_url, clock):
                yield finding
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        yield fail("discord", "doctor-discord-away", url=settings.discord_api_url, reason=_reason(error))


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


async def _looked(session: aiohttp.ClientSession, root: str, clock: Clock) -> AsyncIterator[Finding]:
    async with session.get(f"{root}/users/@me") as answer:
        date = answer.headers.get("Date")
        if date:
            yield _skew(clock.now() - parsedate_to_datetime(date).timestamp())
        if answer.status == UNAUTHORISED:
            yield fail("discord", "doctor-discord-refused")
            return
        answer.raise_for_status()
        me = await answer.json()
    yield ok("discord", "doctor-discord-ok", name=str(me["username"]))
    yield _identifies(await _got(session, f"{root}/gateway/bot"))
    for finding in _servers(await _got(session, f"{root}/users/@me/guilds"), str(me["id"])):
        yield finding


async def _got(session: aiohttp.ClientSession, url: str) -> Any:
    async with session.get(url, raise_for_status=True) as answer:
        return await answer.json()


def _skew(seconds: float) -> Finding:
    """`seconds` that this machine is ahead."""
    if abs(seconds) > SKEW_S:
        key = "doctor-clock-ahead" if seconds > 0 else "doctor-clock-behind"
        return warn("clock", key, seconds=round(abs(seconds)))
    return ok("clock", "doctor-clock-ok")


def _identifies(told: Any) -> Finding:
    limit = told["session_start_limit"]
    if limit["remaining"] < IDENTIFIES:
        return warn("logins", "doctor-logins-few", left=limit["remaining"], total=limit["total"])
    return ok("logins", "doctor-logins-ok", left=limit["remaining"], total=limit["total"])


def _servers(guilds: Any, bot_id: str) -> list[Finding]:
    """What the bot was granted on each; a channel can still take some of it away."""
    if not guilds:
        return [warn("servers", "doctor-servers-none")]
    return [_server(guild, bot_id) for guild in guilds]


def _server(guild: Any, bot_id: str) -> Finding:
    granted = discord.Permissions(int(guild["permissions"]))
    lacking = [name.replace("_", " ") for name in NEEDED if not getattr(granted, name)]
    facts = {"server": str(guild["name"]), "id": str(guild["id"])}
    if lacking and not granted.administrator:
        return fail("servers", "doctor-servers-lacking", lacking=lacking, **facts)
    if not (granted.send_messages_in_threads or granted.administrator):
        return warn("servers", "doctor-servers-threads", **facts)
    return ok("servers", "doctor-servers-ok", **facts)
