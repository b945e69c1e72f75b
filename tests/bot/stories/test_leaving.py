"""The story of a member who leaves, and its page in docs/stories."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from storage.backup import DATABASE
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import Telling, story

pytestmark = pytest.mark.asyncio
MONTH_S = 31 * 86400.0
ROUNDS_S = 0.2


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def left(tale: Telling, who: Member) -> None:
    """They leave the server, as a member does in Discord; nobody tells the bot."""
    async with who._session.delete(f"{tale.url}/sandbox/members/{who.name}") as answer:
        assert answer.status == 200


async def noticed(data: Path) -> None:
    """Until the bot's round has found out who is not there."""
    known = sqlite3.connect(f"file:{data / 'data' / DATABASE}?mode=ro", uri=True)
    async with asyncio.timeout(20):
        while not known.execute("select 1 from absences where left_at is not null").fetchone():
            await asyncio.sleep(0.05)
    known.close()


async def at_home(tale: Telling, ana: Member, ben: Member) -> Message:
    tale.tell("Ana has taught a word and shares it with the server. Ben draws with it.")
    report = card(await ana.command("train", word="ana-dog", kind="animal", **PHOTOS))
    await ana.press(report, "Train")
    await ana.wait_for(lambda one: "<ana-dog> is learned" in one.text)
    await tale.types(ana, "words share", word="ana-dog", also={"with": "server"})
    await ben.command("imagine", prompt="<ana-dog> on the beach", count=1, seed=7)
    grid = await tale.sees(ben, "Words: <ana-dog> by Ana")
    await ana.command("imagine", prompt="<ana-dog> in the snow", count=1, seed=7)
    await ana.wait_for(lambda one: "in the snow" in one.text and "Enlarge 1" in one.text)
    return grid


async def gone(tale: Telling, ana: Member, ben: Member, data: Path) -> None:
    tale.tell("Ana leaves the server. The bot is not told of it, and dies besides. What she shared stays for now.")
    await left(tale, ana)
    await tale.killed(STEP_S=0.01, ROUNDS_S=ROUNDS_S)
    await noticed(data)
    await tale.types(ben, "imagine", prompt="<ana-dog> at the sea", count=1, seed=7)
    await ben.wait_for(lambda one: "at the sea" in one.text and "Enlarge 1" in one.text)
    tale.tell("In direct messages the bot still answers Ana: what is hers she can take along, or have deleted.")
    await tale.types(ana, "words mine", channel="dm")
    await tale.types(ana, "mydata", channel="dm")


async def a_month_later(tale: Telling, ana: Member, ben: Member, mia: Member, grid: Message) -> None:
    tale.tell(
        "A month goes by. She has not come back, so what she had here is deleted; what others made with it stays."
    )
    tale.box.advance(MONTH_S)
    await tale.killed(STEP_S=0.01, ROUNDS_S=ROUNDS_S, AHEAD_S=MONTH_S)
    async with asyncio.timeout(30):
        while "a member who left deleted" not in card(await mia.command("studio audit")).text:
            await asyncio.sleep(0.2)
    await tale.types(ben, "imagine", prompt="<ana-dog> on the beach")
    await tale.presses(ben, grid, "Recipe")
    await tale.presses(ben, grid, "Again")
    await tale.types(ana, "words mine", channel="dm")
    tale.tell("Whoever manages the server reads how much went.")
    await tale.types(mia, "studio audit")


async def test_what_a_member_had_goes_a_month_after_they_left(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "leaving", "A member leaves", STEP_S=0.01) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "mia", is_manager=True) as mia,
    ):
        grid = await at_home(tale, ana, ben)
        await gone(tale, ana, ben, tmp_path)
        await a_month_later(tale, ana, ben, mia, grid)
