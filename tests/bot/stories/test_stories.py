"""Each story from the members' side, and its page in docs/stories."""

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


async def test_a_word_is_taught_used_and_forgotten(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-word", "A word is taught, used and forgotten", STEP_S=0.1) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "mia", is_manager=True) as mia,
    ):
        report = card(await tale.types(ana, "train", word="ana-dog", kind="animal", **PHOTOS))
        await tale.presses(ana, report, "Train")
        await ana.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral)
        await tale.killed(STEP_S=0.02)
        await tale.sees(ana, "<ana-dog> is learned")
        tale.tell("Nobody else has the word.")
        await tale.types(ben, "imagine", prompt="<ana-dog> on the beach")
        await tale.types(ana, "imagine", prompt="<ana-dog> on the beach", count=4, seed=7)
        grid = await tale.sees(ana, "Enlarge 4")
        tale.tell("The grid stands in the channel; what others may do with it is little.")
        await tale.presses(ben, await ben.wait_for(lambda one: one.id == grid.id), "Edit prompt")
        await tale.presses(ana, grid, "Enlarge 2")
        await tale.sees(ana, "· enlarged")
        tale.tell("A manager may take a picture away.")
        asked = card(await tale.presses(mia, await mia.wait_for(lambda one: one.id == grid.id), "Delete"))
        await tale.presses(mia, asked, "Delete them for good")
        await tale.types(ana, "words rename", word="ana-dog", name="rex")
        sure = card(await tale.types(ana, "forget"))
        await tale.presses(ana, sure, sure.buttons[0].label)
