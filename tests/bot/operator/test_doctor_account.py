from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bot.doctor import Finding, Level, account
from bot.sandbox import Sandbox
from bot.settings import BotSettings
from storage.env import Secret
from tests.storage.clocks import HandClock

pytestmark = pytest.mark.asyncio

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE." + "x" * 38


async def account_of(settings: BotSettings, box: Sandbox) -> dict[str, Finding]:
    return {finding.check: finding async for finding in account.account(settings, box.clock)}


async def test_a_bot_that_can_do_what_it_needs_is_well(settings: BotSettings, box: Sandbox) -> None:
    found = await account_of(settings, box)

    assert {check: finding.level for check, finding in found.items()} == dict.fromkeys(
        ("clock", "discord", "logins", "servers"), Level.OK
    )
    assert "tintype" in found["discord"].text


async def test_a_token_that_discord_refuses_is_told_with_where_to_get_another(
    settings: BotSettings, box: Sandbox
) -> None:
    found = await account_of(replace(settings, discord_token=Secret("wrong")), box)

    assert found["discord"].key == "doctor-discord-refused"
    assert "Reset Token" in found["discord"].text
    assert "servers" not in found


async def test_permissions_that_a_server_did_not_grant_are_named(settings: BotSettings, box: Sandbox) -> None:
    next(iter(box.guilds.values())).permissions &= ~(1 << 15 | 1 << 16)

    found = (await account_of(settings, box))["servers"]

    assert found.level is Level.FAIL
    assert found.facts["lacking"] == ["attach files", "read message history"]


async def test_threads_that_it_may_not_write_in_are_a_warning(settings: BotSettings, box: Sandbox) -> None:
    next(iter(box.guilds.values())).permissions &= ~(1 << 38)

    found = (await account_of(settings, box))["servers"]

    assert (found.level, found.key) == (Level.WARN, "doctor-servers-threads")


async def test_an_administrator_lacks_nothing(settings: BotSettings, box: Sandbox) -> None:
    next(iter(box.guilds.values())).permissions = 1 << 3

    assert (await account_of(settings, box))["servers"].level is Level.OK


async def test_a_bot_on_no_server_is_told_of_the_invite(settings: BotSettings, box: Sandbox) -> None:
    next(iter(box.guilds.values())).has_bot = False

    assert (await account_of(settings, box))["servers"].key == "doctor-servers-none"


@pytest.mark.parametrize(("seconds", "key"), [(400, "doctor-clock-ahead"), (-400, "doctor-clock-behind")])
async def test_a_wrong_clock_is_seen(settings: BotSettings, seconds: float, key: str, clock: HandClock) -> None:
    clock.date = time.time() + seconds

    found = {finding.check: finding async for finding in account.account(settings, clock)}

    assert found["clock"].key == key
    assert abs(found["clock"].facts["seconds"] - 400) < 5


async def test_an_api_that_cannot_be_reached_is_told(settings: BotSettings, box: Sandbox) -> None:
    found = await account_of(replace(settings, discord_api_url="http://127.0.0.1:1/api/v10"), box)

    assert found["discord"].key == "doctor-discord-away"


async def test_few_logins_left_are_a_warning(settings: BotSettings, box: Sandbox) -> None:
    box.sessions.identifies = 980

    assert (await account_of(settings, box))["logins"].level is Level.WARN


@pytest.mark.parametrize(
    ("token", "key"),
    [
        ("", "doctor-token-none"),
        (TOKEN, "doctor-token-ok"),
        ("Bot " + TOKEN, "doctor-token-form"),
        ("my client secret", "doctor-token-form"),
        ("YWJjZGVmZ2hpamtsbW5vcHFy.GabcdE." + "x" * 38, "doctor-token-form"),
    ],
)
async def test_a_token_is_known_by_its_form(token: str, key: str) -> None:
    (found,) = account.token(BotSettings.from_env({"DISCORD_TOKEN": token}))

    assert found.key == key
