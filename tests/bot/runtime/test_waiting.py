"""What a member sees while the whole bot and an engine make their pictures, or the engine is still loading."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot import runtime
from bot.cli.run import Everywhere
from bot.sandbox import Sandbox, serve
from bot.sandbox.client import Member
from tests.bot.bots import place_of
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment
from tests.bot.runtime.whole import PHOTOS, running, say

pytestmark = pytest.mark.asyncio


async def test_a_picture_is_seen_half_way_by_its_member_alone_and_then_by_all(tmp_path: Path) -> None:
    box = Sandbox()
    async with (
        serve(box) as url,
        Member.connect(url, "ana") as ana,
        Member.connect(url, "ben") as ben,
        running(tmp_path, url, STEP_S=2.5),
    ):
        answer = await say(ana, "imagine", prompt="a cup", count=2)
        half = await ana.wait_for(lambda one: one.id == answer.id and "66 %" in one.text and bool(one.files), 20)
        seen_by_ben = await ben.read("general")
        grid = await ana.wait_for(lambda one: "Enlarge 2" in one.text, 20)
        over = await ana.wait_for(lambda one: one.id == answer.id and "are drawn" in one.text, 10)

    assert half.is_ephemeral
    assert half.alt_texts == ["Half way to: a cup"]
    assert [one for one in seen_by_ben if one.files] == []
    assert not grid.is_ephemeral
    assert over.buttons == []
    assert box.ledger.violations == []


async def test_after_a_restart_nobody_is_told_that_the_engine_sleeps_while_it_loads(tmp_path: Path) -> None:
    async with serve(Sandbox()) as url, Member.connect(url, "ana") as ana:
        async with running(tmp_path, url):
            pass
        told: list[str] = []
        stop = asyncio.Event()
        engine = runtime.EngineOf(command=COMMAND, environ=fake_environment(LOAD_S=60), patience=QUICK)
        place = place_of(tmp_path, f"{url}/api/v10", Everywhere())
        bot = asyncio.create_task(runtime.serve(place, engine, stop, told.append))
        try:
            async with asyncio.timeout(30):
                while not any("Logged in" in line for line in told):
                    await asyncio.sleep(0.02)
            report = await say(ana, "train", word="ana-dog", kind="animal", **PHOTOS)
            queued = await ana.press(report, "Train")
            privacy = await say(ana, "privacy")
        finally:
            stop.set()
            await asyncio.wait_for(bot, 15)

    assert not any("awake" in line for line in told)
    assert "is queued" in queued.text or "queue" in queued.text
    assert "not known while the engine is asleep" in privacy.text
