"""The main job as a member sees it, with a bot that is stopped and started in between."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, serve
from bot.sandbox.client import Member
from storage.errors import TintypeError
from tests.bot import mentions
from tests.bot.runtime.whole import learned, press, running, say

pytestmark = pytest.mark.asyncio


@pytest.fixture
def box() -> Sandbox:
    return Sandbox()


@pytest_asyncio.fixture
async def url(box: Sandbox, tmp_path: Path) -> AsyncIterator[str]:
    async with serve(box) as root:
        yield root
    assert box.ledger.violations == []
    assert mentions.of_others_in(box, tmp_path) == []


async def test_photos_become_a_word_and_the_word_pictures_whose_buttons_outlive_the_bot(
    box: Sandbox, url: str, tmp_path: Path
) -> None:
    async with Member.connect(url, "ana") as ana:
        async with running(tmp_path, url, STEP_S=0.25):
            result = await learned(ana)
            cards = [one for one in ana.messages.values() if not one.is_ephemeral]
            live = next(one for one in cards if one.id != result.id)
            shown = next(message for message in box.messages.values() if str(message.id) == live.id)
            assert any("Step" in str(edit) and "loss" in str(edit) for edit in shown.edits)
            assert [file.name.rpartition("-")[2] for file in result.files] == ["sheet.png", "curve.png"]
            await ana.wait_for(lambda one: one.id == live.id and "the result is below" in one.text, 10)
            assert ana.newest(live).buttons == []

            await say(ana, "imagine", prompt="<ana-dog> on the beach", count=4, seed=7)
            grid = await ana.wait_for(lambda one: "Enlarge 4" in one.text, 20)

        async with running(tmp_path, url):
            await press(ana, grid, "Vary 2 (subtle)")
            varied = await ana.wait_for(lambda one: "a variation" in one.text, 20)
            recipe = await press(ana, varied, "Recipe")
            modal = await ana.press(result, "Try it")

        assert "seed 7" in grid.text
        assert "<ana-dog" in recipe.text.replace("\\", "")
        assert modal.raw["title"].startswith("Try")
        finals = [one for one in box.messages.values() if one.nonce and one.visible_to is None and one.nonce[0] != "c"]
        assert len(finals) == 3


async def test_a_persons_photos_and_samples_are_shown_to_nobody_else(box: Sandbox, url: str, tmp_path: Path) -> None:
    async with Member.connect(url, "ana") as ana, Member.connect(url, "ben") as ben, running(tmp_path, url, STEP_S=0.1):
        result = await learned(ana, "ana-me", "person")

        mine = await press(ana, result, "Show me")

        assert mine.is_ephemeral
        assert len(mine.files) == 2
        seen = await ben.read("general")
        assert seen
        assert [file for message in seen for file in message.files] == []


async def test_a_job_cancelled_by_its_owner_is_told_once_and_its_card_is_closed(
    box: Sandbox, url: str, tmp_path: Path
) -> None:
    async with Member.connect(url, "ana") as ana, running(tmp_path, url, STEP_S=0.5):
        training = asyncio.create_task(learned(ana))
        live = await ana.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral, 30)
        training.cancel()
        await press(ana, live, "Cancel")

        final = await ana.wait_for(lambda one: "was cancelled" in one.text and not one.is_ephemeral, 20)
        closed = await ana.wait_for(lambda one: one.id == live.id and not one.buttons, 20)

        assert final.id != live.id
        assert "cancelled" in closed.text


async def test_a_result_whose_channel_is_gone_reaches_the_member_alone(box: Sandbox, url: str, tmp_path: Path) -> None:
    async with Member.connect(url, "ana") as ana:
        async with running(tmp_path, url, LOAD_S=0.3, STEP_S=0.3) as _:
            await say(ana, "imagine", prompt="a dog", count=1)
            channel = next(one for one in box.channels.values() if one.name == "general")
            del box.channels[channel.id]

            alone = await ana.wait_for(lambda one: "Enlarge 1" in one.text, 30)

        assert alone.channel_id != str(channel.id)


@pytest.mark.parametrize(
    "fault",
    [{"action": "status", "status": 503}, {"action": "drop", "has_effect": True}, {"action": "drop", "times": 3}],
    ids=["an outage", "a reset after the message was made", "resets before"],
)
async def test_an_outage_delays_a_message_and_never_doubles_it(
    box: Sandbox, url: str, tmp_path: Path, fault: dict[str, object]
) -> None:
    async with Member.connect(url, "ana") as ana, running(tmp_path, url, STEP_S=0.01):
        box.faults.add({"method": "POST", "path": "/channels/.*", **fault})
        await say(ana, "imagine", prompt="a dog", count=1)

        await ana.wait_for(lambda one: "Enlarge 1" in one.text, 30)
        await asyncio.sleep(3.0)

        assert sum(message.nonce is not None for message in box.messages.values()) == 1


async def test_a_message_made_an_hour_before_the_crash_is_found_again(box: Sandbox, url: str, tmp_path: Path) -> None:
    async with Member.connect(url, "ana") as ana:
        async with running(tmp_path, url):
            await say(ana, "imagine", prompt="a dog", count=1)
            await ana.wait_for(lambda one: "Enlarge 1" in one.text, 30)
        forget_that_it_was_sent(tmp_path)
        box.advance(3600)
        made = next(one for one in box.messages.values() if one.nonce)
        made.nonce = None

        async with running(tmp_path, url):
            await asyncio.sleep(1.0)

        assert sum("enlarge" in str(one.components) for one in box.messages.values()) == 1
        assert unsent(tmp_path) == 0


def forget_that_it_was_sent(data: Path) -> None:
    with sqlite3.connect(data / "tintype.db") as db:
        db.execute("update outbox set sent_at = null, message = null, tries = 1")
    db.close()


def unsent(data: Path) -> int:
    with sqlite3.connect(data / "tintype.db") as db:
        count = db.execute("select count(*) from outbox where sent_at is null").fetchone()[0]
    db.close()
    return int(count)


async def test_a_live_card_is_taken_up_again_after_a_restart(box: Sandbox, url: str, tmp_path: Path) -> None:
    async with Member.connect(url, "ana") as ana:
        async with running(tmp_path, url, STEP_S=0.3):
            training = asyncio.create_task(learned(ana))
            live = await ana.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral, 30)
        async with running(tmp_path, url, STEP_S=0.02):
            result = await training
            await ana.wait_for(lambda one: one.id == live.id and not one.buttons, 20)

        assert {one.id for one in ana.messages.values() if not one.is_ephemeral} == {live.id, result.id}


async def test_a_persons_pictures_never_appear_in_an_adult_channel(box: Sandbox, url: str, tmp_path: Path) -> None:
    async with Member.connect(url, "ana") as ana, running(tmp_path, url, STEP_S=0.3) as whole:
        await learned(ana, "ana-me", "person")
        channel = next(one for one in box.channels.values() if one.name == "general")
        await say(ana, "imagine", prompt="<ana-me> on the beach", count=1)
        async with asyncio.timeout(10):
            while not [*(tmp_path / "run").glob("*/attempt.json")]:  # it is being drawn
                await asyncio.sleep(0.02)
        async with ana._session.patch(f"{url}/sandbox/channels/general", json={"is_nsfw": True}) as answer:
            assert answer.status == 200

        grid = await ana.wait_for(lambda one: "Enlarge 1" in one.text, 20)

        assert grid.channel_id != str(channel.id)
        assert not whole.task.done()


@pytest.mark.parametrize(("code", "told"), [(4004, "E_TOKEN"), (4014, "E_INTENTS")])
async def test_a_connection_that_discord_closes_for_good_ends_the_bot_with_advice(
    url: str, tmp_path: Path, code: int, told: str
) -> None:
    async with Member.connect(url, "ana") as ana:
        with pytest.raises(TintypeError, match=told):
            async with running(tmp_path, url) as whole:
                await say(ana, "queue")
                async with ana._session.post(f"{url}/sandbox/gateway", json={"close": code}) as answer:
                    assert answer.status == 200
                await asyncio.wait([whole.task], timeout=20)
