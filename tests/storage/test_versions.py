from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.errors import TintypeError
from storage.images import Images
from storage.points import POINT_S, Points
from storage.privacy import Privacy
from storage.queue import Queue
from storage.records import BlobId, Concept, ImageWord, Job, JobId, JobKind, Kind, Point, Version
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, HOME, add_version, picture, wish


@pytest.fixture
def concept(concepts: Concepts) -> Concept:
    return concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")


@pytest.fixture
def points(db: Database, vault: Vault, clock: HandClock) -> Points:
    return Points(db, vault, clock)


def trained(concepts: Concepts, queue: Queue, vault: Vault, concept: Concept) -> Version:
    """One more version, with what its training has drawn."""
    n = len(queue.of_owner(ANA)) + 1
    job, _ = queue.put(wish(key=f"job-{n}", concept=concept.id))
    queue.claim(job.id, "engine", 60)
    drawn = {role: vault.put(ANA, role.encode()) for role in ("sheet", "curve", "cover")}
    made: list[Version] = []

    def write(_: object) -> None:
        made.append(add_version(concepts, concept, vault.put(ANA, b"weights %d" % n), job.id, sheet=drawn["sheet"]))

    assert queue.commit(job.id, 1, drawn | {"best_step": 30}, write)
    return made[0]


def point(job: str, number: int, vault: Vault, score: float | None = 0.5) -> Point:
    blob = vault.put(ANA, b"point %d" % number)
    return Point(job=JobId(job), number=number, done=10 * number, score=score, blob=blob, sha256="0" * 64, bytes=7)


def test_a_new_version_is_what_the_word_means_until_another_is_chosen(
    concepts: Concepts, queue: Queue, vault: Vault, concept: Concept
) -> None:
    first = trained(concepts, queue, vault, concept)
    second = trained(concepts, queue, vault, concept)
    assert [version.id for version in concepts.in_use(concept.id)] == [second.id, first.id]

    concepts.choose(first, strength=0.8)
    chosen = concepts.in_use(concept.id)[0]
    third = trained(concepts, queue, vault, concept)

    assert (chosen.id, chosen.strength) == (first.id, 0.8)
    assert [version.id for version in concepts.in_use(concept.id)] == [third.id, second.id, first.id]


def test_a_dropped_version_leaves_no_file_and_its_number_is_never_used_again(
    concepts: Concepts, queue: Queue, vault: Vault, privacy: Privacy, concept: Concept
) -> None:
    trained(concepts, queue, vault, concept)
    second = trained(concepts, queue, vault, concept)
    concepts.choose(second)
    before = set(vault.held(ANA))

    gone = concepts.drop_version(second)
    for blob in gone:
        vault.delete(blob)
    third = trained(concepts, queue, vault, concept)

    assert before - set(vault.held(ANA)) == set(gone)
    assert len(gone) == 4  # weights, sheet, curve, cover
    assert not set(gone) & privacy.known_blobs()
    assert [version.n for version in concepts.versions(concept.id)] == [3, 1]
    assert third.n == 3
    dropped = concepts.version(second.id)
    assert dropped is not None
    assert dropped.is_dropped


def test_the_last_version_of_a_word_is_not_dropped(
    concepts: Concepts, queue: Queue, vault: Vault, concept: Concept
) -> None:
    only = trained(concepts, queue, vault, concept)

    with pytest.raises(TintypeError, match="E_LAST_VERSION"):
        concepts.drop_version(only)

    assert concepts.versions(concept.id) == [only]


def test_pictures_of_a_dropped_version_are_still_known_to_show_the_word(
    concepts: Concepts, images: Images, queue: Queue, vault: Vault, concept: Concept
) -> None:
    first = trained(concepts, queue, vault, concept)
    trained(concepts, queue, vault, concept)
    drawn = picture(ANA, "7" * 16, BlobId("101-" + "b" * 32))
    images.add(drawn, [ImageWord(image=drawn.id, version=first.id, strength=1.0)])

    concepts.drop_version(first)

    assert [image.id for image in images.with_word(concept.id)] == [drawn.id]


def test_what_two_versions_of_one_training_share_goes_with_the_last_of_them(
    concepts: Concepts, queue: Queue, vault: Vault, concept: Concept
) -> None:
    first = trained(concepts, queue, vault, concept)
    trained(concepts, queue, vault, concept)
    chosen = concepts.add_point(first, point(first.job, 2, vault), strength=0.8)

    assert concepts.drop_version(first) == [first.blob]
    assert (chosen.sheet, chosen.point, chosen.scores) == (first.sheet, 2, {"pick": 0.5, "step": 20})
    assert set(concepts.drop_version(chosen)) >= {chosen.blob, first.sheet}


def test_a_contact_sheet_goes_with_the_version_that_it_shows(
    concepts: Concepts, queue: Queue, vault: Vault, concept: Concept
) -> None:
    first = trained(concepts, queue, vault, concept)
    trained(concepts, queue, vault, concept)
    sheet, _ = queue.put(wish("sheet", JobKind.SHEET, request={"version": first.id}, concept=concept.id))
    queue.claim(sheet.id, "engine", 60)
    blob = vault.put(ANA, b"contact sheet")
    queue.commit(sheet.id, 1, {"sheet": blob})

    assert blob in concepts.drop_version(first)
    ended = queue.get(sheet.id)
    assert ended is not None
    assert ended.result == {}


# --- sample points ---------------------------------------------------------------------------------------------------


def begun(queue: Queue, concept: Concept) -> Job:
    job, _ = queue.put(wish(concept=concept.id))
    return job


def test_a_sample_point_told_twice_is_kept_once(points: Points, queue: Queue, vault: Vault, concept: Concept) -> None:
    job = begun(queue, concept)
    points.keep(point(job.id, 1, vault))
    again = point(job.id, 1, vault, score=0.7)

    points.keep(again)

    assert points.of(job.id) == [again]
    assert vault.held(ANA) == [again.blob]


def test_the_three_best_beside_the_version_itself_wait_for_a_week(
    points: Points, queue: Queue, vault: Vault, privacy: Privacy, concept: Concept, clock: HandClock
) -> None:
    job = begun(queue, concept)
    for number, score in enumerate([0.1, 0.6, 0.9, 0.5, 0.7, None], 1):
        points.keep(point(job.id, number, vault, score))

    points.rest(job.id, best_step=30)
    points.rest(job.id, best_step=30)

    assert [one.number for one in points.of(job.id)] == [2, 4, 5]
    assert set(vault.held(ANA)) == {one.blob for one in points.of(job.id)} <= privacy.known_blobs()
    clock.pass_s(POINT_S - 1)
    assert points.expire() == 0
    clock.pass_s(2)
    assert points.expire() == 3
    assert vault.held(ANA) == []


def test_sample_points_go_with_their_word(
    points: Points, queue: Queue, vault: Vault, privacy: Privacy, concept: Concept
) -> None:
    job = begun(queue, concept)
    points.keep(point(job.id, 1, vault))

    privacy.forget_word(concept.id)

    assert points.of(job.id) == []
    assert vault.held(ANA) == []
