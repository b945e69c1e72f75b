"""A style's story from the members' side, and its page in docs/stories."""

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


async def test_a_style_is_shared_found_tried_and_withdrawn(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-style", "A style is shared, found, tried and withdrawn", STEP_S=0.01) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "eve", channel="dm") as eve,
    ):
        report = card(await ana.command("train", word="ana-dog", kind="animal", **PHOTOS))
        await ana.press(report, "Train")
        await ana.wait_for(lambda one: "<ana-dog> is learned" in one.text)
        tale.tell("Ana has taught a word. As long as she does not share it, nobody finds it.")
        await tale.types(ben, "styles browse")
        about = {"with": "server", "licence": "cc-by", "about": "My dog Rex, a brown terrier"}
        await tale.types(ana, "words share", word="ana-dog", **about)
        page = card(await tale.types(ben, "styles search", text="terrier"))
        page = card(await tale.presses(ben, page, "Like"))
        await tale.killed(STEP_S=0.01)
        tale.tell("The page that Ben has before him still works.")
        form = await tale.presses(ben, page, "Try it")
        await tale.fills(ben, form, {"prompt": "<ana-dog> in the snow"})
        await ben.wait_for(lambda one: "Enlarge 4" in one.text)
        tale.tell("The pictures stand in the channel, and in the style's card.")
        await tale.presses(ben, page, "Card")
        tale.tell("Eve is in this server too, but a direct message is not this server.")
        await eve.command("help", channel="general")
        await tale.types(eve, "styles browse")
        await tale.types(eve, "styles search", text="ana-dog")
        tale.tell("Ana takes the style back.")
        await tale.types(ana, "words unshare", word="ana-dog")
        for label in ("Try it", "Report", "Liked"):
            await tale.presses(ben, page, label)
