"""The real engine is killed in the middle of a real training; the weights are those of an undisturbed one."""

from __future__ import annotations

import asyncio
import io
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load
from torch import Tensor

from bot.store import Rooms
from storage.records import Job, JobId, JobKind, JobState, Kind, NewJob
from tests.bot.engine import hasty_engine
from tests.bot.engine.stage import Stage, staged, weights_of
from tests.storage.rooms import ANA, CHANNEL, HOME, open_draft
from trainers.miniature.world import held_out_subjects, photos_of

pytestmark = pytest.mark.asyncio

COMMAND = [sys.executable, str(hasty_engine.__file__), "cpu"]
JOB = JobId("00c0ffee00c0ffee")  # the seed of a training is its job's
WORD = "zed"


def put_training(rooms: Rooms, method: str, steps: int) -> Job:
    subject = held_out_subjects(1, kinds=["animal"])[0]
    draft = open_draft(rooms.photos, ANA, word=WORD)
    for image, _ in photos_of(subject, 4, seed=3):
        kept = io.BytesIO()
        image.save(kept, "PNG")
        content = kept.getvalue()
        rooms.photos.add(draft, "p.png", content, content, width_px=64, height_px=64, sha256="0" * 64, facts={})
    concept = rooms.concepts.create(ANA, HOME, WORD, Kind.ANIMAL, subject.shape)
    request: dict[str, Any] = {
        "draft": draft.id, "concept": concept.id, "word": WORD, "kind": "animal", "class_word": subject.shape,
        "method": method, "settings": {"min_steps": steps, "max_steps": steps},
        "photos": [photo.id for photo in rooms.photos.of(draft.id)], "consent": None,
    }  # fmt: skip
    new = NewJob(
        kind=JobKind.TRAIN, owner=ANA, guild=HOME, channel=CHANNEL, key="k", request=request, concept=concept.id
    )
    made, _ = rooms.queue.put(new)
    rooms.db.conn.execute("update jobs set id = ? where id = ?", (JOB, made.id))
    found = rooms.queue.get(JOB)
    assert found is not None
    return found


async def trained(folder: Path, method: str, steps: int, kills: int, chance: random.Random) -> dict[str, Tensor]:
    """The weights of a training in whose course the engine was killed so often."""
    async with staged(folder, command=COMMAND, stop_s=1.0) as stage:
        job = await stage.put(put_training, method, steps)
        for _ in range(kills):
            await kill_after_progress(stage, chance)
        ended = await stage.end_of(JOB, within_s=300)
        [weights] = await stage.store.run(lambda rooms: weights_of(rooms, job.concept))
        said = await stage.store.run(lambda rooms: len(rooms.queue.unsent()))
    assert (ended.state, ended.attempt, said) == (JobState.SUCCEEDED, kills + 1, 1), ended
    return load(weights)


async def kill_after_progress(stage: Stage, chance: random.Random) -> None:
    """Kill this life of the engine some time after it has kept a checkpoint of its own."""
    before = (await stage.job(JOB)).checkpoint
    await stage.until(lambda rooms: bool((row := rooms.queue.get(JOB)) and row.checkpoint != before), 400)
    await asyncio.sleep(chance.uniform(0.0, 0.05))
    engine = stage.link.process
    assert engine is not None
    assert not (await stage.job(JOB)).state.is_over, "it ended before it could be killed; give it more steps"
    engine.kill()
    await engine.ended.wait()
    await stage.until(lambda rooms: bool((row := rooms.queue.get(JOB)) and row.state is JobState.QUEUED), 10)


def assert_same(one: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    assert one.keys() == other.keys()
    assert all(one[name].numpy().tobytes() == other[name].numpy().tobytes() for name in one)


async def test_six_kills_change_nothing_in_the_weights(tmp_path: Path, measured: Callable[[str], None]) -> None:
    undisturbed, killed = await asyncio.gather(
        trained(tmp_path / "a", "lora", 36, 0, random.Random(1)),
        trained(tmp_path / "b", "lora", 36, 6, random.Random(1)),
    )

    assert_same(undisturbed, killed)
    measured("6 kills of the real engine in one training: the same weights, bit for bit")


@pytest.mark.slow
@pytest.mark.timeout(2400)
@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
async def test_fifty_kills_change_nothing_in_the_weights(
    tmp_path: Path, method: str, measured: Callable[[str], None]
) -> None:
    undisturbed = await trained(tmp_path / "a", method, 300, 0, random.Random(2))

    killed = await trained(tmp_path / "b", method, 300, 26, random.Random(2))

    assert_same(undisturbed, killed)
    measured(f"26 kills of the real engine in one training by {method}: the same weights, bit for bit")
