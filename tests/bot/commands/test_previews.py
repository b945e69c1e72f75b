"""*Preview* on the card of a training: drawn from one of its photos, shown to its owner alone, kept nowhere."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot import fates
from bot.attempts import plan_of
from bot.sandbox.client import Message
from bot.studio import EngineFacts
from bot.takeover import End, keep, keep_result
from storage.errors import NotAllowed
from storage.records import Job, JobKind, JobState, Progress
from tests.bot.commands.stage import FACTS, PNG, Stage, photo, shown
from tests.bot.commands.test_following import Kept

pytestmark = pytest.mark.asyncio
PREVIEWING = replace(FACTS, image_prompt="image_prompt")


@pytest_asyncio.fixture
async def following(stage: Stage) -> AsyncIterator[Kept]:
    stage.facts = PREVIEWING
    kept = Kept(stage)
    stage.bot.studio.follow = kept.follow
    yield kept


async def training(stage: Stage, **report: Any) -> tuple[Job, Message]:
    """A training of ana's that waits, and its card."""
    card = await stage.report(3, **report)
    await stage.ana.press(card, "I agree, train" if report.get("kind") == "person" else "Train")
    job = await stage.job()
    return job, await stage.post(job.id)


async def drawn(stage: Stage, job: Job, following: Kept, content: bytes = PNG + b"grid") -> None:
    """The engine's part: a picture so far, then the end."""
    started = await stage.start(job)
    (stage.folder / "preview-1.png").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    file = {"role": "preview", "path": "preview-1.png", "bytes": len(content), "sha256": digest}
    await keep(stage.store, started, stage.folder, file, 60.0)
    progress = Progress(phase="imagine", done=12, total=48, seconds_left=3.0)
    await stage.run(lambda rooms: fates.beat(rooms, started, progress))
    await following.later()
    assert await keep_result(
        stage.store, started, stage.folder, End(result={"held_back": 0}, files=[], base=("miniature", "1"), at=1.0)
    )
    await stage.run(lambda rooms: fates.settle_ended(rooms, job.id))


async def answered(stage: Stage, answer: Message, text: str) -> Message:
    return await stage.ana.wait_for(lambda message: message.id == answer.id and text in message.text, 5)


async def test_a_photo_is_drawn_before_it_is_learned_for_its_owner_alone_and_kept_nowhere(
    stage: Stage, following: Kept
) -> None:
    _, card = await training(stage)
    answer = shown(await stage.ana.press(card, "Preview"))
    job = await stage.job()
    assert (job.kind, job.request["class_word"], stage.woken) == (JobKind.PREVIEW, "dog", 2)
    assert "Starting now" in answer.text or "Next in line" in answer.text
    plan = await stage.run(lambda rooms: plan_of(rooms, job, PREVIEWING))
    (blob,) = plan.files.values()
    assert plan.order["photo"] in plan.files
    assert await stage.run(lambda rooms: rooms.vault.open(blob)) == photo(1)

    await drawn(stage, job, following)
    half = await answered(stage, answer, "25 %")
    held = (await stage.job()).preview
    await following.later()
    done = await answered(stage, answer, "before anything is learned")

    assert half.is_ephemeral
    assert [await one.read() for one in (*half.files, *done.files)] == [PNG + b"grid"] * 2
    after = await stage.run(lambda rooms: set(rooms.vault.held(stage.id_of(stage.ana))))
    assert held is not None
    assert held not in after
    assert (await stage.job()).preview is None
    assert await stage.run(lambda rooms: [row.job for row in rooms.queue.unsent()]) == []
    assert (await stage.jobs())[-1].state is JobState.QUEUED


@pytest.mark.parametrize("facts", [FACTS, None])
async def test_without_an_engine_that_can_no_card_offers_it(
    stage: Stage, following: Kept, facts: EngineFacts | None
) -> None:
    job, card = await training(stage)
    stage.facts = facts
    later = await stage.post(job.id)

    assert "Preview" in [button.label for button in card.buttons]
    assert "Preview" not in [button.label for button in later.buttons]
    if facts is not None:
        assert "takes no photo beside a prompt" in await stage.forge(stage.ana, f"t1:preview:{job.id}")


async def test_one_at_a_time_and_none_after_the_training(stage: Stage, following: Kept) -> None:
    job, card = await training(stage)
    await stage.ana.press(card, "Preview")

    assert "You already have 1 of these" in await stage.forge(stage.ana, f"t1:preview:{job.id}")
    await stage.run(lambda rooms: rooms.queue.cancel(job.id))
    assert "over already" in await stage.forge(stage.ana, f"t1:preview:{job.id}")


async def test_of_a_person_it_needs_the_agreement_that_the_training_has(stage: Stage, following: Kept) -> None:
    training_job, card = await training(stage, word="ana-me", kind="person")
    answer = shown(await stage.ana.press(card, "Preview"))
    job = await stage.job()
    assert answer.is_ephemeral
    assert (await stage.run(lambda rooms: plan_of(rooms, job, PREVIEWING))).files

    await stage.run(lambda rooms: rooms.concepts.revoke(training_job.concept))

    with pytest.raises(NotAllowed, match="E_NO_CONSENT"):
        await stage.run(lambda rooms: plan_of(rooms, job, PREVIEWING))
    await stage.run(lambda rooms: rooms.queue.cancel(job.id))
    assert "took their agreement back" in await stage.forge(stage.ana, f"t1:preview:{training_job.id}")


async def test_why_there_is_none_is_said_in_its_answer(stage: Stage, following: Kept) -> None:
    _, card = await training(stage)
    answer = shown(await stage.ana.press(card, "Preview"))
    await stage.fail(await stage.job(), "E_NO_MEMORY", device="cpu", free_mib=12)
    await following.later()

    assert "ran out of memory (12 MiB free)" in (await answered(stage, answer, "No preview was drawn")).text


async def test_its_pictures_count_in_the_servers_limits(stage: Stage, following: Kept) -> None:
    _, card = await training(stage)
    await stage.ana.press(card, "Preview")

    def spent(rooms: Any) -> list[tuple[float, int]]:
        from tests.storage.rooms import actor

        return list(rooms.rules._spent(actor(stage.id_of(stage.ana), stage.guild), JobKind.IMAGINE))

    assert [count for _, count in await stage.run(spent)] == [4]
