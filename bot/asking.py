"""Questions to members: how each kind looks, who may answer, and what follows in the same step as the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.cards import Card
from bot.membership import member_of
from bot.studio import Asker, EngineFacts, Studio, around_of, is_adult
from storage.database import transaction
from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, can
from storage.questions import ASKER_LEFT, BY_ASKER, PERSON_LEFT, Question, QuestionKind, QuestionState
from storage.records import Actor, GuildId


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """A question that its member has just said yes to."""

    question: Question
    asker: Asker  #: as they are now; what follows is theirs
    facts: EngineFacts | None
    now: float
    n: int  #: which of several ways to say yes, as on the button


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One kind of question. All are called on the store's thread; `is_alone`: in a direct message, not in a channel.

    A card names members by their plain names: letters mention nobody. `reply` is what the asker is told of an end, None
    where there is nothing to say. `agreed` and `declined` run in the transaction of the answer; what they raise undoes
    it, so what cannot follow from a yes is noted with `Questions.note` instead and told by the reply.
    """

    ask: Callable[[Any, Question, bool], Card]
    over: Callable[[Any, Question, bool], Card]
    reply: Callable[[Any, Question, QuestionState, bool], Card | None]
    agreed: Callable[[Any, Yes], None]
    declined: Callable[[Any, Question], None]


FACES: dict[QuestionKind, Face] = {}


def register(kind: QuestionKind, face: Face) -> None:
    """Give a kind of question its face.

    Raises: ValueError when it has one.
    """
    if kind in FACES:
        raise ValueError(f"two faces of {kind!r}")
    FACES[kind] = face


def card_of(rooms: Any, question: Question, *, is_alone: bool) -> Card:
    """The card before who is asked, as it stands now."""
    face = FACES[question.kind]
    return (face.ask if question.is_open else face.over)(rooms, question, is_alone)


def asked_of(rooms: Any, person: Asker, question: str, action: Action = Action.ANSWER) -> Question:
    """The question, when this member may answer it, or do something else with it.

    Raises: NotFound(E_QUESTION_GONE), NotAllowed(E_QUESTION_FOREIGN).
    """
    return _may(rooms, person, question, action)


def agreed(rooms: Any, person: Asker, yes: Yes) -> Card:
    """Say yes; what follows happens in the same step, or nothing does.

    Raises: as `asked_of`, TintypeError(E_QUESTION_OVER), what the kind raises.
    """
    with transaction(rooms.db):
        rooms.questions.answer(yes.question.id, person.member, is_yes=True)
        FACES[yes.question.kind].agreed(rooms, yes)
    return _left(rooms, yes.question)


def declined(rooms: Any, person: Asker, question_id: str) -> Card:
    """Say no.

    Raises: as `agreed`.
    """
    question = asked_of(rooms, person, question_id)
    with transaction(rooms.db):
        rooms.questions.answer(question.id, person.member, is_yes=False)
        FACES[question.kind].declined(rooms, question)
    return _left(rooms, question)


def withdrawn(rooms: Any, asker: Asker, question_id: str) -> Question:
    """Take a question back, with all that were asked for the same order; those that are over stay so.

    Raises: NotFound(E_QUESTION_GONE), NotAllowed(E_QUESTION_FOREIGN).
    """
    question = _may(rooms, asker, question_id, Action.WITHDRAW)
    with transaction(rooms.db):
        for one in {question.id, *(asked.id for asked in rooms.questions.of_order(question.request.get("pending")))}:
            rooms.questions.close(one, QuestionState.WITHDRAWN, BY_ASKER)
    return question


async def asker_now(studio: Studio, client: discord.Client, question: Question, person: Asker) -> Asker:
    """Who asked, as a member of the server where they did, with the roles that they have now.

    Raises: NotAllowed(E_ASKER_LEFT, E_PERSON_LEFT) when one of the two has left it; the question is over then.
    TintypeError(E_DISCORD_AWAY), and nothing has changed.
    """
    guild, asker = question.guild, None
    if guild is not None:
        why, asker = await _present(client, guild, question)
        if why:
            await studio.run(lambda rooms: rooms.questions.close(question.id, QuestionState.WITHDRAWN, why))
            raise NotAllowed("E_ASKER_LEFT" if why == ASKER_LEFT else "E_PERSON_LEFT")
    actor = Actor(
        member=question.asker,
        guild=guild,
        roles=frozenset(role.id for role in asker.roles) if asker else frozenset(),
        is_manager=asker is not None and asker.guild_permissions.manage_guild,
        is_instance_owner=question.asker in studio.owners,
        is_blocked=studio.door.is_blocked(guild, question.asker),
        is_barred=studio.door.is_barred(question.asker),
        is_adult_channel=is_adult(client.get_channel(question.channel)),
    )
    key = f"q{question.id}"  # what follows from an answer is one job, whatever happens in between
    around = around_of(client.get_channel(question.channel))
    return replace(person, actor=actor, channel=question.channel, key=key, missing=(), around=around)


async def close_left(client: discord.Client, run: Callable[[Callable[[Any], Any]], Any]) -> None:
    """End the questions of whom and to whom has left the server where they were asked. `run`: with the rooms."""
    for question in await run(lambda rooms: rooms.questions.open()):
        if question.guild is not None:
            why, _ = await _present(client, question.guild, question)
            if why:
                await run(_closing(question, why))


def _closing(question: Question, why: str) -> Callable[[Any], Any]:
    return lambda rooms: rooms.questions.close(question.id, QuestionState.WITHDRAWN, why)


async def _present(client: discord.Client, guild: GuildId, question: Question) -> tuple[str, discord.Member | None]:
    """Why the question is over, if one of the two has left; and who asked."""
    asker = await member_of(client, guild, question.asker)
    if asker is None:
        return ASKER_LEFT, None
    if question.kind is QuestionKind.PERMISSION:
        return "", asker  # a word may be shared from another server, where its owner is
    person = await member_of(client, guild, question.person)
    return ("" if person else PERSON_LEFT), asker


def _may(rooms: Any, member: Asker, question_id: str, action: Action) -> Question:
    rooms.questions.settle()  # what it asks about may be gone
    question: Question | None = rooms.questions.get(question_id)
    if question is None:
        raise NotFound("E_QUESTION_GONE")
    can(member.actor, action, question)
    return question


def _left(rooms: Any, question: Question) -> Card:
    """What is left of a question that was answered just now; its other card is redrawn by its letter."""
    return card_of(rooms, rooms.questions.get(question.id) or question, is_alone=True)
