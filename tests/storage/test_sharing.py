from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.database import rows
from storage.errors import NotAllowed, NotFound, TintypeError, WordRefused
from storage.permissions import Action, can
from storage.queue import Queue
from storage.records import BlobId, Concept, Consent, JobKind, JobState, Kind, MemberId, Scope
from storage.sharing import ABOUT_CHARACTERS, Licence, Mixing, Sharing
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, ELSEWHERE, EVE, HOME, actor, add_version, wish

BLOB = BlobId("101-" + "a" * 32)
ROLE = 7


def taught(concepts: Concepts, name: str = "ana-dog", owner: MemberId = ANA, kind: Kind = Kind.ANIMAL) -> Concept:
    concept = concepts.create(owner, HOME, name, kind, "dog")
    add_version(concepts, concept, BLOB)
    if kind is Kind.PERSON:
        concepts.agree(Consent(concept=concept.id, person=owner, text_version="1", given_at=1.0))
    return concept


def usable(concepts: Concepts, member: MemberId, name: str = "ana-dog", **more: Any) -> list[str]:
    return [concept.id for concept in concepts.usable(actor(member, **more), name)]


def test_a_word_is_shared_at_first_for_use_here_and_mixed_with_anything(
    concepts: Concepts, sharing: Sharing, clock: HandClock
) -> None:
    concept = taught(concepts)
    assert sharing.share_of(concept.id) is None

    share = sharing.share(concept.id, Scope.MEMBER, BEN)

    assert (share.licence, share.mixing, share.about) == (Licence.HERE, Mixing.FREE, "")
    assert (share.shared_at, share.quarantined_at) == (clock.now(), None)
    assert [(grant.scope, grant.subject) for grant in share.grants] == [(Scope.MEMBER, BEN)]
    assert usable(concepts, BEN) == [concept.id]
    assert usable(concepts, EVE) == []


def test_sharing_with_more_keeps_what_is_not_said_anew(concepts: Concepts, sharing: Sharing) -> None:
    concept = taught(concepts)
    sharing.share(concept.id, Scope.MEMBER, BEN, licence=Licence.BY, mixing=Mixing.ASK, about="my dog")

    share = sharing.share(concept.id, Scope.GUILD, HOME, about="x" * 999)

    assert (share.licence, share.mixing, share.about) == (Licence.BY, Mixing.ASK, "x" * ABOUT_CHARACTERS)
    assert {grant.scope for grant in share.grants} == {Scope.MEMBER, Scope.GUILD}


@pytest.mark.parametrize("scope", [Scope.ROLE, Scope.GUILD, Scope.INSTANCE])
def test_a_persons_word_is_shared_with_named_members_only(concepts: Concepts, sharing: Sharing, scope: Scope) -> None:
    concept = taught(concepts, kind=Kind.PERSON)

    with pytest.raises(WordRefused, match="E_SHARE_PERSON"):
        sharing.share(concept.id, scope, HOME)
    assert sharing.share_of(concept.id) is None
    assert sharing.share(concept.id, Scope.MEMBER, BEN).grants


def test_another_members_likeness_is_shared_with_that_member_alone(
    db: Database, concepts: Concepts, sharing: Sharing
) -> None:
    concept = taught(concepts, kind=Kind.PERSON)
    rows(db, "update concepts set person = :ben", ben=BEN)

    with pytest.raises(WordRefused, match="E_SHARE_SHOWN"):
        sharing.share(concept.id, Scope.MEMBER, EVE)
    assert sharing.share(concept.id, Scope.MEMBER, BEN).grants


@pytest.mark.parametrize(
    ("scope", "subject", "code"),
    [
        (Scope.MEMBER, ANA, "E_SHARE_SELF"),
        (Scope.ROLE, None, "E_SHARE_SERVER"),
        (Scope.GUILD, None, "E_SHARE_SERVER"),
    ],
)
def test_a_word_cannot_be_shared_with_oneself_or_with_a_server_that_one_is_not_in(
    concepts: Concepts, sharing: Sharing, scope: Scope, subject: int | None, code: str
) -> None:
    with pytest.raises(WordRefused, match=code):
        sharing.share(taught(concepts).id, scope, subject)


