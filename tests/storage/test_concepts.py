from __future__ import annotations

from typing import Any

import pytest

from storage.concepts import Concepts
from storage.errors import NotFound, WordRefused
from storage.queue import Queue
from storage.records import BlobId, Concept, Consent, Grant, Kind, MemberId, Scope
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, ELSEWHERE, EVE, HOME, actor, add_version, wish

BLOB, SHEET = BlobId("101-" + "a" * 32), BlobId("101-" + "b" * 32)


def taught(concepts: Concepts, name: str = "ana-dog", owner: MemberId = ANA, kind: Kind = Kind.ANIMAL) -> Concept:
    concept = concepts.create(owner, HOME, name, kind, "dog")
    add_version(concepts, concept, BLOB, sheet=SHEET)
    return concept


def test_a_word_is_taken_once_by_one_owner_in_one_server(concepts: Concepts) -> None:
    taught(concepts)

    with pytest.raises(WordRefused, match="E_WORD_TAKEN"):
        concepts.create(ANA, HOME, "<Ana-Dog>", Kind.OBJECT, "car")
    concepts.create(BEN, HOME, "ana-dog", Kind.ANIMAL, "dog")
    concepts.create(ANA, ELSEWHERE, "ana-dog", Kind.ANIMAL, "dog")


def test_the_unapproved_home_of_direct_messages_is_one_home_too(concepts: Concepts) -> None:
    concepts.create(ANA, None, "ana-dog", Kind.ANIMAL, "dog")

    with pytest.raises(WordRefused, match="E_WORD_TAKEN"):
        concepts.create(ANA, None, "ana-dog", Kind.ANIMAL, "dog")


def test_a_new_word_is_private(concepts: Concepts) -> None:
    concept = taught(concepts)

    assert concepts.resolve(actor(ANA), "ana-dog") == concept
    assert concepts.complete(actor(BEN), "") == []
    with pytest.raises(NotFound, match="E_NO_SUCH_WORD"):
        concepts.resolve(actor(BEN), "ana-dog")


def test_a_missing_word_and_somebody_elses_answer_the_same(concepts: Concepts) -> None:
    taught(concepts, "ana-dog")

    def told(name: str) -> dict[str, object]:
        with pytest.raises(NotFound) as refused:
            concepts.resolve(actor(BEN), name)
        return {"code": refused.value.code, "nearest": refused.value.facts["nearest"]}

    assert told("ana-dog") == told("no-such-word")


def test_a_near_miss_is_pointed_to_among_ones_own_words(concepts: Concepts) -> None:
    taught(concepts, "ana-dog")

    with pytest.raises(NotFound) as refused:
        concepts.resolve(actor(ANA), "anna-dog")

    assert refused.value.facts["nearest"] == "ana-dog"


@pytest.mark.parametrize(
    ("grant", "member", "more", "may"),
    [
        ((Scope.MEMBER, BEN), BEN, {}, True),
        ((Scope.MEMBER, BEN), EVE, {}, False),
        ((Scope.ROLE, 7), BEN, {"roles": frozenset({7})}, True),
        ((Scope.ROLE, 7), BEN, {"roles": frozenset({8})}, False),
        ((Scope.GUILD, HOME), BEN, {}, True),
        ((Scope.GUILD, HOME), BEN, {"guild": ELSEWHERE}, False),
        ((Scope.GUILD, HOME), BEN, {"guild": None}, False),
        ((Scope.INSTANCE, 0), BEN, {"guild": ELSEWHERE}, True),
        ((Scope.PRIVATE, BEN), BEN, {}, False),
    ],
)
@pytest.mark.parametrize("kind", [Kind.ANIMAL, Kind.PERSON])
def test_grants_open_a_word_and_a_persons_only_to_named_members(
    concepts: Concepts, grant: tuple[Scope, int], member: MemberId, more: dict[str, Any], may: bool, kind: Kind
) -> None:
    concept = taught(concepts, kind=kind)
    concepts.grant(Grant(concept=concept.id, scope=grant[0], subject=grant[1]))

    found = concepts.usable(actor(member, **more), "ana-dog")

    expected = may and (kind is not Kind.PERSON or grant[0] is Scope.MEMBER)
    assert [other.id for other in found] == ([concept.id] if expected else [])
    assert bool(concepts.complete(actor(member, **more), "ana")) == expected


