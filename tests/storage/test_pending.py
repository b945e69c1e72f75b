from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.errors import NotAllowed
from storage.ids import new_id
from storage.names import ANYWHERE, Names
from storage.pending import MOST_CHOICES, WAIT_S, NewPending, PendingOrders
from storage.privacy import Privacy
from storage.questions import DAY_S, NewQuestion, Question, QuestionKind, Questions, QuestionState
from storage.records import Concept, Kind, MemberId
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, EVE, HOME

PERMISSION = QuestionKind.PERMISSION


@pytest.fixture
def pending(db: Database, clock: HandClock) -> PendingOrders:
    return PendingOrders(db, clock)


@pytest.fixture
def questions(db: Database, clock: HandClock) -> Questions:
    return Questions(db, clock)


@pytest.fixture
def dog(concepts: Concepts) -> Concept:
    return concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")


@pytest.fixture
def cat(concepts: Concepts) -> Concept:
    return concepts.create(EVE, HOME, "eve-cat", Kind.ANIMAL, "cat")


def new(key: str = "1", **request: Any) -> NewPending:
    whole = {"order": {"prompt": "<ana-dog>"}} | request
    return NewPending(owner=BEN, guild=HOME, channel=CHANNEL, key=key, request=whole)


def asked(questions: Questions, pending: PendingOrders, *concepts: Concept) -> list[Question]:
    order, _ = pending.put(new(new_id()))
    made = [
        questions.ask(
            NewQuestion(
                kind=PERMISSION, asker=BEN, asker_name="ben", person=concept.owner, person_name="?", guild=HOME,
                channel=CHANNEL, concept=concept.id, request={"pending": order.id},
            )
        )[0]
        for concept in concepts
    ]  # fmt: skip
    pending.change(order.id, dict(order.request) | {"questions": [one.id for one in made]})
    return made


def test_the_same_wish_twice_waits_once(pending: PendingOrders) -> None:
    first, is_new = pending.put(new())
    again, is_new_again = pending.put(new(other=1))

    assert (is_new, is_new_again) == (True, False)
    assert again == first == pending.get(first.id)
    assert pending.of_owner(BEN) == [first]


def test_an_order_waits_no_longer_than_its_time(pending: PendingOrders, clock: HandClock) -> None:
    old, _ = pending.put(new("1"))
    clock.pass_s(WAIT_S - 1)
    young, _ = pending.put(new("2"))
    clock.pass_s(2)

    pending.expire()

    assert pending.get(old.id) is None
    assert pending.get(young.id) == young
    assert WAIT_S > DAY_S


def test_one_no_ends_the_order_and_what_else_was_asked_for_it(
    questions: Questions, pending: PendingOrders, dog: Concept, cat: Concept
) -> None:
    of_dog, of_cat = asked(questions, pending, dog, cat)
    assert questions.of_order(of_dog.request["pending"]) == [of_dog, of_cat]

    questions.answer(of_dog.id, ANA, is_yes=False)
    questions.settle()

    other = questions.get(of_cat.id)
    assert other is not None
    assert (other.state, other.why) == (QuestionState.WITHDRAWN, "other")
    assert pending.of_owner(BEN) == []


def test_a_yes_leaves_the_order_to_wait_for_the_others(
    questions: Questions, pending: PendingOrders, dog: Concept, cat: Concept
) -> None:
    of_dog, of_cat = asked(questions, pending, dog, cat)

    questions.answer(of_dog.id, ANA, is_yes=True)
    questions.settle()

    assert questions.open() == [of_cat]
    assert len(pending.of_owner(BEN)) == 1


def test_an_order_whose_word_is_deleted_is_over(
    questions: Questions, pending: PendingOrders, concepts: Concepts, dog: Concept
) -> None:
    asked(questions, pending, dog)

    concepts.delete(dog.id)
    questions.settle()

    assert questions.open() == []
    assert pending.of_owner(BEN) == []


def test_what_is_allowed_from_then_on_holds_until_it_is_taken_back(
    questions: Questions, pending: PendingOrders, dog: Concept
) -> None:
    (question,) = asked(questions, pending, dog)
    questions.answer(question.id, ANA, is_yes=True)
    once = questions.is_standing(BEN, ANA, dog.id)
    questions.note(question.id, always=True)
    always = questions.is_standing(BEN, ANA, dog.id), questions.is_standing(EVE, ANA, dog.id)

    of_others = questions.take_back(dog.id, EVE)
    taken = questions.take_back(dog.id)

    assert (once, always) == (False, (True, False))
    assert of_others == []
    assert [one.state for one in taken] == [QuestionState.REVOKED]
    assert not questions.is_standing(BEN, ANA, dog.id)


def test_a_picture_that_an_order_begins_from_is_kept_while_it_waits(
    pending: PendingOrders, privacy: Privacy, vault: Vault
) -> None:
    blob = vault.put(BEN, b"picture")
    order, _ = pending.put(new(order={"prompt": "", "image": {"blob": blob}}))
    waiting = blob in privacy.known_blobs() and blob in dict(privacy.contents(BEN)).values()

    pending.drop(order.id)

    assert waiting
    assert blob not in privacy.known_blobs()


def test_a_member_is_called_what_the_server_calls_them_and_else_what_discord_does(db: Database) -> None:
    names = Names(db)
    names.note({(HOME, ANA): "Ana B.", (ANYWHERE, ANA): "ana", (ANYWHERE, BEN): "ben"})
    names.note({(HOME, ANA): "Ana C."})

    assert names.of(HOME, ANA) == "Ana C."
    assert names.of(None, ANA) == "ana"
    assert names.of(HOME, BEN) == "ben"
    assert names.of(HOME, MemberId(99)) == ""


def test_names_and_waiting_orders_are_told_and_forgotten(
    db: Database, pending: PendingOrders, privacy: Privacy
) -> None:
    Names(db).note({(HOME, BEN): "Ben!", (ANYWHERE, BEN): "ben"})
    pending.put(new())

    told = privacy.mydata(BEN)
    privacy.forget(BEN)

    assert told["names"] == ["Ben!", "ben"]
    assert [one["prompt"] for one in told["waiting"]] == ["<ana-dog>"]
    assert privacy.mydata(BEN)["names"] == privacy.mydata(BEN)["waiting"] == []


def test_whoever_is_allowed_may_ask_again_and_whoever_is_not_rests(
    questions: Questions, pending: PendingOrders, dog: Concept, clock: HandClock
) -> None:
    for _ in range(5):
        (question,) = asked(questions, pending, dog)
        questions.answer(question.id, ANA, is_yes=True)
        clock.pass_s(60)
    (question,) = asked(questions, pending, dog)
    questions.answer(question.id, ANA, is_yes=False)

    with pytest.raises(NotAllowed, match="E_ASK_DECLINED"):
        asked(questions, pending, dog)
    clock.pass_s(DAY_S + 1)
    assert len(asked(questions, pending, dog)) == 1


def test_a_member_has_no_more_than_the_newest_few_choices(pending: PendingOrders) -> None:
    orders = [pending.put(new(str(n)))[0] for n in range(MOST_CHOICES + 3)]
    pending.change(orders[5].id, {"order": {"prompt": ""}, "questions": ["1"]})
    pending.put(new("last"))

    waiting = [one.id for one in pending.of_owner(BEN)]

    assert orders[2].id not in waiting
    assert orders[5].id in waiting
    assert len(waiting) == MOST_CHOICES
