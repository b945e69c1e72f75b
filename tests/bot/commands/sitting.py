"""Ana hands in photos that show ben, and he is asked."""

from __future__ import annotations

from typing import Any

from bot.letters import Letters
from bot.sandbox.client import Member, Message
from storage.questions import Question
from tests.bot.commands.stage import Stage, photos, shown


async def handed_in(stage: Stage, count: int = 3, word: str = "ben-face", **options: Any) -> Message:
    named = {"who": "member", "member": str(stage.id_of("ben"))} | options
    return shown(await stage.ana.command("train", word=word, **named, **photos(count)))


async def asked(stage: Stage, letters: Letters) -> tuple[Question, Message]:
    """Ana has asked ben; the question, and its card as ben sees it."""
    await stage.ana.press(await handed_in(stage), "Ask them")
    await letters.deliver()
    return await question_of(stage), await seen(stage.ben, "may this be learned", "May this be learned")


async def question_of(stage: Stage) -> Question:
    ana = stage.id_of("ana")
    found: Question = (await stage.run(lambda rooms: rooms.questions.of_member(ana)))[-1]
    return found


async def seen(member: Member, *texts: str) -> Message:
    return await member.wait_for(lambda message: any(text in message.text for text in texts), 5)


async def told(stage: Stage, letters: Letters, member: Member, text: str) -> Message:
    await letters.deliver()
    return await seen(member, text)


async def learned(stage: Stage, letters: Letters) -> None:
    """Ana has a word that shows ben, who agreed, and shares it with him."""
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    await stage.learn(await stage.job())
    await stage.ana.command("words share", word="ben-face", **{"with": "member"}, member=str(stage.id_of("ben")))
