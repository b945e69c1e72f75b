from __future__ import annotations

from pathlib import Path

import pytest

from bot.attempts import plan_of
from bot.studio import EngineFacts
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
    assert [set(word) & {"strength", "multiplier"} for word in plan.order["words"]] == [set()]
