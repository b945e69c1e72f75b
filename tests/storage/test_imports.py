"""Weights made elsewhere wait for a day, are told to their owner, and go with them."""

from __future__ import annotations

import json

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.disclosure import Disclosure
from storage.imports import WAIT_S, Imports
from storage.privacy import Privacy
from storage.queue import Queue
from storage.records import BlobId, ConceptId, Import, Job, JobKind, Kind, NewJob
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, HOME

WEEK_S = 7 * 24 * 3600.0


@pytest.fixture
def imports(db: Database, vault: Vault, clock: HandClock) -> Imports:
    return Imports(db, vault, clock)


def waiting(imports: Imports, vault: Vault) -> Import:
    files = [{"role": role, "blob": vault.put(ANA, role.encode())} for role in ("weights", "embedding")]
    return imports.put(
        ANA, HOME, CHANNEL, word="rex", kind=None, class_word=None, trigger="", files=files,
        told={"name": "rex.zip", "layout": "pack"},
    )  # fmt: skip


def taken_over(queue: Queue, concepts: Concepts, vault: Vault) -> tuple[Job, ConceptId]:
    """A job that has taken a word over, and its word."""
    concept = concepts.create(ANA, HOME, "rex", Kind.ANIMAL, "dog").id
    files = [{"role": "weights", "blob": vault.put(ANA, b"handed in")}]
    new = NewJob(
        kind=JobKind.IMPORT, owner=ANA, guild=HOME, channel=CHANNEL, key="1", concept=concept,
        request={"word": "rex", "files": files},
    )  # fmt: skip
    job, _ = queue.put(new)
    queue.claim(job.id, "1", 60.0)
    queue.commit(job.id, 1, {"weights": vault.put(ANA, b"weights"), "sheet": vault.put(ANA, b"sheet")})
    ended = queue.get(job.id)
    assert ended is not None
    return ended, concept


def test_what_waits_is_kept_as_it_was_handed_in(imports: Imports, vault: Vault) -> None:
    made = waiting(imports, vault)
    said = imports.say(made, Kind.PERSON)

    assert imports.get(made.id) == said
    assert (said.kind, said.word, [file["role"] for file in said.files]) == (
        Kind.PERSON,
        "rex",
        ["weights", "embedding"],
    )
    assert (imports.of(ANA), imports.of(BEN)) == ([said], [])


def test_its_files_are_known_while_it_waits_and_while_a_job_has_them(
    imports: Imports, vault: Vault, queue: Queue, privacy: Privacy
) -> None:
    made = waiting(imports, vault)
    blobs = {BlobId(file["blob"]) for file in made.files}
    before = privacy.known_blobs()
    imports.taken(made)
    request = {"files": [dict(file) for file in made.files]}
    new = NewJob(kind=JobKind.IMPORT, owner=ANA, guild=HOME, channel=CHANNEL, key="1", request=request)
    job, _ = queue.put(new)
    under_way = privacy.known_blobs()
    queue.cancel(job.id)

    assert blobs <= before
    assert blobs <= under_way
    assert not blobs & privacy.known_blobs()


def test_after_a_day_it_goes_with_its_files(imports: Imports, vault: Vault, clock: HandClock) -> None:
    waiting(imports, vault)
    clock.pass_s(WAIT_S - 1)
    early = imports.expire()
    clock.pass_s(2)

    assert (early, imports.expire()) == (0, 1)
    assert (imports.of(ANA), vault.held(ANA)) == ([], [])


def test_its_owner_is_told_of_it_and_gets_it(
    db: Database, imports: Imports, vault: Vault, clock: HandClock, queue: Queue, concepts: Concepts
) -> None:
    waiting(imports, vault)
    taken_over(queue, concepts, vault)
    disclosure = Disclosure(db, vault, clock)

    told, files = disclosure.mydata(ANA), dict(disclosure.contents(ANA))

    assert [(one["file"], one["word"]) for one in told["imports"]] == [("rex.zip", "rex")]
    assert sorted(vault.open(blob) for name, blob in files.items() if name.startswith("imports/")) == [
        b"embedding",
        b"weights",
        b"weights",
    ]
    assert json.dumps(told)


def test_forgetting_takes_all_of_it(
    imports: Imports, vault: Vault, queue: Queue, concepts: Concepts, privacy: Privacy
) -> None:
    waiting(imports, vault)
    taken_over(queue, concepts, vault)
    privacy.forget(ANA)

    assert (imports.of(ANA), vault.held(ANA)) == ([], [])


def test_deleting_a_word_that_was_not_enabled_takes_its_files(
    vault: Vault, queue: Queue, concepts: Concepts, privacy: Privacy
) -> None:
    _, concept = taken_over(queue, concepts, vault)
    privacy.forget_word(concept)

    assert vault.held(ANA) == []


def test_a_word_that_nobody_enabled_goes_after_a_week_and_one_in_use_stays(
    vault: Vault, queue: Queue, concepts: Concepts, privacy: Privacy, clock: HandClock
) -> None:
    job, concept = taken_over(queue, concepts, vault)
    clock.pass_s(WEEK_S)
    early = privacy.forget_undecided(clock.now() - WEEK_S)
    clock.pass_s(2)
    concepts.add_version(
        concept, method="lora", class_word="dog", base_model="b", base_revision="1", blob=BlobId(job.result["weights"]),
        sha256="0", size_bytes=1, sheet=None, scores={}, job=job.id,
    )  # fmt: skip
    in_use = privacy.forget_undecided(clock.now() - WEEK_S)
    concepts.delete(concept)
    other, _ = taken_again(queue, concepts, vault)
    clock.pass_s(WEEK_S + 1)

    assert (early, in_use) == (0, 0)
    assert privacy.forget_undecided(clock.now() - WEEK_S) == 1
    assert queue.get(other.id) is None


def taken_again(queue: Queue, concepts: Concepts, vault: Vault) -> tuple[Job, ConceptId]:
    concept = concepts.create(ANA, HOME, "ivo", Kind.ANIMAL, "dog").id
    new = NewJob(
        kind=JobKind.IMPORT, owner=ANA, guild=HOME, channel=CHANNEL, key="2", concept=concept, request={"word": "ivo"}
    )
    job, _ = queue.put(new)
    queue.claim(job.id, "1", 60.0)
    queue.commit(job.id, 1, {"weights": vault.put(ANA, b"weights")})
    return job, concept


def test_a_word_that_waits_to_be_enabled_is_not_free(queue: Queue, concepts: Concepts, vault: Vault) -> None:
    _, concept = taken_over(queue, concepts, vault)
    concepts.drop_unused([concept])

    assert concepts.get(concept) is not None
