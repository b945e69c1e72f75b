"""Orders that wait for leave of the words' owners: put aside with a question to each, all in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import cards, texts
from bot.cards import Awaited, Card, Leave
from bot.mixing import Needed
from bot.studio import Asker
from storage.database import transaction
from storage.errors import NotAllowed
from storage.pending import NewPending, Pending
from storage.questions import NewQuestion, Question, QuestionKind
from storage.records import Kind, MemberId
from storage.sharing import Mixing


def put_aside(rooms: Any, asker: Asker, request: Mapping[str, Any], needed: Sequence[Needed]) -> Pending:
    """Ask everybody whose leave an order needs, and let it wait; the same interaction again asks nobody.

    Raises: NotAllowed E_ASK_NEVER, E_ASK_OPEN, E_ASK_DECLINED, E_ASK_OFTEN, E_ASK_MANY; nobody is asked then.
    """
    new = NewPending(owner=asker.member, guild=asker.actor.guild, channel=asker.channel, key=asker.key, request=request)
    with transaction(rooms.db):
        order, is_new = rooms.pending.put(new)
        if is_new:
            asked = [_ask(rooms, asker, order, one) for one in needed]
            rooms.pending.change(order.id, dict(request) | {"questions": [question.id for question in asked]})
    found: Pending = rooms.pending.get(order.id)
    return found


def _ask(rooms: Any, asker: Asker, order: Pending, one: Needed) -> Question:
    concept, guild = rooms.concepts.get(one.concept), asker.actor.guild
    written = next(word["name"] for word in order.request["order"]["words"] if _is_of(rooms, word, one))
    share = rooms.sharing.share_of(one.concept)
    is_asked_first = share is not None and share.mixing is Mixing.ASK and one.person == concept.owner
    new = NewQuestion(
        kind=QuestionKind.PERMISSION,
        asker=asker.member,
        person=one.person,
        asker_name=_called(rooms, asker, asker.member),
        person_name=_called(rooms, asker, one.person),
        guild=guild,
        channel=asker.channel,
        concept=one.concept,
        request={
            "pending": order.id,
            "word": written,
            "prompt": order.request["order"]["prompt"],
            "people": concept.kind is Kind.PERSON and not is_asked_first,
        },
    )
    question, is_new = rooms.questions.ask(new)
    if not is_new:
        raise NotAllowed("E_ASK_OPEN", person=question.person_name)
    made: Question = question
    return made


def _is_of(rooms: Any, word: Mapping[str, Any], one: Needed) -> bool:
    return bool(rooms.concepts.version(word["version"]).concept == one.concept)


def _called(rooms: Any, asker: Asker, member: MemberId) -> str:
    return rooms.names.of(asker.actor.guild, member) or texts.say("somebody")


def leave_of(question: Question) -> Leave:
    """A question as its cards tell it."""
    return Leave(
        question=question.id,
        asker=question.asker_name,
        owner=question.person_name or texts.say("somebody"),
        word=str(question.request.get("word", "")),
        prompt=str(question.request.get("prompt", "")),
        with_people=bool(question.request.get("people")),
        until=question.ends_at,
    )


def awaited_by(rooms: Any, member: MemberId) -> list[Awaited]:
    """What this member wants that waits for others' answers; of one order, all who are yet to answer."""
    orders: dict[str, list[Question]] = {}
    for question in rooms.questions.open_by(member):
        orders.setdefault(str(question.request.get("pending") or question.id), []).append(question)
    return [
        Awaited(
            question=asked[0].id,
            kind="imagine" if asked[0].kind is QuestionKind.PERMISSION else "train",
            asked=[(one.person_name or texts.say("somebody"), str(one.request.get("word", ""))) for one in asked],
            until=min(one.ends_at for one in asked),
        )
        for asked in orders.values()
    ]


def asked_card(rooms: Any, order: Pending) -> Card:
    """What the asker is answered while their order waits."""
    return cards.leave_asked_card([leave_of(question) for question in rooms.questions.of_order(order.id)])