def test_the_nearest_meaning_comes_first(concepts: Concepts) -> None:
    own_elsewhere = concepts.create(BEN, ELSEWHERE, "dog", Kind.ANIMAL, "dog")
    own = concepts.create(BEN, HOME, "dog", Kind.ANIMAL, "dog")
    of_all = concepts.create(EVE, ELSEWHERE, "dog", Kind.ANIMAL, "dog")
    of_server = concepts.create(MemberId(104), HOME, "dog", Kind.ANIMAL, "dog")
    shared = concepts.create(ANA, HOME, "dog", Kind.ANIMAL, "dog")
    concepts.grant(Grant(concept=of_all.id, scope=Scope.INSTANCE, subject=0))
    concepts.grant(Grant(concept=of_server.id, scope=Scope.GUILD, subject=HOME))
    concepts.grant(Grant(concept=shared.id, scope=Scope.MEMBER, subject=BEN))

    found = concepts.usable(actor(BEN), "dog")

    assert [concept.id for concept in found] == [own.id, own_elsewhere.id, shared.id, of_server.id, of_all.id]


def test_completion_offers_learned_words_by_their_beginning(concepts: Concepts) -> None:
    for name in ("ana-dog", "ana-cat", "ana_cat", "zed"):
        taught(concepts, name)
    concepts.create(ANA, HOME, "ana-not-learned", Kind.ANIMAL, "dog")

    assert [c.name for c in concepts.complete(actor(ANA), "Ana")] == ["ana-cat", "ana-dog", "ana_cat"]
    assert [c.name for c in concepts.complete(actor(ANA), "ana_")] == ["ana_cat"]
    assert concepts.complete(actor(ANA), "%") == []
    assert len(concepts.complete(actor(ANA), "", limit=2)) == 2


def test_versions_count_up_and_remember_their_base(concepts: Concepts) -> None:
    concept = taught(concepts)
    second = add_version(concepts, concept, BLOB)

    assert [version.n for version in concepts.versions(concept.id)] == [2, 1]
    assert concepts.version(second.id) == second
    assert (second.base_model, second.base_revision, second.scores) == ("miniature", "1", {"pick": 0.9})


def test_renaming_keeps_versions_and_refuses_taken_words(concepts: Concepts) -> None:
    concept = taught(concepts)
    taught(concepts, "other")

    renamed = concepts.rename(concept, "Rex-2")

    assert (renamed.id, renamed.name, len(concepts.versions(concept.id))) == (concept.id, "rex-2", 1)
    with pytest.raises(WordRefused, match="E_WORD_TAKEN"):
        concepts.rename(concept, "other")


def test_deleting_names_every_file_and_frees_the_word(concepts: Concepts) -> None:
    concept = taught(concepts)
    concepts.grant(Grant(concept=concept.id, scope=Scope.MEMBER, subject=BEN))

    assert set(concepts.delete(concept.id)) == {BLOB, SHEET}

    assert concepts.get(concept.id) is None
    assert concepts.grants(concept.id) == []
    taught(concepts)


def test_consent_is_in_force_until_it_is_revoked(concepts: Concepts, clock: HandClock) -> None:
    concept = taught(concepts, kind=Kind.PERSON)
    assert concepts.consent(concept.id) is None

    given = Consent(concept=concept.id, person=ANA, text_version="3", given_at=clock.now())
    concepts.agree(given)
    assert concepts.consent(concept.id) == given

    assert concepts.revoke(concept.id)
    assert concepts.consent(concept.id) is None
    assert not concepts.revoke(concept.id)


def test_a_word_whose_first_training_came_to_nothing_is_free_again(concepts: Concepts, queue: Queue) -> None:
    learned = taught(concepts)
    waiting = concepts.create(ANA, HOME, "waiting", Kind.ANIMAL, "dog")
    job, _ = queue.put(wish(concept=waiting.id))
    concepts.drop_unused([learned.id, waiting.id])
    assert concepts.get(learned.id)
    assert concepts.get(waiting.id)

    queue.cancel(job.id)
    concepts.drop_unused([learned.id, waiting.id])
    assert concepts.get(learned.id)
    assert concepts.get(waiting.id) is None
