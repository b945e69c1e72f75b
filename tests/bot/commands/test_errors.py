"""What goes wrong becomes a sentence for the member or a line in the log: never both, never neither."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot.studio import INTAKES
from storage.database import rows
from storage.errors import TintypeError
from storage.records import GuildId
from tests.bot.commands.stage import QuickInspector, Stage, shown

pytestmark = pytest.mark.asyncio


class BrokenInspector(QuickInspector):
    async def inspect_photo(self, data: bytes, name: str, *, size_px: int) -> Any:
        raise RuntimeError("secret path /home/x")


async def test_what_nobody_foresaw_is_told_by_a_number_that_is_also_logged(
    idle: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    idle.inspect = BrokenInspector()
    async with idle.running():
        answer = await idle.report(3)

    number = re.search(r"number `([0-9a-f]{6})`", answer.body)
    assert number
    assert number[1] in caplog.text
    assert "secret" not in answer.text


class BreakingInspector(QuickInspector):
    async def inspect_photo(self, data: bytes, name: str, *, size_px: int) -> Any:
        if name == "dog-5.png":
            raise RuntimeError
        return await super().inspect_photo(data, name, size_px=size_px)


async def test_photos_that_were_taken_in_before_something_broke_are_kept(idle: Stage) -> None:
    idle.inspect = BreakingInspector()
    async with idle.running():
        await idle.report(5)

        assert "4 usable photos" in shown(await idle.ana.command("show")).body


class CountingInspector(QuickInspector):
    def __init__(self) -> None:
        self.now, self.most, self.go_on = 0, 0, asyncio.Event()

    async def inspect_photo(self, data: bytes, name: str, *, size_px: int) -> Any:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.go_on.wait()
        self.now -= 1
        return await super().inspect_photo(data, name, size_px=size_px)


async def test_not_more_uploads_than_memory_holds_are_taken_in_at_once(idle: Stage) -> None:
    idle.inspect = CountingInspector()
    async with idle.running():
        answers = [asyncio.create_task(idle.report(1, word=f"dog-{n}")) for n in range(INTAKES + 2)]
        while idle.inspect.now < INTAKES:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        idle.inspect.go_on.set()
        cards = [await answer for answer in answers]

    assert idle.inspect.most == INTAKES
    assert all("one usable photo" in card.body.lower() for card in cards)


async def test_a_command_that_the_app_still_knows_and_we_do_not_asks_to_reload(stage: Stage) -> None:
    stage.bot.tree.remove_command("help")

    assert "Reload Discord" in shown(await stage.ana.command("help")).body


async def test_an_interaction_delivered_twice_makes_one_job(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    await stage.ana.command("imagine", prompt="a cup")
    stage.box.sessions.again()
    await stage.ana.command("imagine", prompt="a mug")
    await stage.forge(stage.ana, f"t1:cancel:{(await stage.job()).id}")
    stage.box.sessions.again()
    await stage.ana.command("queue")

    assert [job.request["prompt"] for job in await stage.jobs()] == ["a mug", "a cup"]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_answer_that_comes_too_late_for_discord_is_no_error(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    stage.box.faults.add({"action": "delay", "seconds": 0.3, "method": "POST", "path": "/interactions/.*", "times": 1})
    asking = asyncio.create_task(stage.ana.command("help"))
    while not stage.box.interactions:
        await asyncio.sleep(0)
    stage.box.advance(3.1)

    with pytest.raises(Exception, match="did not respond"):
        await asking
    while "was over before its answer" not in caplog.text:
        await asyncio.sleep(0.01)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_full_disk_is_told_and_nothing_is_lost(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise TintypeError("E_DISK_FULL", folder="")

    card = await stage.report(3)
    with monkeypatch.context() as patch:
        await stage.run(lambda rooms: patch.setattr(rooms.vault, "put", full))
        form = await stage.ana.press(card, "Add photos")
        answer = shown(await stage.ana.submit(form, {}, {"photos": [("more.png", b"\x89PNG 9")]}))

    assert "The disk of this Tintype is full" in answer.text
    assert "3 usable photos" in shown(await stage.ana.command("show")).body


async def test_below_the_floor_nothing_new_is_taken_and_all_else_works(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.taught()
    grid = await stage.grid()
    card = await stage.report(3, word="ana-cup")
    monkeypatch.setattr("storage.disk.free_bytes", lambda folder: 10**9)

    form = await stage.ana.press(card, "Add photos")
    refused = [
        shown(await stage.ana.submit(form, {}, {"photos": [("more.png", b"\x89PNG 9")]})),
        shown(await stage.ana.press(card, "Train")),
        shown(await stage.ana.command("imagine", prompt="a dog")),
        shown(await stage.ana.press(grid, "Again")),
    ]
    still = [shown(await stage.ana.command(name)).body for name in ("show", "words mine", "queue")]

    assert all("nearly full (1,000 MB free, 2,000 MB are needed)" in one.text for one in refused)
    assert "3 usable photos" in still[0]
    assert "ana-dog" in still[1]
    assert len(await stage.jobs()) == 2


async def test_a_server_that_took_the_bot_out_is_noted_and_an_outage_is_not(stage: Stage) -> None:
    async def left() -> object:
        return (await stage.run(lambda rooms: rows(rooms.db, "select left_at from guilds")))[0]["left_at"]

    guild = {"id": str(stage.guild)}
    stage.box.sessions.dispatch("GUILD_DELETE", guild | {"unavailable": True}, 1)
    await stage.ana.command("help")
    during_an_outage = await left()
    stage.box.sessions.dispatch("GUILD_DELETE", guild, 1)
    while await left() is None:
        await asyncio.sleep(0.01)

    assert during_an_outage is None


async def test_a_server_that_took_the_bot_out_while_it_was_away_is_noted_at_the_start(idle: Stage) -> None:
    await idle.run(lambda rooms: rooms.guilds.joined(GuildId(7)))
    async with idle.running():
        while await idle.run(lambda rooms: rooms.guilds.waiting()):
            await asyncio.sleep(0.01)

    assert await idle.run(lambda rooms: rooms.guilds.allowed()) == [idle.guild]


async def test_members_that_could_not_be_written_down_are_noted_when_they_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise TintypeError("E_DISK_FULL", folder="")

    async def is_known() -> bool:
        await stage.bot.studio.door.settle()
        return bool(
            await stage.run(
                lambda rooms: rows(rooms.db, "select 1 from members where id = :id", id=stage.id_of(stage.ben))
            )
        )

    with monkeypatch.context() as patch:
        patch.setattr("bot.doorman.transaction", full)
        first = shown(await stage.ben.command("help"))
        known_then = await is_known()
    await stage.ben.command("help")

    assert "`/train`" in first.body
    assert not known_then
    assert "could not be written down" in caplog.text
    assert await is_known()
