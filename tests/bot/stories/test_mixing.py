"""The story of words of several owners in one picture, and its page in docs/stories."""

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


async def taught(who: Member, word: str, **about: str) -> None:
    report = card(await who.command("train", word=word, kind="animal", **PHOTOS))
    await who.press(report, "Train")
    await who.wait_for(lambda one: f"<{word}> is learned" in one.text)
    if about:
        await who.command("words share", word=word, **about)


async def meant(tale: Telling, ana: Member, ben: Member, eve: Member) -> None:
    tale.tell("Ana and Ben both have a dog called Rex, and each shares the word with Eve. Eve has a cat of her own.")
    await taught(ana, "rex", **{"with": "member", "member": "eve"})
    await taught(ben, "bens-rex", **{"with": "member", "member": "eve"})
    await ben.command("words rename", word="bens-rex", name="rex")
    await taught(eve, "eve-cat")
    question = card(await tale.types(eve, "imagine", prompt="<rex> and <eve-cat> in the snow", count=1))
    tale.tell("Which of them Eve means is hers alone to say.")
    await tale.killed(STEP_S=0.01)
    await tale.presses(eve, question, "1 · Ana · dog")
    await tale.sees(eve, "Words: <rex> by Ana and <eve-cat> by Eve")


async def refused(tale: Telling, ana: Member, ben: Member) -> None:
    tale.tell("Ana wants to be asked from now on. Ben's <rex> is his own, so for that nobody is asked.")
    await tale.types(ana, "words share", word="rex", also={"with": "server"}, mixing="ask")
    await tale.types(ben, "imagine", prompt="<rex> on the moon", count=1)
    await ben.command("words rename", word="rex", name="bens-rex")
    tale.tell("He calls it <bens-rex> now, and then <rex> is Ana's. Her direct messages are closed.")
    person = tale.box.person("ana")
    assert person is not None
    person.dms_open = False
    await tale.types(ben, "imagine", prompt="<rex> with <bens-rex>", count=1, seed=7)
    question = await tale.sees(ana, "Ben asks to use your word")
    tale.tell("Ben cannot answer for her.")
    await tale.presses(ben, question, "Allow once")
    tale.tell("Ana presses *No*. What was asked goes from the channel, and Ben is told alone.")
    await ana.press(question, "No")
    await tale.sees(ben, "did not allow <rex>")
    person.dms_open = True


async def allowed(tale: Telling, ana: Member, eve: Member) -> None:
    tale.tell("Eve asks too, and Ana allows it once. The bot dies right after.")
    await tale.types(eve, "imagine", prompt="<rex> at the sea", count=1)
    question = await tale.sees(ana, "The prompt: \\<rex\\> at the sea")
    await tale.presses(ana, question, "Allow once")
    await tale.killed(STEP_S=0.01)
    await tale.sees(eve, "Ana allowed you to use <rex>")
    await eve.wait_for(lambda one: "at the sea" in one.text and "Enlarge" in one.text)
    tale.tell("Ana stops sharing while Eve's next order waits. Her yes comes to nothing then.")
    await tale.types(eve, "imagine", prompt="<rex> in a boat", count=1)
    question = await tale.sees(ana, "The prompt: \\<rex\\> in a boat")
    await tale.types(ana, "words unshare", word="rex")
    await tale.presses(ana, question, "Always")
    await tale.sees(eve, "could not be queued")


async def test_words_of_several_owners_stand_in_one_picture(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "mixing", "Words of several owners in one picture", STEP_S=0.01) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "eve") as eve,
    ):
        await meant(tale, ana, ben, eve)
        await refused(tale, ana, ben)
        await allowed(tale, ana, eve)
        of_the_sea = [one for one in eve.messages.values() if "at the sea" in one.text and "Enlarge" in one.text]

        assert len(of_the_sea) == 1
        assert not [one for one in eve.messages.values() if "in a boat" in one.text and "Enlarge" in one.text]
