"""The engine looks at photos before they are learned, and the report says what it has found."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot.attempts import plan_of
from bot.store import Rooms
from bot.studio import EngineFacts
from bot.takeover import End, keep_result
from storage.records import Job, JobKind, JobState
from tests.bot.commands.stage import FACTS, PNG, Stage, photos, shown
from tests.bot.commands.test_following import Kept

pytestmark = pytest.mark.asyncio
LOOKING = replace(FACTS, looks=True)


@pytest_asyncio.fixture
async def following(stage: Stage) -> AsyncIterator[Kept]:
    kept = Kept(stage)
    stage.bot.studio.follow = kept.follow
    yield kept


async def found(stage: Stage, job: Job, told: list[dict[str, Any]], paths: list[str] | None = None) -> bool:
    """The engine's part: what it has found, and a preview of each photo."""
    started = await stage.run(lambda rooms: rooms.queue.claim(job.id, "engine-1", 60.0))
    paths = paths or await laid(stage, job)
    preview = PNG + b"framed"
    (stage.folder / "seen.png").write_bytes(preview)
    made = {"role": "look", "path": "seen.png", "bytes": len(preview), "sha256": hashlib.sha256(preview).hexdigest()}
    result = {"photos": [{"path": path, **one} for path, one in zip(paths, told, strict=True)]}
    files = [{**made, "alt": {"photo": path}} for path in paths]
    return await keep_result(
        stage.store, started, stage.folder, End(result=result, files=files, base=("miniature", "1"), at=1.0)
    )


async def laid(stage: Stage, job: Job) -> list[str]:
    return list(await stage.run(lambda rooms: plan_of(rooms, job, LOOKING).files))


async def held(stage: Stage) -> set[str]:
    """Ana's files, without the token of an answer that is followed."""
    owner = stage.id_of(stage.ana)

    def work(rooms: Rooms) -> set[str]:
        tokens = {row["blob"] for row in rooms.db.query("select blob from answers")}
        return set(rooms.vault.held(owner)) - tokens

    return set(await stage.run(work))


SMALL = {"covers": 0.18, "closer": 0.59, "people": 1}
LARGE = {"covers": 0.55, "closer": None, "people": 2}
UNSURE = {"covers": None, "closer": None, "people": 0}


async def test_the_report_is_there_at_once_and_is_edited_when_the_engine_has_looked(
    stage: Stage, following: Kept
) -> None:
    stage.facts = LOOKING
    card = await stage.report(3, kind="object")
    job = await stage.job()
    before = await held(stage)
    assert "covers" not in card.text
    assert (job.kind, job.state, stage.woken) == (JobKind.LOOK, JobState.QUEUED, 1)

    assert await found(stage, job, [SMALL, LARGE, UNSURE])
    await following.later()
    card = await stage.ana.wait_for(lambda message: message.id == card.id and "covers 18" in message.text, 5)

    assert "640×480 · the subject covers 18 %, will be cropped closer too, to 59 %\n" in card.text
    assert "640×480 · the subject covers 55 %\n" in card.text
    assert "faces" not in card.text
    assert [("dimmed" in alt) for alt in card.alt_texts] == [True, False, False]
    after = await held(stage)
    assert (len(before - after), len(after - before)) == (3, 3)
    assert await stage.run(lambda rooms: rooms.queue.unsent()) == []


async def test_two_faces_in_a_photo_of_a_person_are_remarked(stage: Stage, following: Kept) -> None:
    stage.facts = LOOKING
    card = await stage.report(1, kind="person")

    await found(stage, await stage.job(), [LARGE])
    await following.later()
    card = await stage.ana.wait_for(lambda message: message.id == card.id and "faces" in message.text, 5)

    assert "⚠" in card.text
    assert "2 faces are in it; photos of one person alone teach more." in card.text


@pytest.mark.parametrize("facts", [None, FACTS])
async def test_without_an_engine_that_looks_everything_is_as_before(stage: Stage, facts: EngineFacts | None) -> None:
    stage.facts = facts
    await stage.report(2)

    assert await stage.jobs() == []


async def test_photos_are_looked_at_again_only_when_they_are_said_to_show_something_else(stage: Stage) -> None:
    stage.facts = LOOKING
    card = shown(await stage.ana.command("train", word="ana-dog", **photos(1)))
    first = await stage.job()
    await found(stage, first, [SMALL])
    card = shown(await stage.ana.press(card, "An animal"))
    second = await stage.job()
    await found(stage, second, [UNSURE])

    assert [job.request["kind"] for job in (first, second)] == ["", "animal"]
    assert "covers" not in card.text
    await stage.report(1, word="ana-cat")
    assert len(await stage.jobs()) == 3


async def test_what_was_found_in_photos_that_are_gone_leaves_nothing_behind(stage: Stage, following: Kept) -> None:
    stage.facts = LOOKING
    card = await stage.report(3)
    job = await stage.job()
    paths = await laid(stage, job)
    card = shown(await stage.ana.press(card, "Remove 1"))

    assert await found(stage, job, [SMALL] * 3, paths)
    await stage.ana.press(card, "Cancel")
    await following.later()

    assert await held(stage) == set()
