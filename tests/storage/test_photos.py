from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.concepts import Concepts
from storage.database import open_database
from storage.errors import TintypeError
from storage.photos import DRAFT_S, FAILED_S, Photos
from storage.queue import Queue
from storage.records import Concept, Draft, DraftId, Job, Kind
from storage.steadiness import STEADY_S, SteadyDate
from storage.upkeep import Swept, Upkeep
from storage.vault import QUARANTINE_S, Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, HOME, add_photo, open_draft, wish


def test_a_draft_outlives_a_restart(photos: Photos, vault: Vault, clock: HandClock, data: Path) -> None:
    draft = open_draft(photos, draft=DraftId("d" * 16))
    add_photo(photos, draft, b"one", "one.png")
    kept = photos.of(draft.id)

    again = Photos(open_database(data / "tintype.db"), vault, clock)

    assert again.draft(draft.id) == draft
    assert again.of(draft.id) == kept
    assert vault.open(kept[0].blob) == b"one"
    assert kept[0].facts == {"blur": 1}


def test_opening_a_draft_again_answers_the_one_there(photos: Photos) -> None:
    first = open_draft(photos, draft=DraftId("d" * 16))
    again = open_draft(photos, BEN, draft=DraftId("d" * 16), word="other")

    assert again == first


def test_removing_a_photo_closes_the_gap_and_deletes_its_files(photos: Photos, vault: Vault) -> None:
    draft = open_draft(photos)
    for name in ("a", "b", "c"):
        add_photo(photos, draft, name.encode(), name)
    gone = photos.of(draft.id)[1]

    photos.remove(gone)
    add_photo(photos, draft, b"d", "d")

    assert [(photo.position, photo.name) for photo in photos.of(draft.id)] == [(1, "a"), (2, "c"), (3, "d")]
    assert photos.get(gone.id) is None
    for blob in (gone.blob, gone.thumbnail):
        with pytest.raises(TintypeError, match="E_BLOB_GONE"):
            vault.open(blob)


def test_discarding_leaves_no_file(photos: Photos, vault: Vault) -> None:
    draft = open_draft(photos)
    add_photo(photos, draft)
    add_photo(photos, draft)

    assert photos.discard(draft.id) == 2
    assert photos.discard(draft.id) == 0

    assert photos.draft(draft.id) is None
    assert vault.held(ANA) == []


def test_only_fields_of_a_draft_can_change(photos: Photos) -> None:
    draft = open_draft(photos)

    changed = photos.change_draft(draft.id, word="rex", kind="object")

    assert changed is not None
    assert (changed.word, changed.kind) == ("rex", Kind.OBJECT)
    with pytest.raises(ValueError, match="owner"):
        photos.change_draft(draft.id, owner="1")


def test_members_see_their_own_open_drafts(photos: Photos) -> None:
    mine = open_draft(photos)
    open_draft(photos, BEN)
    used = open_draft(photos)
    photos.change_draft(used.id, state="training")

    assert photos.drafts(ANA) == [mine]


def test_a_forgotten_draft_goes_after_a_week_with_or_without_photos(photos: Photos, clock: HandClock) -> None:
    add_photo(photos, open_draft(photos))
    empty = open_draft(photos)
    clock.pass_s(DRAFT_S - 1)
    assert photos.expire() == 0

    clock.pass_s(2)
    assert photos.expire() == 1
    assert photos.draft(empty.id) is None


def test_photos_of_a_failed_training_wait_a_day(photos: Photos, clock: HandClock) -> None:
    draft = open_draft(photos)
    add_photo(photos, draft)
    photos.keep_until(draft.id, clock.now() + FAILED_S)
    clock.pass_s(FAILED_S - 1)
    assert photos.expire() == 0

    clock.pass_s(2)
    assert photos.expire() == 1


def test_photos_that_a_job_needs_do_not_expire(photos: Photos, queue: Queue, clock: HandClock) -> None:
    draft = open_draft(photos)
    add_photo(photos, draft)
    job, _ = queue.put(wish(request={"draft": draft.id}))
    clock.pass_s(DRAFT_S * 2)
    assert photos.expire() == 0

    queue.cancel(job.id)
    assert photos.expire() == 1


def test_photos_go_after_success_even_when_the_bot_died_before_it_deleted_them(photos: Photos, queue: Queue) -> None:
    draft, other = open_draft(photos), open_draft(photos)
    for waiting in (draft, other):
        add_photo(photos, waiting)
    job, _ = queue.put(wish(request={"draft": draft.id}))
    queue.claim(job.id, "engine", 60)
    photos.change_draft(draft.id, state="training")
    assert photos.sweep_learned() == 0

    queue.commit(job.id, 1, {})
    assert photos.sweep_learned() == 1
    assert photos.draft(other.id) == other


