"""What a member has before them goes on working when the bot was away, or is busy."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.studio import SOON_S
from tests.bot.commands.stage import Stage, custom_id_of, photo, photos, shown

pytestmark = pytest.mark.asyncio


async def test_a_form_sent_after_a_restart_loses_no_photo(idle: Stage) -> None:
    async with idle.running():
        form = await idle.ana.command("train", word="ana-dog")
    async with idle.running():
        files = [(f"{n}.png", photo(n)) for n in range(6)]
        card = shown(await idle.ana.submit(form, {"word": "ana-dog", "kind": "animal"}, {"photos": files}))

    assert "6 usable photos" in card.body


async def test_report_card_and_grid_work_after_a_restart(idle: Stage) -> None:
    async with idle.running():
        await idle.taught()
        grid = await idle.grid()
        report = await idle.report(5, word="ana-cup")
    async with idle.running():
        varied = shown(await idle.ana.press(grid, "Vary 1"))
        queued = shown(await idle.ana.press(report, "Train"))

    assert "queued" in varied.body
    assert "<ana-cup> is queued" in queued.body


@asynccontextmanager
async def busy_store(stage: Stage) -> AsyncIterator[None]:
    """The store's one thread has something long to do."""
    done = threading.Event()
    work = asyncio.create_task(stage.run(lambda _: done.wait(30)))
    await asyncio.sleep(0.05)
    try:
        yield
    finally:
        done.set()
        await work


async def test_every_command_is_acknowledged_before_anything_slow_is_done(stage: Stage) -> None:
    deeds = [
        stage.ana.command("train", **photos(3)), stage.ana.command("imagine", prompt="a cup"),
        stage.ana.command("words mine"), stage.ana.command("words card", word="x"), stage.ana.command("queue"),
        stage.ana.command("words rename", word="x", name="yyy"), stage.ana.command("words delete", word="x"),
        stage.ana.command("words export", word="x"), stage.ana.command("show"), stage.ana.command("show", public=True),
        stage.ana.command("mydata"), stage.ana.command("forget"), stage.ana.command("help"),
        stage.ana.command("privacy"), stage.ben.command("train", method="lora"),
    ]  # fmt: skip

    async with busy_store(stage):
        answering = [asyncio.create_task(deed) for deed in deeds]
        while len(stage.box.ledger.acks_s) < len(deeds):
            await asyncio.sleep(0.01)
    answers = await asyncio.gather(*answering)

    assert max(stage.box.ledger.acks_s) < SOON_S
    assert all("too long" not in str(getattr(answer, "text", "")) for answer in answers)


async def test_a_form_that_needs_a_look_up_says_in_time_that_it_takes_too_long(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid()
    report = await stage.report(5, word="ana-cup")
    concept = await stage.concept("ana-dog")
    assert concept is not None
    presses = [custom_id_of(grid, "edit"), *(custom_id_of(report, verb) for verb in ("add", "word"))]
    presses += [f"t1:try:{concept.id}", f"t1:relearn:{concept.id}"]

    async with busy_store(stage):
        told = await asyncio.gather(*(stage.forge(stage.ana, one) for one in presses))
        completed = await stage.ana.complete("imagine", prompt="<")

    assert all("this took too long" in one for one in told)
    assert completed == []
    assert stage.box.ledger.latencies()["max"] < 3.0
