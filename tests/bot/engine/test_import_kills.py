"""An engine that dies while it takes a word over: the word comes all the same, once, and nothing else is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.store import Rooms
from storage.database import rows
from storage.records import BlobId, Job, JobKind, JobState, Kind, NewJob
from tests.bot.engine.stage import blobs_on_disk, staged
from tests.storage.inspector.test_weights import file, lora
from tests.storage.rooms import ANA, CHANNEL, HOME

pytestmark = pytest.mark.asyncio

LORA = file(lora())


def put_import(rooms: Rooms) -> Job:
    concept = rooms.concepts.create(ANA, HOME, "rex", Kind.ANIMAL, "dog")
    request = {
        "concept": concept.id, "word": "rex", "kind": "animal", "class_word": "dog", "trigger": "",
        "files": [{"role": "weights", "blob": rooms.vault.put(ANA, LORA)}],
        "told": {"name": "rex.safetensors", "layout": "file", "peft": None},
    }  # fmt: skip
    job, _ = rooms.queue.put(
        NewJob(
            kind=JobKind.IMPORT, owner=ANA, guild=HOME, channel=CHANNEL, key="rex", request=request, concept=concept.id
        )
    )  # fmt: skip
    return job


@pytest.mark.parametrize("points", [("begin", "step"), ("half-weights", "weights"), ("told-weights",)])
async def test_a_word_is_taken_over_once_however_often_its_engine_dies(tmp_path: Path, points: tuple[str, ...]) -> None:
    plan = tmp_path / "plan"
    plan.write_text("".join(f"{point}\n" for point in points))
    async with staged(tmp_path, PLAN=plan, STEPS=2) as stage:
        job = await stage.end_of((await stage.put(put_import)).id)
        held = await stage.store.run(blobs_on_disk)
        kept = await stage.store.run(lambda rooms: rooms.vault.open(BlobId(job.result["weights"])))
        said = await stage.store.run(lambda rooms: rows(rooms.db, "select job from outbox"))

    assert (job.state, kept) == (JobState.SUCCEEDED, LORA)
    assert held == {job.result[role] for role in ("weights", "sheet", "cover")}
    assert said == [{"job": job.id}]
    assert (tmp_path / "plan.reached").read_text().split() == list(points)


async def test_a_word_that_keeps_killing_its_engine_is_given_up_and_its_file_is_gone(tmp_path: Path) -> None:
    plan = tmp_path / "plan"
    plan.write_text("begin\n" * 9)
    async with staged(tmp_path, PLAN=plan, STEPS=2) as stage:
        job = await stage.end_of((await stage.put(put_import)).id)
        held = await stage.store.run(blobs_on_disk)

    assert (job.state, job.code, held) == (JobState.FAILED, "E_POISON", set())
