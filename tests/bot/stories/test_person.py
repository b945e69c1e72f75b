"""The story of another member's likeness from the members' side, and its page in docs/stories."""

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


async def test_another_member_is_asked_agrees_and_takes_it_back(tmp_path: Path) -> None:
    title = "Another member's likeness: asked, learned, taken back"
    async with (
        story(tmp_path, "a-person", title, STEP_S=0.01) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben", dms_open=False) as ben,
        Member.connect(tale.url, "eve") as eve,
    ):
        await ask(tale, ana, ben)
        asked = await only_ben_may_answer(tale, ben, eve)
        await agree_while_ana_waits(tale, ana, ben, asked)
        await share_and_draw(tale, ana, eve)
        await take_back(tale, ana, ben)


def named(tale: Telling, name: str) -> str:
    person = tale.box.person(name)
    assert person is not None
    return str(person.id)


async def ask(tale: Telling, ana: Member, ben: Member) -> None:
    report = card(await tale.types(ana, "train", word="ben-face", who="member", member=named(tale, "ben"), **PHOTOS))
    await tale.presses(ana, report, "Ask them")
    await ben.wait_for(lambda one: "may this be learned?" in one.text)
    await tale.killed(STEP_S=0.01)


async def only_ben_may_answer(tale: Telling, ben: Member, eve: Member) -> Message:
    tale.tell("Ben takes no direct messages, so the question stands in the channel. It mentions nobody.")
    asked = await tale.sees(ben, "may this be learned?")
    tale.tell("It is for Ben alone, and so are the photos.")
    foreign = await eve.wait_for(lambda one: one.id == asked.id)
    await tale.presses(eve, foreign, "Show me the photos")
    await tale.presses(eve, foreign, "Agree")
    await tale.presses(ben, asked, "Show me the photos")
    return asked


async def agree_while_ana_waits(tale: Telling, ana: Member, ben: Member, asked: Message) -> None:
    tale.tell("While the question waits, Ana cannot change the photos.")
    await tale.types(ana, "train", word="ben-face", photo1=PHOTOS["photo1"])
    await tale.presses(ben, asked, "Agree")
    await tale.sees(ana, "**Ben agreed.**")
    await tale.sees(ana, "<ben-face> is learned")


async def share_and_draw(tale: Telling, ana: Member, eve: Member) -> None:
    share = {"word": "ben-face", "with": "member"}
    await tale.types(ana, "words share", **share, member=named(tale, "ben"))
    tale.tell("Eve may not use the word; it cannot even be shared with her.")
    await tale.types(eve, "imagine", prompt="<ben-face> on the beach")
    await tale.types(ana, "words share", **share, member=named(tale, "eve"))
    await tale.types(ana, "imagine", prompt="<ben-face> on the beach")
    await tale.sees(ana, "Enlarge 4")


async def take_back(tale: Telling, ana: Member, ben: Member) -> None:
    tale.tell("Ben changes his mind.")
    privacy = card(await tale.types(ben, "privacy"))
    back = card(await tale.presses(ben, privacy, "Take back <ben-face>"))
    await tale.killed(STEP_S=0.01)
    await tale.sees(ana, "**Ben has taken their agreement back.**")
    await tale.sees(ana, "The pictures are not shown any more")
    await tale.types(ana, "imagine", prompt="<ben-face> on the beach")
    tale.tell("Asking once more would be pressing him.")
    await tale.types(ana, "train", word="bens", who="member", member=named(tale, "ben"), **PHOTOS)
    tale.tell("What is left is of no use to anybody; Ben has it deleted.")
    await tale.presses(ben, back, back.buttons[0].label)
