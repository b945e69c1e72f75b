"""The story of a server's limits and its filter, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import Telling, story

pytestmark = pytest.mark.asyncio


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def drawn(who: Member, prompt: str, count: int) -> Message:
    """Pictures that nobody reads about here."""
    await who.command("imagine", prompt=prompt, count=count, seed=7)
    return await who.wait_for(lambda one: prompt in one.text and "Enlarge 1" in one.text)


async def limited(tale: Telling, mia: Member, ana: Member, ben: Member) -> None:
    tale.tell("Mia manages the server. Everybody gets three pictures a day, artists more; Ana is one.")
    await tale.types(mia, "studio limits", pictures=3)
    await tale.types(mia, "studio limits", pictures=8, at_once=5, role="artists")
    await drawn(ben, "a house by the sea", 2)
    tale.tell("Ben has had two. The bot dies; what he had counts as before.")
    await tale.killed(STEP_S=0.01)
    await tale.types(ben, "imagine", prompt="a boat", count=2, seed=7)
    await tale.types(ben, "imagine", prompt="a boat", count=1, seed=7)
    boat = await tale.sees(ben, "a boat")
    tale.tell("A button is no way round it (*Vary* makes four), and neither is the picture of somebody else.")
    await tale.presses(ben, boat, "Vary 1 (subtle)")
    harbour = await drawn(ana, "a harbour", 4)
    await tale.presses(ben, await ben.wait_for(lambda one: one.id == harbour.id), "Enlarge 1")
    await tale.presses(ana, harbour, "Enlarge 1")
    await tale.sees(ana, "· enlarged")
    tale.tell("Mia takes the limit of everybody away again; that of the artists stays.")
    await tale.types(mia, "studio limits", lift=True)
    await drawn(ben, "a lighthouse", 1)


async def filtered(tale: Telling, mia: Member, ana: Member, ben: Member) -> None:
    tale.tell("Then the filter. A pattern that would refuse almost everything is not kept.")
    await tale.types(mia, "studio filter add", text="the|with|in", kind="regex")
    await tale.types(mia, "studio filter add", text="gore*")
    await tale.types(mia, "studio filter test", text="a gorey scene")
    tale.tell("Ana reads that a filter refused, and not what is in it: by command, as a name, and in an old form.")
    await tale.types(ana, "imagine", prompt="a gorey scene", count=1)
    await tale.types(ana, "train", word="gore-cat", kind="animal", photo1=PHOTOS["photo1"])
    old = await ana.wait_for(lambda one: "a harbour" in one.text and "Edit prompt" in one.text)
    form = await ana.press(old, "Edit prompt")
    await tale.killed(STEP_S=0.01)
    await tale.fills(ana, form, {"Prompt": "gore in a harbour"})
    assert "studio" not in {one["name"] for one in await ben.commands()}
    tale.tell("Mia thinks better of it.")
    await tale.types(mia, "studio filter list")
    await tale.types(mia, "studio filter remove", text="gore*")
    await drawn(ana, "gorey", 1)
    await tale.types(mia, "studio audit")


async def test_limits_and_the_filter_hold_over_restarts_and_are_lifted(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "limits", "Limits, and a filter", STEP_S=0.01) as tale,
        Member.connect(tale.url, "mia", is_manager=True) as mia,
        Member.connect(tale.url, "ana", roles=["artists"]) as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        await limited(tale, mia, ana, ben)
        await filtered(tale, mia, ana, ben)
