"""Leave to use a word: its owner is asked, and with the last yes the order that waits is queued in the same step."""

from __future__ import annotations

from typing import Any

from bot import asking, cards, orders
from bot.asking import Face, Yes
from bot.cards import Card
from bot.errors import sentence_of
from bot.holding import leave_of
from storage.database import transaction
from storage.errors import NotFound, TintypeError
from storage.pending import Pending
from storage.permissions import may_go_on
from storage.questions import GONE, Question, QuestionKind, QuestionState


def _asks(rooms: Any, question: Question, is_alone: bool) -> Card:  # noqa: FBT001  as `Face` wants it
    return cards.leave_card(leave_of(question), is_alone=is_alone)


def _over(rooms: Any, question: Question, is_alone: bool) -> Card:  # noqa: FBT001  see above
    is_always = question.state is QuestionState.YES and question.request.get("always")
    is_nothing = question.state is QuestionState.YES and bool({"trouble", "nothing"} & question.request.keys())
    always = "always" if _is_open(rooms, question) else "closed"
    state = always if is_always else str(question.state)
    return cards.leave_over_card(leave_of(question), state, is_alone=is_alone, is_nothing=is_nothing)


def _is_open(rooms: Any, question: Question) -> bool:
    """Whether who asked may use the word at all: leave to use it without asking lasts beyond its sharing."""
    concept = rooms.concepts.get(question.concept) if question.concept else None
    return concept is not None and may_go_on(question.asker, question.guild, rooms.sharing.held(concept))


def _reply(rooms: Any, question: Question, state: QuestionState, is_alone: bool) -> Card | None:  # noqa: FBT001  see above
    """Several answers to one order are told as one where that says all."""
    asked: list[Question] = rooms.questions.of_order(question.request.get("pending"))
    if state is QuestionState.YES and not {"job", "trouble"} & question.request.keys():
        waits = [leave_of(one).owner for one in asked if one.is_open]
        return cards.leave_reply_card(leave_of(question), "yes", is_alone=is_alone, waits=waits) if waits else None
    if state is QuestionState.WITHDRAWN and question.why != GONE:
        return None  # the other one's no is told
    if state is QuestionState.EXPIRED and [one.id for one in asked if one.state is state][:1] != [question.id]:
        return None
    return cards.leave_reply_card(leave_of(question), str(state), is_alone=is_alone, trouble=_trouble(question))


def _trouble(question: Question) -> str | None:
    """Why the order could not be queued, as a sentence."""
    told = question.request.get("trouble")
    return sentence_of(TintypeError(told["code"], **told["facts"])) if told else None


def _agreed(rooms: Any, yes: Yes) -> None:
    """Queue the order as if it was typed now, once everybody has allowed it; what it lacks now is told instead."""
    question = yes.question
    if yes.n == cards.ALWAYS:
        rooms.questions.note(question.id, always=True)
    asked: list[Question] = rooms.questions.of_order(question.request["pending"])
    if any(one.state is not QuestionState.YES for one in asked):
        return
    try:
        with transaction(rooms.db):
            job = orders.released(rooms, yes.asker, _order(rooms, question), asked, yes.facts, yes.now)
    except TintypeError as trouble:
        rooms.questions.note(question.id, trouble={"code": trouble.code, "facts": trouble.facts})
    else:
        rooms.questions.note(question.id, job=job.id)
    rooms.pending.drop(question.request["pending"])


def _order(rooms: Any, question: Question) -> Pending:
    found: Pending | None = rooms.pending.get(question.request["pending"])
    if found is None:
        raise NotFound("E_ORDER_GONE")
    return found


def _declined(rooms: Any, question: Question) -> None:
    """The order is over, and so is what others were asked for it."""
    rooms.pending.drop(question.request["pending"])


asking.register(QuestionKind.PERMISSION, Face(ask=_asks, over=_over, reply=_reply, agreed=_agreed, declined=_declined))
