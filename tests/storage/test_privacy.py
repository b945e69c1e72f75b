from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.database import rows
from storage.errors import TintypeError
from storage.images import Images
from storage.photos import Photos
from storage.privacy import OF_MEMBER, STAYS, UNNAMED, Privacy
from storage.queue import Queue
from storage.records import (
    BlobId,
    ChannelId,
    Grant,
    JobKind,
    Kind,
    Message,
    Scope,
)
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.household import CANARY, Household, places_of
from tests.storage.rooms import ANA, BEN, HOME, add_photo, open_draft, picture, wish


def test_every_column_that_names_a_member_is_covered(db: Database) -> None:
    naming = {
        (table, column)
        for table in db.table_names()
        for column in db.table(table).columns_dict
        if column in ("owner", "person", "member", "actor", "whom", "subject", "asker")
    }
    handled_apart = {("grants", "subject")}

    assert naming == {*OF_MEMBER, *UNNAMED, *STAYS} | handled_apart


def test_no_trace_of_a_forgotten_member_is_left_in_any_file(
    house: Household, privacy: Privacy, db: Database, data: Path
) -> None:
    for number in range(12):  # enough to split pages
        house.teach(BEN, f"bens-{number}")
        house.imagine(ANA, f"{CANARY} {number}", house.teach(ANA, f"{CANARY}-{number}"))
    house.queue.put(wish("waiting", owner=ANA, request={"prompt": CANARY}))
    assert places_of(data, CANARY)

    receipt = privacy.forget(ANA)

    assert places_of(data, CANARY) == []
    assert not (data / "keys" / f"{ANA}.key").exists()
    assert not (data / "blobs" / str(ANA)).exists()
    assert receipt.is_scrubbed
    assert db.conn.execute("pragma integrity_check").fetchone()[0] == "ok"
    assert db.conn.execute("pragma foreign_key_check").fetchall() == []


def test_the_receipt_counts_what_went(house: Household, privacy: Privacy, vault: Vault) -> None:
    house.imagine(ANA, "a", house.teach(ANA, "ana-dog"))
    house.queue.put(wish("waiting", owner=ANA))
    files = len(vault.held(ANA))

    receipt = privacy.forget(ANA)

    counts = (receipt.photos, receipt.words, receipt.versions, receipt.images, receipt.checkpoints, receipt.consents)
    assert counts == (1, 1, 1, 1, 1, 1)
    assert (receipt.jobs_cancelled, receipt.files, receipt.key_destroyed) == (1, files, True)
    assert receipt.bytes > 0
    assert {message.message for message in receipt.messages} == {int(ANA) * 10, int(ANA) * 10 + 1}
    assert {name: told for name, told in privacy.mydata(ANA).items() if name != "first_seen"} == {
        "words": [],
        "drafts": [],
        "photos": 0,
        "images": [],
        "jobs": [],
        "consents": [],
        "questions": [],
        "names": [],
        "waiting": [],
        "imports": [],
        "likes": 0,
        "settings": {},
        "presets": [],
        "favourites": [],
        "searches": [],
        "shared_with_you": [],
        "shows_you": [],
        "reports": [],
        "reports_of_yours": [],
        "strikes": [],
        "blocks": [],
        "log": [],
        "servers": [],
    }


def test_others_keep_what_is_theirs(house: Household, privacy: Privacy, vault: Vault) -> None:
    mine = house.teach(ANA, "ana-dog")
    theirs = house.imagine(BEN, "b", mine)
    house.teach(BEN, "ben-cat")
    before = privacy.mydata(BEN)

    privacy.forget(ANA)

    assert privacy.mydata(BEN) == before
    assert vault.open(theirs.blob)


