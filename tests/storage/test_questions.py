from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.letters import CARD, Letter
from storage.photos import Photos
from storage.privacy import Privacy
from storage.questions import (
    DAY_S,
    MOST_A_DAY,
    MOST_OPEN,
    TERMS,
    NewQuestion,
    Question,
    QuestionKind,
    Questions,
    QuestionState,
)
from storage.records import Draft, DraftId, Kind, MemberId
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, EVE, HOME, open_draft

CONSENT, PERMISSION = QuestionKind.CONSENT, QuestionKind.PERMISSION
OPEN, YES, NO = QuestionState.OPEN, QuestionState.YES, QuestionState.NO


@pytest.fixture
def questions(db: Database, clock: HandClock) -> Questions:
    return Questions(db, clock)


@pytest.fixture
def draft(photos: Photos) -> Draft:
    return open_draft(photos)


def new(draft: DraftId | None = None, person: MemberId = BEN, **more: Any) -> NewQuestion:
    values: dict[str, Any] = {"kind": CONSENT, "asker": ANA, "asker_name": "ana", "person_name": "ben"}
    values |= {"guild": HOME, "channel": CHANNEL, "request": {"word": "ben-face"}}
    return NewQuestion(person=person, draft=draft, **(values | more))


def asked(questions: Questions, draft: Draft, **more: Any) -> Question:
    return questions.ask(new(draft.id, **more))[0]


def due(questions: Questions) -> list[tuple[str, int | None]]:
    return [(letter.role, letter.message) for letter in questions.due()]


def card(questions: Questions) -> Letter:
    return next(letter for letter in questions.due() if letter.role == CARD)


def test_the_same_question_while_it_is_open_is_one(questions: Questions, draft: Draft) -> None:
    first, made = questions.ask(new(draft.id))
    again, made_again = questions.ask(new(draft.id, request={"word": "other"}))

    assert (made, made_again) == (True, False)
    assert again == first
    assert first.request == {"word": "ben-face"}
    assert questions.open_for(BEN) == questions.open() == [first]
    assert questions.open_for(ANA) == []


def test_it_is_answered_once_and_by_that_member_only(questions: Questions, draft: Draft) -> None:
    question = asked(questions, draft)

    with pytest.raises(NotAllowed, match="E_QUESTION_FOREIGN"):
        questions.answer(question.id, EVE, is_yes=True)
    with pytest.raises(NotAllowed, match="E_QUESTION_FOREIGN"):
        questions.answer(question.id, ANA, is_yes=True)
    answered = questions.answer(question.id, BEN, is_yes=True)
    with pytest.raises(TintypeError, match="E_QUESTION_OVER"):
        questions.answer(question.id, BEN, is_yes=False)

    assert answered.state is YES
    assert questions.get(question.id) == answered
    assert questions.open_for(BEN) == []


def test_what_does_not_exist_cannot_be_answered(questions: Questions) -> None:
    with pytest.raises(NotFound, match="E_QUESTION_GONE"):
        questions.answer("0" * 16, BEN, is_yes=True)


def test_a_draft_waits_while_its_question_is_open(questions: Questions, photos: Photos, draft: Draft) -> None:
    question = asked(questions, draft)
    waiting = photos.draft(draft.id)
    questions.close(question.id, QuestionState.WITHDRAWN, "asker")

    assert waiting
    assert waiting.state == "asked"
    assert (photos.draft(draft.id) or draft).state == "open"


def test_after_a_no_the_same_member_asks_again_only_after_thirty_days(
    questions: Questions, photos: Photos, draft: Draft, clock: HandClock
) -> None:
    questions.answer(asked(questions, draft).id, BEN, is_yes=False)
    other = open_draft(photos)

    with pytest.raises(NotAllowed, match="E_ASK_DECLINED"):
        asked(questions, other)
    assert questions.ask(new(other.id, person=EVE))[1]
    photos.discard(draft.id)
    clock.pass_s(TERMS[CONSENT].rest_s - 60)
    questions.expire()
    with pytest.raises(NotAllowed, match="E_ASK_DECLINED"):
        asked(questions, open_draft(photos))
    clock.pass_s(120)

    assert asked(questions, open_draft(photos)).is_open


