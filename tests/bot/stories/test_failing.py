"""The story of a training that fails and is begun again, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import story

pytestmark = pytest.mark.asyncio


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def test_a_training_fails_and_is_begun_again_with_the_same_photos(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-failure", "A training fails and is begun again", STEP_S=0.02, BREAKS="ana-dog") as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        report = card(await tale.types(ana, "train", word="ana-dog", kind="animal", **PHOTOS))
        await tale.presses(ana, report, "Train")
        failed = await tale.sees(ana, "<ana-dog> was not learned")
        tale.tell("Nothing can be drawn with it, and the next training is nobody's but Ana's to begin.")
        await tale.types(ana, "imagine", prompt="<ana-dog> on the beach")
        await tale.presses(ben, await ben.wait_for(lambda one: one.id == failed.id), "Train again")
        tale.tell("Her photos are still there, and wait for her on the old card over a restart, too.")
        await tale.killed(STEP_S=0.1)
        anew = card(await tale.presses(ana, failed, "Train again"))
        tale.tell("One of them was unlike the others. She takes it out.")
        anew = card(await tale.presses(ana, anew, "Remove 4"))
        await tale.presses(ana, anew, "Train")
        await ana.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral)
        await tale.killed(STEP_S=0.02)
        await tale.sees(ana, "<ana-dog> is learned")
        await ana.command("imagine", prompt="<ana-dog> on the beach", count=1, seed=7)
        await tale.sees(ana, "Enlarge 1")
        tale.tell("The photos of the training that succeeded are gone. The old card has no use any more.")
        await tale.presses(ana, failed, "Train again")
