"""What the bot says by itself: final messages and live cards, beside deletions and beside what is broken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.outbox import Outbox
from bot.sandbox.routes_messages import READ_HISTORY
from bot.watcher import Watcher
from storage.clock import SystemClock
from storage.database import rows as change
from storage.notes import UNREADABLE
from storage.records import JobId
from tests.bot.commands.stage import Stage, custom_id_of, label_of, shown

pytestmark = pytest.mark.asyncio

SEND = {"action": "delay", "seconds": 0.3, "method": "POST", "path": "/channels/.*", "times": 1}


def outbox(stage: Stage) -> Outbox:
    return Outbox(stage.store, stage.bot, lambda: stage.facts, SystemClock())


def watcher(stage: Stage) -> Watcher:
    return Watcher(stage.store, stage.bot, lambda: stage.facts, SystemClock())


async def drawn(stage: Stage, prompt: str = "a dog") -> JobId:
    await stage.ana.command("imagine", prompt=prompt)
    job = await stage.job()
    await stage.draw(job)
    return job.id


async def delete_pictures(stage: Stage, job: JobId) -> None:
    await stage.forge(stage.ana, f"t1:delete:{job}")


async def forget_all(stage: Stage, _: JobId) -> None:
    question = shown(await stage.ana.command("forget"))
    await stage.forge(stage.ana, custom_id_of(question, "forget_all"))


async def shown_to_all(stage: Stage) -> list[str]:
    return [message.text for message in await stage.ben.read() if not message.is_ephemeral]


@pytest.mark.parametrize(("deletion", "left"), [(delete_pictures, ["These pictures were deleted."]), (forget_all, [])])
@pytest.mark.parametrize("is_final", [True, False], ids=["the final message", "/show to all"])
async def test_what_is_deleted_while_its_message_is_sent_does_not_stay_in_the_channel(
    stage: Stage, deletion: Callable[[Stage, JobId], Awaitable[None]], left: list[str], *, is_final: bool
) -> None:
    job = await drawn(stage)
    stage.box.faults.add(SEND)
    said = asyncio.create_task(outbox(stage).deliver() if is_final else stage.ana.command("show", job=job, public=True))
    await asyncio.sleep(0.1)

    await deletion(stage, job)
    await said

    assert await shown_to_all(stage) == left


async def break_jobs_of(stage: Stage, text: str) -> None:
    sql = "update jobs set request = '{}' where request like :like"
    await stage.run(lambda rooms: change(rooms.db, sql, like=f"%{text}%"))


async def test_a_job_that_cannot_be_told_silences_no_other_in_its_channel(stage: Stage) -> None:
    await drawn(stage, "a cat")
    await drawn(stage, "a dog")
    await break_jobs_of(stage, "a cat")

    pause_s = await outbox(stage).deliver()

    (message,) = await shown_to_all(stage)
    assert "a dog" in message
    assert 1.0 < pause_s <= 2.0


async def test_a_card_that_cannot_be_drawn_stops_no_other(stage: Stage) -> None:
    for word in ("ana-cat", "ana-dog"):
        report = await stage.report(word=word)
        await stage.ana.press(report, label_of(report, "train"))
    await break_jobs_of(stage, "ana-cat")

    await watcher(stage).look()

    (card,) = await shown_to_all(stage)
    assert "ana-dog" in card.replace("\\", "")


async def test_a_message_whose_sending_was_cut_off_is_found_again_in_a_busy_channel(stage: Stage) -> None:
    channel = stage.bot.get_partial_messageable(stage.channel())
    for n in range(210):
        await channel.send(str(n))
    await drawn(stage)
    letters = outbox(stage)
    stage.box.faults.add({"action": "drop", "has_effect": True, "method": "POST", "path": "/channels/.*", "times": 1})
    await letters.deliver()
    for message in stage.box.messages.values():
        message.nonce = None

    await asyncio.sleep(2.0)
    await letters.deliver()

    assert sum("Enlarge 1" in text for text in await shown_to_all(stage)) == 1
    assert await stage.run(lambda rooms: rooms.queue.unsent()) == []


async def test_a_channel_that_hangs_keeps_no_other_waiting(stage: Stage) -> None:
    await drawn(stage, "a cat")
    path = f"/channels/{stage.channel()}/messages"
    stage.box.faults.add({"action": "delay", "seconds": 30.0, "method": "POST", "path": path, "times": None})
    letters = outbox(stage)
    talking = asyncio.create_task(letters.run())
    try:
        for prompt in ("a dog", "a cup"):
            await stage.ana.command("imagine", prompt=prompt, channel="after-dark")
            await stage.draw(await stage.job())
            letters.wake()
            await stage.ana.wait_for(lambda one, prompt=prompt: prompt in one.text and not one.is_ephemeral, 5)
        async with asyncio.timeout(5):  # a member can see a message before the bot has noted that it is sent
            while len(await stage.run(lambda rooms: rooms.queue.unsent())) > 1:
                await asyncio.sleep(0.01)
    finally:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)

    (waiting,) = await stage.run(lambda rooms: rooms.queue.unsent())
    assert waiting.channel == stage.channel()


async def test_where_the_history_may_not_be_read_it_is_not_said_by_direct_message_too(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.FIRST_AGAIN_S", 0.01)
    await drawn(stage)
    letters = outbox(stage)
    stage.box.faults.add({"action": "drop", "has_effect": True, "method": "POST", "path": "/channels/.*", "times": 1})
    await letters.deliver()
    channel = stage.box.channels[stage.channel()]
    channel.permissions = stage.box.permissions_in(channel) & ~READ_HISTORY

    await asyncio.sleep(0.02)
    await letters.deliver()

    assert sum("Enlarge 1" in text for text in await shown_to_all(stage)) == 1
    assert [one for one in await stage.ana.read("dm") if "Enlarge 1" in one.text] == []
    assert await stage.run(lambda rooms: rooms.queue.unsent()) == []
    assert list(await stage.run(lambda rooms: rooms.notes.of(UNREADABLE))) == [str(stage.channel())]


async def test_that_one_was_blocked_is_read_by_that_member_alone(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup")
    await stage.run(lambda rooms: rooms.moderation.block(stage.guild, stage.id_of("ana"), stage.id_of("ben")))

    await outbox(stage).deliver()

    assert await shown_to_all(stage) == []
    (told,) = [one for one in await stage.ana.read("dm") if "Cancelled" in one.text]
    assert "The moderators of this server have blocked you from its studio" in told.body