def test_who_took_an_agreement_back_is_left_in_peace_too(
    questions: Questions, photos: Photos, concepts: Concepts, draft: Draft
) -> None:
    question = asked(questions, draft)
    word = concepts.create(ANA, HOME, "ben-face", Kind.PERSON, "person")
    questions.answer(question.id, BEN, is_yes=True)
    questions.note(question.id, concept=word.id)

    assert [one.state for one in questions.revoke(word.id, BEN)] == [QuestionState.REVOKED]
    with pytest.raises(NotAllowed, match="E_ASK_DECLINED"):
        asked(questions, open_draft(photos))


def test_a_pair_has_one_open_question_and_a_member_few(questions: Questions, photos: Photos, draft: Draft) -> None:
    asked(questions, draft)

    with pytest.raises(NotAllowed, match="E_ASK_OPEN"):
        asked(questions, open_draft(photos))
    for number in range(1, MOST_OPEN):
        questions.ask(new(open_draft(photos).id, person=MemberId(500 + number)))
    with pytest.raises(NotAllowed, match="E_ASK_MANY"):
        questions.ask(new(open_draft(photos).id, person=EVE))


def test_nobody_is_asked_over_and_over(questions: Questions, draft: Draft, clock: HandClock) -> None:
    for _ in range(MOST_A_DAY):
        questions.close(asked(questions, draft).id, QuestionState.WITHDRAWN, "asker")

    with pytest.raises(NotAllowed, match="E_ASK_OFTEN"):
        asked(questions, draft)
    clock.pass_s(DAY_S + 1)
    assert asked(questions, draft).is_open


def test_a_permission_is_about_one_word(questions: Questions, concepts: Concepts) -> None:
    first, second = (concepts.create(BEN, HOME, name, Kind.STYLE, "style") for name in ("ink", "oil"))
    about = {"kind": PERMISSION, "draft": None}
    one = questions.ask(new(concept=first.id, **about))[0]
    two = questions.ask(new(concept=second.id, **about))[0]
    questions.answer(one.id, BEN, is_yes=False)
    questions.answer(two.id, BEN, is_yes=True)

    with pytest.raises(NotAllowed, match="E_ASK_DECLINED"):
        questions.ask(new(concept=first.id, **about))
    assert [found.id for found in questions.granted(PERMISSION, ANA, second.id)] == [two.id]
    assert questions.granted(PERMISSION, ANA, first.id) == []
    assert questions.granted(PERMISSION, EVE, second.id) == []


def test_a_question_ends_by_itself_and_its_asker_is_told(
    questions: Questions, photos: Photos, draft: Draft, clock: HandClock
) -> None:
    question = asked(questions, draft)
    questions.posted(card(questions), CHANNEL, 77, OPEN)
    clock.pass_s(question.ends_at - clock.now() - 1)

    assert questions.expire() == 0
    assert due(questions) == []
    clock.pass_s(2)
    assert questions.expire() == 1
    assert due(questions) == [("card", 77), ("expired", None)]
    assert (photos.draft(draft.id) or draft).state == "open"


@pytest.mark.parametrize("about", ["draft", "concept"])
def test_a_question_about_what_is_gone_is_withdrawn(
    questions: Questions, photos: Photos, concepts: Concepts, draft: Draft, about: str
) -> None:
    word = concepts.create(ANA, HOME, "ben-face", Kind.PERSON, "person")
    question = questions.ask(new(**{about: draft.id if about == "draft" else word.id}))[0]
    questions.settle()
    untouched = questions.get(question.id)
    photos.discard(draft.id)
    concepts.delete(word.id)

    questions.settle()

    assert untouched == question
    found = questions.get(question.id)
    assert found
    assert (found.state, found.why) == (QuestionState.WITHDRAWN, "gone")