def learned(queue: Queue, photos: Photos, draft: Draft, concept: Concept) -> Job:
    photos.change_draft(draft.id, state="training")
    job, _ = queue.put(wish(key=draft.id, request={"draft": draft.id}, concept=concept.id))
    queue.claim(job.id, "engine", 60)
    queue.commit(job.id, 1, {})
    ended = queue.get(job.id)
    assert ended is not None
    return ended


def test_photos_stay_after_success_for_as_many_days_as_was_wished(
    photos: Photos, queue: Queue, concepts: Concepts, clock: HandClock
) -> None:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    draft = open_draft(photos, keep_days=14)
    add_photo(photos, draft)
    job = learned(queue, photos, draft, concept)
    assert photos.sweep_learned() == 0

    kept = photos.kept_for(concept.id)
    assert kept is not None
    assert (kept.id, kept.state, photos.until(kept)) == (draft.id, "kept", clock.now() + 14 * 86400.0)
    assert photos.resting(ANA) == [kept]
    assert photos.drafts(ANA) == []
    assert photos.learned(job) == 0
    clock.pass_s(14 * 86400.0 - 1)
    assert photos.expire() == 0
    clock.pass_s(2)
    assert photos.expire() == 1
    assert photos.resting(ANA) == []


def test_a_late_look_at_a_training_leaves_its_draft_alone_that_is_in_another(
    photos: Photos, queue: Queue, concepts: Concepts
) -> None:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    draft = open_draft(photos)
    add_photo(photos, draft)
    photos.wish(draft.id, keep_days=7)
    first = learned(queue, photos, draft, concept)
    photos.learned(first)
    photos.wish(draft.id, keep_days=0)
    photos.change_draft(draft.id, state="training")
    queue.put(wish(key="second", request={"draft": draft.id}, concept=concept.id))

    assert photos.learned(first) == 0
    assert len(photos.of(draft.id)) == 1


def test_upkeep_removes_what_is_over_and_what_no_row_knows(
    upkeep: Upkeep, photos: Photos, vault: Vault, clock: HandClock
) -> None:
    add_photo(photos, open_draft(photos))
    vault.put(ANA, b"orphan")
    upkeep.run()
    clock.pass_s(max(DRAFT_S, QUARANTINE_S) + STEADY_S)

    assert upkeep.run() == Swept(photos=1, files=1)
    assert vault.held(ANA) == []


def test_a_date_that_jumps_by_years_deletes_nothing(
    upkeep: Upkeep, photos: Photos, vault: Vault, clock: HandClock, data: Path
) -> None:
    add_photo(photos, open_draft(photos))
    vault.put(ANA, b"under way")
    for path in (data / "blobs").rglob("*"):
        os.utime(path, (clock.date, clock.date))
    upkeep.run()
    clock.pass_s(STEADY_S)
    upkeep.run()

    clock.date += 10 * 365 * 86400.0
    assert upkeep.run() == Swept(0, 0)
    clock.pass_s(STEADY_S / 2)
    assert upkeep.run() == Swept(0, 0)
    clock.date -= 10 * 365 * 86400.0
    clock.pass_s(STEADY_S / 2)
    assert upkeep.run() == Swept(0, 0)
    assert len(vault.held(ANA)) == 3


def test_a_machine_that_starts_with_a_wrong_date_deletes_nothing_at_once(
    upkeep: Upkeep, photos: Photos, clock: HandClock
) -> None:
    add_photo(photos, open_draft(photos))
    clock.date += 10 * 365 * 86400.0

    assert upkeep.run() == Swept(0, 0)


def test_what_is_over_goes_on_time_also_when_the_bot_is_started_again_and_again(db: Database, clock: HandClock) -> None:
    seen = []
    for _ in range(5):
        seen.append(SteadyDate(db, clock).now())
        clock.pass_s(STEADY_S / 4)

    assert seen == [None, None, None, None, clock.now() - STEADY_S / 4]


def test_after_a_restart_of_the_machine_the_date_must_prove_itself_anew(db: Database, clock: HandClock) -> None:
    SteadyDate(db, clock).now()
    clock.pass_s(STEADY_S)
    clock.uptime = 60.0

    assert SteadyDate(db, clock).now() is None
    clock.pass_s(STEADY_S)
    assert SteadyDate(db, clock).now() == clock.now()
