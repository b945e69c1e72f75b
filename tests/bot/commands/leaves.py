"""Words whose owners want to be asked first, and the letters that pass between members about them."""

from __future__ import annotations

from typing import Any

from bot.letters import Letters
from bot.sandbox.client import Member, Message
from storage.clock import SystemClock
from storage.records import Concept, Consent, Kind, Scope
from tests.bot.commands.engine_play import weights_of
from tests.bot.commands.stage import Stage, shown
from tests.storage.rooms import add_version


async def word_of(stage: Stage, owner: Member, name: str, kind: Kind = Kind.ANIMAL, **about: Any) -> Concept:
    """A learned word that ben may use."""

    def work(rooms: Any) -> Concept:
        concept: Concept = rooms.concepts.create(stage.id_of(owner), stage.guild, name, kind, "dog")
        add_version(rooms.concepts, concept, rooms.vault.put(concept.owner, weights_of(name, "dog", "lora")))
        if kind is Kind.PERSON:
            rooms.concepts.agree(Consent(concept=concept.id, person=concept.owner, text_version="1", given_at=1.0))
        rooms.sharing.share(concept.id, Scope.MEMBER, stage.id_of("ben"), **about)
        return concept

    await owner.command("help")
    concept: Concept = await stage.run(work)
    return concept


async def ask_first(stage: Stage, owner: Member, name: str = "ana-dog") -> Concept:
    return await word_of(stage, owner, name, mixing="ask")


async def delivered(stage: Stage) -> None:
    letters = Letters(stage.store, stage.bot, SystemClock())
    for _ in range(3):
        await letters.deliver()


async def wanted(stage: Stage, prompt: str = "<ana-dog:0.8> in the snow", **options: Any) -> Message:
    answer = shown(await stage.ben.command("imagine", prompt=prompt, **options))
    await delivered(stage)
    return answer


async def seen(member: Member, text: str) -> Message:
    return await member.wait_for(lambda message: text in message.text, 5)


async def pressed(stage: Stage, owner: Member, label: str, text: str = "to use your word") -> Message:
    answer = shown(await owner.press(await seen(owner, text), label))
    await delivered(stage)
    return answer