def test_a_word_that_is_not_learned_yet_cannot_be_shared(concepts: Concepts, sharing: Sharing) -> None:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")

    with pytest.raises(TintypeError, match="E_WORD_NOT_LEARNED"):
        sharing.share(concept.id, Scope.GUILD, HOME)


@pytest.mark.parametrize(("scope", "subject"), [(Scope.GUILD, HOME), (Scope.INSTANCE, None)])
def test_a_name_means_one_word_in_a_server_and_one_in_all(
    concepts: Concepts, sharing: Sharing, scope: Scope, subject: int | None
) -> None:
    mine, theirs = taught(concepts), taught(concepts, owner=EVE)
    sharing.share(mine.id, scope, subject)
    sharing.share(mine.id, scope, subject)

    with pytest.raises(WordRefused, match="E_SHARE_TAKEN"):
        sharing.share(theirs.id, scope, subject)
    assert sharing.share_of(theirs.id) is None
    assert sharing.share(theirs.id, Scope.MEMBER, BEN).grants
    assert sharing.share(theirs.id, Scope.GUILD, ELSEWHERE).grants


def test_an_unshared_name_is_free_for_others(concepts: Concepts, sharing: Sharing) -> None:
    mine, theirs = taught(concepts), taught(concepts, owner=EVE)
    sharing.share(mine.id, Scope.GUILD, HOME)

    assert sharing.unshare(mine.id, Scope.GUILD, HOME)

    assert sharing.share(theirs.id, Scope.GUILD, HOME).grants
    assert not sharing.unshare(mine.id, Scope.GUILD, HOME)


def test_a_deleted_words_name_is_free_for_others(concepts: Concepts, sharing: Sharing) -> None:
    mine, theirs = taught(concepts), taught(concepts, owner=EVE)
    sharing.share(mine.id, Scope.INSTANCE)

    concepts.delete(mine.id)

    assert sharing.share(theirs.id, Scope.INSTANCE).grants


def test_renaming_takes_the_new_name_wherever_the_old_one_was_kept(concepts: Concepts, sharing: Sharing) -> None:
    mine, theirs = taught(concepts), taught(concepts, owner=EVE)
    sharing.share(mine.id, Scope.GUILD, HOME)
    sharing.share(mine.id, Scope.INSTANCE)

    concepts.rename(mine, "rex")

    assert sharing.share(theirs.id, Scope.GUILD, HOME).grants
    with pytest.raises(WordRefused, match="E_SHARE_TAKEN"):
        sharing.share(taught(concepts, "rex", BEN).id, Scope.INSTANCE)


def test_renaming_into_a_name_that_is_taken_changes_nothing(concepts: Concepts, sharing: Sharing) -> None:
    mine = taught(concepts)
    sharing.share(mine.id, Scope.GUILD, HOME)
    sharing.share(taught(concepts, "rex", EVE).id, Scope.GUILD, HOME)

    with pytest.raises(WordRefused, match="E_SHARE_TAKEN"):
        concepts.rename(mine, "rex")

    assert concepts.get(mine.id) == mine
    with pytest.raises(WordRefused, match="E_SHARE_TAKEN"):
        sharing.share(taught(concepts, owner=BEN).id, Scope.GUILD, HOME)


def test_unsharing_closes_one_scope_or_all(concepts: Concepts, sharing: Sharing) -> None:
    concept = taught(concepts)
    for scope, subject in ((Scope.MEMBER, BEN), (Scope.MEMBER, EVE), (Scope.ROLE, ROLE), (Scope.INSTANCE, None)):
        sharing.share(concept.id, scope, subject)

    assert sharing.unshare(concept.id, Scope.INSTANCE)
    assert sharing.unshare(concept.id, Scope.MEMBER, BEN)
    left = sharing.share_of(concept.id)
    assert left is not None
    assert {(grant.scope, grant.subject) for grant in left.grants} == {(Scope.MEMBER, EVE), (Scope.ROLE, ROLE)}
    assert usable(concepts, BEN) == []

    assert sharing.unshare(concept.id)
    assert sharing.share_of(concept.id) is None
    assert not sharing.unshare(concept.id)


