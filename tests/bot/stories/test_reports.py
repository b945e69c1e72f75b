"""The story of what is reported and what becomes of it, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import Telling, story

pytestmark = pytest.mark.asyncio
REASON = "What is wrong with it?"


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def drawn(who: Member, prompt: str) -> Message:
    await who.command("imagine", prompt=prompt, count=1, seed=7)
    return await who.wait_for(lambda one: prompt in one.text and "Enlarge 1" in one.text)


async def reported(tale: Telling, who: Member, thing: Message, reason: str) -> None:
    """Somebody presses *Report* and says why."""
    form = await tale.presses(who, await who.wait_for(lambda one: one.id == thing.id), "Report")
    await tale.fills(who, form, {REASON: reason})


async def hidden_and_given_back(tale: Telling, mia: Member, ana: Member, ben: Member, eve: Member) -> None:
    tale.tell("Mia manages the server. Two reports are to hide a thing until she has looked at it.")
    setup = card(await mia.command("studio setup"))
    await mia.press(setup, "How many reports hide a thing", values=["2"])
    storm = await drawn(ana, "a storm at sea")
    tale.tell("Ben reports a picture of Ana's. One report changes nothing for others.")
    await reported(tale, ben, storm, "This frightens me")
    tale.tell("Eve's is the second.")
    await reported(tale, eve, storm, "No storms, please")
    await tale.sees(ana, "reported")
    tale.tell("Ana cannot go on with it, and she is not told who wrote. In between, the bot dies.")
    await tale.killed(STEP_S=0.01)
    await tale.types(ana, "show")
    queue = card(await tale.types(mia, "studio reports"))
    tale.tell("Mia finds that a storm may be shown.")
    await tale.presses(mia, queue, "Keep")
    await tale.types(ana, "show", public=True)
    await tale.sees(eve, "a storm at sea")


async def removed_and_counted(tale: Telling, mia: Member, ana: Member, ben: Member, eve: Member) -> None:
    tale.tell("What Ben draws then is meant to hurt. Ana and Eve report it.")
    mean = await drawn(ben, "ana as a clown")
    for who, reason in ((ana, "That is about me"), (eve, "Mean")):
        form = await who.press(await who.wait_for(lambda one: one.id == mean.id), "Report")
        await who.submit(form, {REASON: reason})
    queue = card(await tale.types(mia, "studio reports"))
    await tale.presses(mia, queue, "Remove and strike")
    await tale.sees(ben, "removed")


async def a_style_goes_and_comes_back(tale: Telling, mia: Member, ana: Member, ben: Member) -> None:
    tale.tell("A style, too, can be reported. Mia removes Ana's; Ana is told, and reads why it cannot be shared.")
    report = card(await ana.command("train", word="ana-dog", kind="animal", **PHOTOS))
    await ana.press(report, "Train")
    await ana.wait_for(lambda one: "<ana-dog> is learned" in one.text)
    await ana.command("words share", word="ana-dog", also={"with": "server"})
    styles = card(await ben.command("styles search", text="ana-dog"))
    await reported(tale, ben, styles, "That is my dog")
    await tale.presses(mia, card(await mia.command("studio reports")), "Remove")
    await tale.sees(ana, "Your word <ana-dog> was reported")
    await tale.types(ana, "words share", word="ana-dog", also={"with": "server"})
    await tale.types(ben, "imagine", prompt="<ana-dog> on the beach")
    tale.tell("The two of them talk. It is another dog, and Mia lets the style in again.")
    queue = card(await tale.types(mia, "studio reports"))
    removed = card(await tale.presses(mia, queue, "Removed styles (1)"))
    await tale.presses(mia, removed, "Let in again")
    await tale.sees(ana, "let your word <ana-dog> in again")
    await tale.types(ben, "imagine", prompt="<ana-dog> on the beach", count=1, seed=7)
    await tale.sees(ben, "Words: <ana-dog> by Ana")


async def test_what_is_reported_is_hidden_looked_at_kept_or_removed(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "reports", "What members report", STEP_S=0.01) as tale,
        Member.connect(tale.url, "mia", is_manager=True) as mia,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "eve") as eve,
    ):
        await hidden_and_given_back(tale, mia, ana, ben, eve)
        await removed_and_counted(tale, mia, ana, ben, eve)
        await a_style_goes_and_comes_back(tale, mia, ana, ben)
        tale.tell("What Mia decided stands in the log.")
        await tale.types(mia, "studio audit")