def test_a_letter_is_due_until_it_shows_how_things_stand(questions: Questions, draft: Draft) -> None:
    question = asked(questions, draft)
    before = due(questions)
    letter = card(questions)
    questions.tried(letter)
    tries = card(questions).tries
    assert questions.posted(letter, CHANNEL, 77, OPEN)
    posted = due(questions)
    questions.answer(question.id, BEN, is_yes=True)
    answered = due(questions)
    questions.redrawn(letter, YES)
    reply = next(one for one in questions.due() if one.role == YES)
    questions.posted(reply, CHANNEL, 78, YES)

    assert (before, tries, posted, answered) == ([("card", None)], 1, [], [("card", 77), ("yes", None)])
    assert due(questions) == []


def test_a_card_that_was_never_tried_is_not_sent_when_the_question_is_over(questions: Questions, draft: Draft) -> None:
    questions.close(asked(questions, draft).id, QuestionState.WITHDRAWN, "asker")
    assert due(questions) == [("withdrawn", None)]

    again = asked(questions, draft)
    questions.tried(card(questions))
    questions.close(again.id, QuestionState.WITHDRAWN, "asker")

    assert ("card", None) in due(questions)  # it may stand in a channel


def test_a_question_that_reaches_nobody_is_over(questions: Questions, draft: Draft) -> None:
    question = asked(questions, draft)

    questions.undeliverable(card(questions), "closed")

    found = questions.get(question.id)
    assert found
    assert found.state is QuestionState.UNREACHABLE
    assert due(questions) == [("unreachable", None)]


def test_an_answer_is_dropped_when_nobody_needs_it_any_more(
    questions: Questions, photos: Photos, draft: Draft, clock: HandClock
) -> None:
    declined = asked(questions, draft)
    questions.answer(declined.id, BEN, is_yes=False)
    granted = questions.ask(new(draft.id, person=EVE))[0]
    questions.answer(granted.id, EVE, is_yes=True)
    clock.pass_s(31 * DAY_S)
    questions.expire()
    kept = [questions.get(one.id) is not None for one in (declined, granted)]
    photos.discard(draft.id)
    questions.expire()

    assert kept == [False, True]
    assert questions.get(granted.id) is None


def test_when_who_is_asked_is_forgotten_the_asker_is_told_without_a_name(
    questions: Questions, privacy: Privacy, photos: Photos, draft: Draft, db: Database
) -> None:
    question = asked(questions, draft)
    questions.posted(card(questions), CHANNEL, 77, OPEN)

    privacy.forget(BEN)

    found = questions.get(question.id)
    assert found
    assert (found.person, found.person_name, found.state, found.why) == (0, "", QuestionState.WITHDRAWN, "gone")
    assert due(questions) == [("withdrawn", None)]
    assert [(owed.message, owed.deed) for owed in privacy.takedowns.owed()] == [(77, "remove")]
    assert "ben" not in "\n".join(db.conn.iterdump())


def test_when_the_asker_is_forgotten_nothing_is_left_of_the_question(
    questions: Questions, privacy: Privacy, draft: Draft, db: Database
) -> None:
    question = asked(questions, draft)
    questions.posted(card(questions), CHANNEL, 77, OPEN)

    privacy.forget(ANA)

    assert questions.get(question.id) is None
    assert questions.due() == []
    assert [(owed.message, owed.deed) for owed in privacy.takedowns.owed()] == [(77, "remove")]
    late = Letter(question=question.id, role=CARD, tries=1, channel=None, message=None, shown=None)
    assert not questions.posted(late, CHANNEL, 78, OPEN)


def test_what_is_kept_about_a_member_names_the_questions(questions: Questions, privacy: Privacy, draft: Draft) -> None:
    asked(questions, draft)

    told = [privacy.mydata(member)["questions"] for member in (ANA, BEN, EVE)]

    assert [[one["by"] for one in some] for some in told] == [["you"], ["ana"], []]