def test_a_quarantined_word_is_there_for_its_owner_alone(concepts: Concepts, sharing: Sharing) -> None:
    concept = taught(concepts)
    sharing.share(concept.id, Scope.INSTANCE)

    assert sharing.quarantine(concept.id)

    assert usable(concepts, BEN) == []
    assert usable(concepts, ANA) == [concept.id]
    can(actor(ANA), Action.USE, sharing.held(concept))
    for action in (Action.USE, Action.SEE):
        with pytest.raises(NotFound):
            can(actor(BEN), action, sharing.held(concept))
    assert not sharing.quarantine(concept.id)

    assert sharing.release(concept.id)
    assert usable(concepts, BEN) == [concept.id]
    assert not sharing.release(concept.id)


def test_a_quarantine_is_not_ended_by_sharing_anew(concepts: Concepts, sharing: Sharing) -> None:
    concept = taught(concepts)
    sharing.share(concept.id, Scope.GUILD, HOME)
    sharing.quarantine(concept.id)

    sharing.unshare(concept.id)
    sharing.share(concept.id, Scope.GUILD, HOME)

    assert usable(concepts, BEN) == []


@pytest.mark.parametrize("withdraw", [Sharing.unshare, Sharing.quarantine])
def test_withdrawing_a_word_cancels_what_others_draw_with_it(
    concepts: Concepts, sharing: Sharing, queue: Queue, withdraw: Any
) -> None:
    concept, other = taught(concepts), taught(concepts, "ana-cup")
    sharing.share(concept.id, Scope.GUILD, HOME)

    def drawing(owner: MemberId, word: Concept) -> str:
        request = {"prompt": "x", "words": [{"version": concepts.versions(word.id)[0].id, "name": word.name}]}
        job, _ = queue.put(wish(f"{owner} {word.name}", JobKind.IMAGINE, owner, request=request))
        return str(job.id)

    mine, theirs, elsewhere = drawing(ANA, concept), drawing(BEN, concept), drawing(BEN, other)
    queue.claim(theirs, "engine", 60.0)  # type: ignore[arg-type]

    withdraw(sharing, concept.id)

    states = {job.id: job.state for member in (ANA, BEN) for job in queue.of_owner(member)}
    assert states == {mine: JobState.QUEUED, theirs: JobState.CANCELLED, elsewhere: JobState.QUEUED}


def test_a_job_goes_on_as_long_as_another_grant_lets_it(concepts: Concepts, sharing: Sharing, queue: Queue) -> None:
    concept = taught(concepts)
    sharing.share(concept.id, Scope.GUILD, HOME)
    sharing.share(concept.id, Scope.MEMBER, BEN)
    request = {"prompt": "x", "words": [{"version": concepts.versions(concept.id)[0].id, "name": "ana-dog"}]}
    job, _ = queue.put(wish("k", JobKind.IMAGINE, BEN, request=request))

    sharing.unshare(concept.id, Scope.GUILD, HOME)

    assert queue.get(job.id) == job


def test_an_agreement_taken_back_stops_the_word_for_everybody_and_all_that_runs_with_it(
    concepts: Concepts, sharing: Sharing, queue: Queue
) -> None:
    concept = taught(concepts, kind=Kind.PERSON)
    sharing.share(concept.id, Scope.MEMBER, BEN)
    request = {"prompt": "x", "words": [{"version": concepts.versions(concept.id)[0].id, "name": "ana-dog"}]}
    mine, _ = queue.put(wish("mine", JobKind.IMAGINE, ANA, request=request))
    theirs, _ = queue.put(wish("theirs", JobKind.IMAGINE, BEN, request=request))
    learning, _ = queue.put(wish("learning", JobKind.TRAIN, ANA, concept=concept.id))
    assert sharing.showing(BEN) == []
    with pytest.raises(NotFound):
        sharing.take_back(concept.id, BEN)

    assert sharing.showing(ANA) == [concept]
    assert sharing.take_back(concept.id, ANA) == concept

    for job in (mine, theirs, learning):
        found = queue.get(job.id)
        assert found is not None
        assert found.state is JobState.CANCELLED
    with pytest.raises(NotAllowed, match="E_CONSENT_BACK"):
        can(actor(ANA), Action.USE, sharing.held(concept))
    assert sharing.showing(ANA) == []