def test_pictures_made_from_a_persons_picture_go_too_with_their_sheets_and_messages(
    house: Household, privacy: Privacy, vault: Vault, queue: Queue, images: Images
) -> None:
    first = house.imagine(BEN, "b", house.teach(ANA, "ana-me", Kind.PERSON))
    job, _ = queue.put(wish("without the word", JobKind.IMAGINE, owner=BEN))
    queue.claim(job.id, "engine", 60)
    made = picture(BEN, job.id, vault.put(BEN, b"edited"), has_person=True, parent=first.id)
    sheet = vault.put(BEN, b"grid")
    queue.commit(job.id, 1, {"sheet": sheet}, lambda _db: images.add(made, []))
    queue.remember(Message(job=job.id, channel=ChannelId(5), message=77, role="card"))

    receipt = privacy.forget(ANA)

    assert receipt.images == 2
    assert 77 in {message.message for message in receipt.messages}
    assert images.of_owner(BEN) == []
    assert vault.size_bytes(made.blob) == vault.size_bytes(sheet) == 0


@pytest.mark.parametrize(("with_pictures", "left"), [(False, 1), (True, 0)])
def test_forgetting_a_word_takes_its_pictures_only_if_wished(
    house: Household, privacy: Privacy, images: Images, with_pictures: bool, left: int
) -> None:
    concept = house.teach(ANA, "ana-dog")
    house.imagine(ANA, "a", concept)
    house.imagine(BEN, "b", concept)

    receipt = privacy.forget_word(concept.id, with_pictures=with_pictures)

    assert (receipt.images, len(images.of_owner(ANA)), len(images.of_owner(BEN))) == (1 - left, left, 1)


def test_what_draws_with_a_forgotten_word_is_stopped(
    house: Household, privacy: Privacy, queue: Queue, concepts: Concepts
) -> None:
    concept = house.teach(ANA, "ana-dog")
    words = [{"version": concepts.versions(concept.id)[0].id, "name": "ana-dog", "strength": 1.0}]
    drawing, _ = queue.put(wish("k", JobKind.IMAGINE, owner=BEN, request={"prompt": "<ana-dog>", "words": words}))
    other, _ = queue.put(wish("l", JobKind.IMAGINE, owner=BEN, request={"prompt": "a cup", "words": []}))

    receipt = privacy.forget_word(concept.id)

    assert receipt.jobs_cancelled == 1
    assert [found.state for job in (drawing, other) if (found := queue.get(job.id))] == ["cancelled", "queued"]


def test_our_messages_are_owed_to_be_taken_down_until_that_is_done(house: Household, privacy: Privacy) -> None:
    house.teach(ANA, "ana-dog")

    receipt = privacy.forget(ANA)
    owed = privacy.takedowns.owed()
    privacy.takedowns.done(owed[0])

    assert {(one.channel, one.message) for one in owed} == {(m.channel, m.message) for m in receipt.messages}
    assert privacy.takedowns.owed() == owed[1:]


def test_pictures_of_a_person_go_with_the_person_whoever_made_them(
    house: Household, privacy: Privacy, vault: Vault
) -> None:
    theirs = house.imagine(BEN, "b", house.teach(ANA, "ana-me", Kind.PERSON))

    receipt = privacy.forget(ANA)

    assert receipt.images == 1
    assert house.images.get(theirs.id) is None
    with pytest.raises(TintypeError, match="E_BLOB_GONE"):
        vault.open(theirs.blob)


def test_a_running_job_of_a_forgotten_member_can_write_nothing_any_more(privacy: Privacy, queue: Queue) -> None:
    job, _ = queue.put(wish("k", owner=ANA))
    queue.claim(job.id, "engine", 60)

    privacy.forget(ANA)

    assert not queue.beat(job.id, 1, 60)
    assert not queue.commit(job.id, 1, {})
    assert queue.unsent() == []


def test_forgetting_twice_is_fine_and_the_id_is_remembered(
    house: Household, privacy: Privacy, db: Database, clock: HandClock
) -> None:
    house.teach(ANA, "ana-dog")
    privacy.forget(ANA)
    again = privacy.forget(ANA)

    assert (again.files, again.key_destroyed) == (0, False)
    assert rows(db, "select id, forgotten_at from members") == [{"id": ANA, "forgotten_at": clock.now()}]


