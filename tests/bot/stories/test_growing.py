"""The story of a word that grows: kept photos, a next version, a contact sheet, an old version dropped."""

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


async def taught_over_days(tale: Telling, ana: Member) -> Message:
    first = {name: PHOTOS[name] for name in ("photo1", "photo2", "photo3")}
    await tale.types(ana, "train", word="ana-dog", kind="animal", keep_photos=14, **first)
    tale.tell("Ana does not train yet. The next day she has one more photo.")
    await tale.killed(STEP_S=0.1)
    report = card(await tale.types(ana, "train", word="ana-dog", photo1=PHOTOS["photo4"]))
    await tale.presses(ana, report, "Train")
    return await tale.sees(ana, "<ana-dog> is learned")


async def test_a_word_grows_over_days(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "a-word-grows", "A word grows over days", STEP_S=0.02) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        result = await taught_over_days(tale, ana)
        await ana.command("imagine", prompt="<ana-dog> on the beach", count=1)
        picture = await ana.wait_for(lambda one: "Enlarge 1" in one.text)
        tale.tell(
            "She draws a picture with it. Then she wants it better. Ben, who sees the result, may do nothing to it."
        )
        await tale.presses(ben, result, "Delete my photos now")
        word = card(await tale.types(ana, "words card", word="ana-dog"))
        report = card(await tale.presses(ana, word, "Train a new version"))
        report = card(await tale.presses(ana, report, "Remove 1"))
        await tale.presses(ana, report, "Train")
        await ana.wait_for(lambda one: "Step" in one.text and not one.is_ephemeral)
        await tale.killed(STEP_S=0.02)
        tale.tell("The training goes on from where it was, and ends as the second version.")
        result = await ana.wait_for(lambda one: "<ana-dog> is learned" in one.text and one.id != result.id)
        await tale.presses(ana, result, "Compare")
        sheet = await tale.sees(ana, "Compare <ana-dog>")
        tale.tell("Ana likes an earlier moment of the training better, a little weaker. Ben may not choose for her.")
        await tale.presses(ben, sheet, "step 20 · 0.8")
        await tale.presses(ana, sheet, "step 20 · 0.8")
        word = card(await tale.types(ana, "words card", word="ana-dog"))
        tale.tell("The first version is not needed any more.")
        question = card(await tale.presses(ana, word, "Drop 1"))
        await tale.presses(ana, question, "Drop version 1 for good")
        tale.tell("The picture that was drawn with it stays, but no more can be made like it.")
        await tale.presses(ana, picture, "Again")
        await tale.presses(ana, result, "Delete my photos now")
