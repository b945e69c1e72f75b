"""Who may do what, as one table: every action on every kind of thing by every kind of member."""

from __future__ import annotations

import dataclasses

import pytest

from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, Held, Thing, can
from storage.questions import Question, QuestionId, QuestionKind, QuestionState
from storage.records import Concept, ConceptId, Draft, DraftId, Grant, Job, JobId, JobKind, JobState, Kind, Scope
from tests.storage.rooms import ANA, BEN, BLOB, CHANNEL, ELSEWHERE, EVE, HOME, actor, picture

GRANT = Grant(concept=ConceptId("c"), scope=Scope.MEMBER, subject=BEN)


def concept(kind: Kind) -> Concept:
    return Concept(
        id=ConceptId("c"), owner=ANA, home=HOME, name="ana-dog", kind=kind, class_word="dog", created_at=0
    )  # fmt: skip


def job(kind: JobKind) -> Job:
    return Job(
        id=JobId("j"), kind=kind, owner=ANA, guild=HOME, channel=CHANNEL, key="k", request={}, state=JobState.QUEUED,
        attempt=0, predicted_s=1, created_at=0,
    )  # fmt: skip


IMAGE = picture(ANA, "0" * 16, BLOB)
THINGS: dict[str, Thing] = {
    "studio": None,
    "word": Held(concept(Kind.ANIMAL), [GRANT]),
    "person": Held(concept(Kind.PERSON), [GRANT]),
    "withdrawn": Held(concept(Kind.PERSON), [GRANT], has_consent=False),
    "likeness": Held(dataclasses.replace(concept(Kind.PERSON), person=BEN)),
    "question": Question(
        id=QuestionId("q"),
        kind=QuestionKind.CONSENT,
        asker=ANA,
        person=BEN,
        asker_name="ana",
        person_name="ben",
        guild=HOME,
        channel=CHANNEL,
        state=QuestionState.OPEN,
        why="",
        created_at=0,
        answered_at=None,
    ),
    "draft": Draft(
        id=DraftId("d"),
        owner=ANA,
        guild=HOME,
        channel=CHANNEL,
        word="ana-dog",
        kind=Kind.ANIMAL,
        class_word=None,
        method=None,
        consent_text=None,
        created_at=0,
    ),
    "training": job(JobKind.TRAIN),
    "prompt": job(JobKind.IMAGINE),
    "image": IMAGE,
    "portrait": dataclasses.replace(IMAGE, has_person=True),
}
ACTORS = {
    "owner": actor(ANA),
    "owner, adult channel": actor(ANA, is_adult_channel=True),
    "owner, blocked": actor(ANA, is_blocked=True),
    "owner, elsewhere": actor(ANA, ELSEWHERE),
    "owner, in private": actor(ANA, None),
    "grantee": actor(BEN),
    "stranger": actor(EVE),
    "stranger elsewhere": actor(EVE, ELSEWHERE),
    "stranger in private": actor(EVE, None),
    "manager": actor(EVE, is_manager=True),
    "manager elsewhere": actor(EVE, ELSEWHERE, is_manager=True),
    "operator elsewhere": actor(EVE, ELSEWHERE, is_instance_owner=True),
}
ALL = set(Action)
KEEPS = {Action.DELETE, Action.EXPORT, Action.SEE}  # what a blocked member keeps: their rights
LOOKS = {Action.SEE, Action.VARY, Action.RECIPE}
ANYBODYS = dict.fromkeys(ACTORS, ALL) | {"owner, blocked": KEEPS}
OWNERS = {
    "owner": ALL,
    "owner, adult channel": ALL,
    "owner, blocked": KEEPS,
    "owner, elsewhere": ALL,
    "owner, in private": ALL,
}
MODERATED = {"manager": {Action.DELETE, Action.CANCEL}, "operator elsewhere": {Action.DELETE, Action.CANCEL}}
NO_USE = ALL - {Action.USE}
MAY: dict[str, dict[str, set[Action]]] = {
    "studio": ANYBODYS,
    "word": OWNERS | {"grantee": {Action.USE, Action.SEE}},
    "person": OWNERS | {"owner, adult channel": NO_USE, "grantee": {Action.USE, Action.SEE}},
    "withdrawn": {who: may - {Action.USE} for who, may in OWNERS.items()} | {"grantee": {Action.SEE}},
    "likeness": OWNERS | {"owner, adult channel": NO_USE, "grantee": {Action.SEE, Action.DELETE}},
    "question": {who: {Action.WITHDRAW} for who in OWNERS} | {"grantee": {Action.ANSWER, Action.SEE}},
    "draft": OWNERS,
    "training": OWNERS | MODERATED,
    "prompt": OWNERS
    | {"grantee": {Action.SEE}, "stranger": {Action.SEE}, "manager": {Action.SEE} | MODERATED["manager"]}
    | {"operator elsewhere": MODERATED["operator elsewhere"]},
    "image": OWNERS
    | {"grantee": LOOKS, "stranger": LOOKS, "manager": LOOKS | {Action.DELETE}}
    | {"operator elsewhere": {Action.DELETE}},
    "portrait": OWNERS
    | {"owner, adult channel": {Action.DELETE}, "manager": {Action.DELETE}, "operator elsewhere": {Action.DELETE}},
}
HIDDEN = {"word", "person", "withdrawn", "likeness", "draft"}  # of these a stranger learns not even that they exist


def answer(who: str, action: Action, what: str) -> type[Exception] | None:
    try:
        can(ACTORS[who], action, THINGS[what])
    except (NotAllowed, NotFound) as refused:
        return type(refused)
    return None


@pytest.mark.parametrize("what", THINGS)
@pytest.mark.parametrize("who", ACTORS)
def test_the_table_is_kept(who: str, what: str) -> None:
    may = {action for action in Action if answer(who, action, what) is None}

    assert may == MAY[what].get(who, set())


@pytest.mark.parametrize("what", sorted(HIDDEN))
@pytest.mark.parametrize("who", [who for who in ACTORS if not who.startswith(("owner", "grantee"))])
def test_private_things_of_others_are_not_there(who: str, what: str) -> None:
    assert {answer(who, action, what) for action in Action} == {NotFound}


@pytest.mark.parametrize("what", sorted(set(THINGS) - {"studio"}))
@pytest.mark.parametrize("who", ["stranger elsewhere", "stranger in private", "manager elsewhere"])
def test_nothing_of_a_server_is_there_for_those_outside(who: str, what: str) -> None:
    assert {answer(who, action, what) for action in Action} == {NotFound}


@pytest.mark.parametrize("scope", [Scope.ROLE, Scope.GUILD, Scope.INSTANCE])
def test_a_persons_word_is_never_shared_with_more_than_named_members(scope: Scope) -> None:
    grant = Grant(concept=ConceptId("c"), scope=scope, subject=HOME)
    asker = actor(BEN, roles=frozenset({HOME}))

    can(asker, Action.USE, Held(concept(Kind.ANIMAL), [grant]))
    with pytest.raises(NotFound):
        can(asker, Action.USE, Held(concept(Kind.PERSON), [grant]))


def test_a_missing_word_and_a_hidden_one_answer_alike() -> None:
    with pytest.raises(NotFound) as hidden:
        can(actor(EVE), Action.USE, Held(concept(Kind.ANIMAL)))

    assert (hidden.value.code, hidden.value.facts) == ("E_NO_SUCH_WORD", {"word": "ana-dog", "nearest": ""})