def test_a_crash_while_forgetting_is_finished_by_asking_again(
    house: Household, privacy: Privacy, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.imagine(ANA, CANARY, house.teach(ANA, CANARY))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("storage.vault.Vault.destroy", "storage.privacy.Privacy._drop_rows", "storage.scrubbing.scrub"):
        with monkeypatch.context() as patch:
            patch.setattr(step, die)
            with pytest.raises(KeyboardInterrupt):
                privacy.forget(ANA)
    privacy.forget(ANA)

    assert places_of(data, CANARY) == []


def test_forgetting_a_word_takes_its_files_jobs_and_messages_and_nothing_else(
    house: Household, privacy: Privacy, vault: Vault, data: Path
) -> None:
    kept = house.teach(ANA, "ana-cat")
    stays = set(vault.held(ANA))
    concept = house.teach(ANA, CANARY)

    receipt = privacy.forget_word(concept.id)

    assert places_of(data, CANARY) == []
    assert set(vault.held(ANA)) == stays
    assert (receipt.words, receipt.versions, receipt.photos, receipt.checkpoints) == (1, 1, 1, 1)
    assert not receipt.key_destroyed
    assert [found.id for found in house.concepts.mine(ANA)] == [kept.id]
    assert len(receipt.messages) == 2


def test_forgetting_a_word_cancels_its_training(
    privacy: Privacy, concepts: Concepts, queue: Queue, photos: Photos
) -> None:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    draft = open_draft(photos)
    add_photo(photos, draft)
    job, _ = queue.put(wish(concept=concept.id, request={"draft": draft.id}))
    queue.claim(job.id, "engine", 60)

    receipt = privacy.forget_word(concept.id)

    assert (receipt.jobs_cancelled, receipt.photos) == (1, 1)
    assert queue.get(job.id) is None
    assert not queue.beat(job.id, 1, 60)
    assert photos.draft(draft.id) is None


def test_a_word_that_is_gone_gives_an_empty_receipt(privacy: Privacy, concepts: Concepts) -> None:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    privacy.forget_word(concept.id)

    assert privacy.forget_word(concept.id).words == 0


def test_grants_to_a_forgotten_member_go(house: Household, privacy: Privacy) -> None:
    concept = house.teach(BEN, "ben-cat")
    house.concepts.grant(Grant(concept=concept.id, scope=Scope.MEMBER, subject=ANA))

    privacy.forget(ANA)

    assert house.concepts.grants(concept.id) == []


def test_that_something_was_forgotten_is_noted_without_saying_whose(
    house: Household, privacy: Privacy, db: Database
) -> None:
    house.teach(ANA, "ana-dog")
    receipt = privacy.forget(ANA)

    (noted,) = rows(db, "select * from audit")
    assert (noted["actor"], noted["action"], noted["object"]) == (None, "forget", receipt.id)
    assert str(ANA) not in str(noted["facts"])


def test_every_file_that_a_row_needs_is_known(house: Household, privacy: Privacy, vault: Vault) -> None:
    house.imagine(ANA, "a", house.teach(ANA, "ana-dog"))
    (job,) = [job for job in house.queue.of_owner(ANA) if job.kind is JobKind.TRAIN]
    needed_no_more = {job.checkpoint, job.preview}

    assert privacy.known_blobs() == set(vault.held(ANA)) - needed_no_more


def test_files_of_waiting_jobs_are_known_too(privacy: Privacy, queue: Queue, vault: Vault) -> None:
    job, _ = queue.put(wish())
    queue.claim(job.id, "engine", 60)
    kept: BlobId = vault.put(ANA, b"checkpoint")
    queue.beat(job.id, 1, 60, checkpoint=kept)
    queue.release(job.id, 1)

    assert privacy.known_blobs() == {kept}
