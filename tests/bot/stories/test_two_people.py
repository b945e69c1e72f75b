"""The story of two persons in one picture, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import Telling, story

pytestmark = pytest.mark.asyncio
BENCH = "<ana> and <ben> on a bench"


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def taught(who: Member, *friends: str) -> None:
    """Who is shown teaches their own likeness, and shares it with single members."""
    report = card(await who.command("train", word=who.name, kind="person", who="me", **PHOTOS))
    await who.press(report, "I agree, train")
    await who.wait_for(lambda one: f"<{who.name}> is learned" in one.text)
    for friend in friends:
        await who.command("words share", word=who.name, **{"with": "member", "member": friend})


async def refused(tale: Telling, ana: Member, ben: Member, eve: Member) -> None:
    tale.tell("Eve asks for both of them. What she wants to see is told to them alone.")
    await tale.types(eve, "imagine", prompt=BENCH, count=1, seed=7)
    asked = await tale.sees(ana, "asks to use your word")
    tale.tell("Ana allows it. The bot dies before Ben has answered; he does not want it.")
    await tale.presses(ana, asked, "Allow once")
    await tale.killed(STEP_S=0.01)
    asked = await tale.sees(ben, "asks to use your word")
    await tale.presses(ben, asked, "No")
    await tale.sees(eve, "did not allow <ben>")


async def allowed(tale: Telling, ana: Member, ben: Member) -> None:
    tale.tell(
        "Ben himself wants such a picture. He need not ask himself, but Ana; her earlier yes was for Eve's alone."
    )
    await tale.types(ben, "imagine", prompt=BENCH, count=1, seed=7)
    asked = await ana.wait_for(lambda one: "Ben asks to use your word" in one.text)
    await tale.presses(ana, asked, "Allow once")
    await tale.sees(ben, "Ana allowed you to use <ana>")
    await tale.sees(ben, "Words: <ana> by Ana and <ben> by Ben")


async def taken_back(tale: Telling, ana: Member, ben: Member) -> None:
    tale.tell("Ana takes her likeness back. The picture that shows her goes, though it shows Ben, too.")
    papers = card(await ana.command("privacy"))
    await tale.presses(ana, papers, "Take back <ana>")
    await tale.sees(ben, "The pictures are not shown any more")
    await tale.types(ben, "imagine", prompt=BENCH)


async def test_two_persons_stand_in_one_picture_only_if_both_want_it(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "two-people", "Two persons in one picture", STEP_S=0.01) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "eve") as eve,
    ):
        tale.tell(
            "Ana and Ben have each taught their own likeness. Ana shares hers with Ben and Eve, Ben his with Eve."
        )
        await taught(ana, "ben", "eve")
        await taught(ben, "eve")
        tale.tell("Either of them alone Eve may draw, since they share their words with her.")
        await tale.types(eve, "imagine", prompt="<ana> on a bench", count=1, seed=7)
        await tale.sees(eve, "Words: <ana> by Ana")
        await refused(tale, ana, ben, eve)
        await allowed(tale, ana, ben)
        await taken_back(tale, ana, ben)
        of_the_bench = [one for one in eve.messages.values() if "Words: <ana> by Ana and <ben>" in one.text]

        assert of_the_bench == []
