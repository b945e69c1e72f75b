"""The private answer of a member who waits for pictures, kept up to date."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.following import EDIT_S, IDLE_S, TOKEN_S, Following
from bot.outbox import Outbox
from bot.sandbox.client import Message
from storage.clock import SystemClock
from storage.records import Job, Progress
from tests.bot.commands.stage import PNG, Stage, shown
from tests.storage.clocks import HandClock

pytestmark = pytest.mark.asyncio


class Kept(Following):
    """With a clock that the test moves."""

    def __init__(self, stage: Stage) -> None:
        self.clock = HandClock()
        super().__init__(stage.store, lambda: stage.facts, self.clock)

    async def after_a_restart(self, stage: Stage) -> Kept:
        """The answers as the next run of the bot finds them."""
        kept = Kept(stage)
        kept._client = stage.bot
        await kept.restore()
        return kept

    async def later(self, seconds: float = EDIT_S) -> float:
        self.clock.pass_s(seconds)
        return await self.look()


@pytest_asyncio.fixture
async def following(stage: Stage) -> AsyncIterator[Kept]:
    kept = Kept(stage)
    stage.bot.studio.follow = kept.follow
    yield kept


async def asked(stage: Stage, prompt: str = "a cup") -> tuple[Message, Job]:
    return shown(await stage.ana.command("imagine", prompt=prompt)), await stage.job()


async def half_way(stage: Stage, job: Job) -> Job:
    started = await stage.start(job)
    progress = Progress(phase="imagine", done=10, total=20, seconds_left=5.0)
    preview = await stage.run(lambda rooms: rooms.vault.put(job.owner, PNG + b"half"))
    await stage.run(lambda rooms: rooms.queue.beat(job.id, started.attempt, 60.0, progress=progress, preview=preview))
    return started


async def said(stage: Stage) -> None:
    """The outbox says all that is to be said."""
    await Outbox(stage.store, stage.bot, lambda: stage.facts, SystemClock()).deliver()


def edits(stage: Stage, answer: Message) -> int:
    return len(stage.box.messages[int(answer.id)].edits)


async def now(stage: Stage, answer: Message, text: str) -> Message:
    return await stage.ana.wait_for(lambda message: message.id == answer.id and text in message.text, 5)


async def test_the_place_changes_while_others_are_drawn(stage: Stage, following: Kept) -> None:
    _, first = await asked(stage)
    answer, _ = await asked(stage)
    assert "Place 2 in the queue" in answer.text

    await stage.draw(first)
    await following.later()

    assert "Starting now" in (await now(stage, answer, "Starting now")).text


async def test_half_way_the_member_alone_sees_what_it_will_be(stage: Stage, following: Kept) -> None:
    answer, job = await asked(stage)
    await half_way(stage, job)
    await following.later()

    seen = await now(stage, answer, "50 %")

    assert seen.is_ephemeral
    assert "about 5 seconds left" in seen.text
    assert seen.alt_texts == ["Half way to: a cup"]
    assert await seen.files[0].read() == PNG + b"half"
    assert [message for message in await stage.ben.read() if message.files] == []


async def test_at_the_end_it_says_where_to_look_and_is_let_go(stage: Stage, following: Kept) -> None:
    answer, job = await asked(stage)
    await stage.draw(await half_way(stage, job))
    await following.later()
    coming = await now(stage, answer, "Your 4 pictures are drawn")
    await said(stage)

    assert await following.later() == IDLE_S
    over = await now(stage, answer, "They stand")

    assert "They are on their way." in coming.text
    assert "They stand in this channel." in over.text
    assert over.buttons == coming.buttons == []
    assert over.files == coming.files == []


WAYS_CLOSED = [
    ([], "is drawn. It stands in this channel.", "was not drawn. The reason stands in this channel."),
    (
        ["/channels/{channel}/messages"],
        "is drawn. It stands in your direct messages, for this channel is not the place for it.",
        "was not drawn. The reason stands in your direct messages.",
    ),
    (
        ["/channels/{channel}/messages", "/users/@me/channels"],
        "is drawn. It could neither be posted here nor sent to you; /show brings it back.",
        "was not drawn. /show tells the reason.",
    ),
]


@pytest.mark.parametrize(("closed", "drawn", "failed"), WAYS_CLOSED, ids=["here", "alone", "nowhere"])
async def test_it_says_where_the_final_message_came_to(
    stage: Stage, following: Kept, closed: list[str], drawn: str, failed: str
) -> None:
    for path in closed:
        where = path.format(channel=stage.channel("general"))
        stage.box.faults.add({"action": "status", "status": 403, "method": "POST", "path": where, "times": 2})
    answers = []
    for end in (stage.draw, stage.fail):
        answers.append(shown(await stage.ana.command("imagine", prompt="a cup", count=1)))
        await end(await stage.job())
    await said(stage)
    await following.later()
    told = [(await now(stage, answer, "Your picture")).text.replace("`", "") for answer in answers]

    assert [drawn in told[0], failed in told[1]] == [True, True], told


async def test_a_failure_and_a_cancelled_job_end_it_too(stage: Stage, following: Kept) -> None:
    failed, job = await asked(stage)
    await stage.fail(job)
    cancelled, _ = await asked(stage)
    await stage.ana.press(cancelled, "Cancel")
    await following.later()

    await now(stage, failed, "Your 4 pictures were not drawn")
    assert "Cancelled" in (await now(stage, cancelled, "Cancelled")).text


async def test_it_is_edited_seconds_apart_and_only_when_it_changed(stage: Stage, following: Kept) -> None:
    answer, job = await asked(stage)
    started = await half_way(stage, job)
    await following.later()
    before = edits(stage, answer)

    for _ in range(5):
        await following.later()
    await stage.fail(started)
    await following.later(EDIT_S / 2)

    assert edits(stage, answer) == before


async def test_an_answer_that_discord_forgets_is_let_go(stage: Stage, following: Kept) -> None:
    answer, _ = await asked(stage)
    before = edits(stage, answer)

    assert await following.later(TOKEN_S) == IDLE_S
    assert edits(stage, answer) == before


async def test_a_dismissed_answer_stops_no_other(stage: Stage, following: Kept) -> None:
    gone, first = await asked(stage)
    answer, second = await asked(stage)
    await stage.ana.dismiss(gone)
    for job in (first, second):
        await half_way(stage, job)

    await following.later()

    assert (await now(stage, answer, "50 %")).files


async def test_a_forgotten_member_is_not_told_any_more(stage: Stage, following: Kept) -> None:
    answer, _ = await asked(stage)
    before = edits(stage, answer)
    await stage.run(lambda rooms: rooms.privacy.forget(stage.id_of(stage.ana)))

    assert await following.later() == IDLE_S
    assert edits(stage, answer) == before


async def test_a_covered_picture_is_covered_half_way_too(stage: Stage, following: Kept) -> None:
    await stage.run(lambda rooms: rooms.wishes.change(stage.id_of(stage.ana), has_spoiler=True))
    answer, job = await asked(stage)
    await half_way(stage, job)
    await following.later()

    assert (await now(stage, answer, "50 %")).files[0].name.startswith("SPOILER_")


async def test_after_a_restart_it_goes_on_with_its_picture_half_way(idle: Stage) -> None:
    async with idle.running():
        before = Kept(idle)
        idle.bot.studio.follow = before.follow
        answer, job = await asked(idle)
        await before.later(0)
        assert len(await idle.run(lambda rooms: rooms.answers.open())) == 1

    async with idle.running():
        following = await before.after_a_restart(idle)
        started = await half_way(idle, job)
        await following.later()
        seen = await now(idle, answer, "50 %")
        await idle.draw(started)
        await said(idle)
        await following.later()
        over = await now(idle, answer, "Your 4 pictures are drawn")

    assert (seen.is_ephemeral, over.is_ephemeral) == (True, True)
    assert await seen.files[0].read() == PNG + b"half"
    assert await idle.run(lambda rooms: rooms.answers.open()) == []


async def test_the_way_to_edit_it_is_encrypted_and_goes_when_discord_forgets_it(stage: Stage, following: Kept) -> None:
    await asked(stage)
    await following.later(0)
    (kept,) = await stage.run(lambda rooms: rooms.answers.open())
    files = [path.read_bytes() for path in (stage.folder / "data").rglob("*") if path.is_file()]

    assert not any(kept.token.encode() in content for content in files)
    await following.later(TOKEN_S)
    assert await stage.run(lambda rooms: rooms.answers.open()) == []
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of(stage.ana))) == []


async def test_a_forgotten_member_gets_no_new_key_by_it(stage: Stage, following: Kept) -> None:
    await asked(stage)
    await stage.run(lambda rooms: rooms.privacy.forget(stage.id_of(stage.ana)))
    await following.later(0)

    assert await stage.run(lambda rooms: rooms.answers.open()) == []
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of(stage.ana))) == []
