from __future__ import annotations

from pathlib import Path

import pytest

from bot.attempts import Attempts, plan_of
from bot.store import Store
from bot.studio import EngineFacts
from storage.clock import SystemClock
from storage.errors import TintypeError
from tests.bot.engine.stage import put_pictures, put_training, staged

pytestmark = pytest.mark.asyncio

FACTS = EngineFacts(state="ready", base_id="fake", base_revision="1", title="", size_px=64, device="")


async def test_a_strength_is_said_by_the_prompt_alone(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        training = await stage.put(put_training)
        await stage.end_of(training.id)
        (version,) = await stage.store.run(lambda rooms: rooms.concepts.versions(training.concept))
        job = await stage.put(put_pictures, "k1", words=(version,), prompt="a <word-0:0.8>")

        plan = await stage.store.run(lambda rooms: plan_of(rooms, job, FACTS))

    assert plan.order["prompt"] == "a <word-0:0.8>"
    assert [(word.get("strength"), word["multiplier"]) for word in plan.order["words"]] == [(None, 1.0)]


async def test_an_attempt_that_cannot_be_laid_out_leaves_nothing_in_the_clear(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "data", tmp_path / "master.key", SystemClock())
    attempts = Attempts(store, tmp_path / "run")
    job = await store.run(put_training)
    photos = await store.run(lambda rooms: rooms.photos.of(job.request["draft"]))
    await store.run(lambda rooms: rooms.vault.delete(photos[-1].blob))

    with pytest.raises(TintypeError, match="E_BLOB_GONE"):
        await attempts.prepare(job, FACTS)
    await store.close()

    assert list((tmp_path / "run").iterdir()) == []
