from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from sqlite_utils import Database

from storage.database import insert, rows, transaction
from storage.errors import TintypeError
from storage.queue import FRUITLESS_ATTEMPTS, LONGEST_LEASE_S, NONCE_LETTERS, Queue, nonce_of
from storage.records import BlobId, ChannelId, Job, JobId, JobKind, JobState, Message, Progress
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, wish


def running(queue: Queue, key: str = "k1") -> Job:
    job, _ = queue.put(wish(key))
    claimed = queue.claim(job.id, "engine", 60)
    assert claimed is not None
    return claimed


def state(queue: Queue, job: JobId) -> JobState:
    found = queue.get(job)
    assert found is not None
    return found.state


def test_a_job_is_there_as_it_was_put(queue: Queue) -> None:
    job, created = queue.put(wish(request={"prompt": "ä <dog>", "words": [1, None]}, predicted_s=12.5))

    assert created
    assert queue.get(job.id) == job
    assert job.request == {"prompt": "ä <dog>", "words": [1, None]}
    assert (job.state, job.attempt, job.predicted_s) == (JobState.QUEUED, 0, 12.5)


def test_the_same_interaction_twice_is_one_job(queue: Queue) -> None:
    first, _ = queue.put(wish("k1"))
    again, created = queue.put(wish("k1", request={"prompt": "other"}))

    assert not created
    assert again == first
    assert len(queue.ready()) == 1


def test_what_belongs_to_a_job_is_written_with_it_or_neither(queue: Queue, db: Database) -> None:
    def write(db: Database, job: JobId) -> None:
        insert(db, "notes", name=str(job), value="x")
        raise ValueError

    with pytest.raises(ValueError):
        queue.put(wish(), write)

    assert queue.ready() == []
    assert rows(db, "select * from notes") == []


def test_what_belongs_to_a_job_is_written_once(queue: Queue, db: Database) -> None:
    for _ in range(2):
        queue.put(wish("k1"), lambda db, job: insert(db, "notes", name=str(job), value="x"))

    assert len(rows(db, "select * from notes")) == 1


def test_order_is_kept_when_the_date_jumps_back(queue: Queue, clock: HandClock) -> None:
    first, _ = queue.put(wish("k1"))
    clock.date -= 3600
    second, _ = queue.put(wish("k2"))

    assert [job.id for job in queue.ready()] == [first.id, second.id]
    assert [one.id for one in queue.line()] == [first.id, second.id]


def test_a_released_job_is_next_again(queue: Queue) -> None:
    job = running(queue)
    queue.put(wish("k2"))
    queue.release(job.id, job.attempt)

    assert next((one.id, one.attempt) for one in queue.line()) == (job.id, 1)


def test_one_job_is_claimed_once(queue: Queue) -> None:
    job = running(queue)

    assert queue.claim(job.id, "other", 60) is None
    assert queue.line() == []
    assert job.attempt == 1


def test_counts_know_kind_and_owner(queue: Queue) -> None:
    running(queue, "k1")
    queue.put(wish("k2"))
    queue.put(wish("k3", JobKind.IMAGINE))
    queue.put(wish("k4", owner=BEN))

    assert queue.in_flight(ANA, JobKind.TRAIN) == 2
    assert queue.in_flight(ANA, JobKind.IMAGINE) == 1
    assert queue.in_flight(BEN, JobKind.IMAGINE) == 0


Write = Callable[[Queue, Job], object]
WRITES: dict[str, Write] = {
    "beat": lambda queue, job: queue.beat(job.id, job.attempt, 60, checkpoint=BlobId("1-" + "0" * 32)),
    "commit": lambda queue, job: queue.commit(job.id, job.attempt, {}),
    "fail": lambda queue, job: queue.fail(job.id, job.attempt, "E_X", {}),
    "release": lambda queue, job: queue.release(job.id, job.attempt),
}
ENDS: dict[str, Write] = WRITES | {"cancel": lambda queue, job: queue.cancel(job.id)}
ENDS.pop("beat")


@pytest.mark.parametrize("write", WRITES)
def test_a_stale_attempt_changes_nothing(queue: Queue, write: str) -> None:
    stale = running(queue)
    queue.release(stale.id, stale.attempt)
    before = queue.claim(stale.id, "engine", 60)

    assert not WRITES[write](queue, stale)

    assert queue.get(stale.id) == before
    assert queue.unsent() == []


@pytest.mark.parametrize("end", ["commit", "fail", "cancel"])
@pytest.mark.parametrize("write", [*WRITES, "cancel", "claim", "wish"])
def test_nothing_follows_an_end(queue: Queue, end: str, write: str) -> None:
    late: dict[str, Write] = ENDS | WRITES | {
        "claim": lambda queue, job: queue.claim(job.id, "engine", 60),
        "wish": lambda queue, job: queue.wish(job.id, "keep_best"),
    }  # fmt: skip
    job = running(queue)
    ENDS[end](queue, job)
    before, said = queue.get(job.id), queue.unsent()

    assert not late[write](queue, job)

    assert queue.get(job.id) == before
    assert queue.unsent() == said
    assert len(said) == 1


@pytest.mark.parametrize("write", WRITES)
def test_a_waiting_job_has_no_attempt_to_write_for(queue: Queue, write: str) -> None:
    job, _ = queue.put(wish())

    assert not WRITES[write](queue, job)

    assert queue.get(job.id) == job


def test_a_waiting_job_can_be_cancelled(queue: Queue) -> None:
    job, _ = queue.put(wish())

    assert queue.cancel(job.id)

    assert state(queue, job.id) is JobState.CANCELLED
    assert [row.job for row in queue.unsent()] == [job.id]


def test_a_commit_is_whole_or_nothing(queue: Queue, db: Database) -> None:
    job = running(queue)

    def write(db: Database) -> None:
        insert(db, "notes", name="a", value="x")
        raise TintypeError("E_DISK_FULL")

    with pytest.raises(TintypeError):
        queue.commit(job.id, job.attempt, {"n": 1}, write)

    assert queue.get(job.id) == job
    assert rows(db, "select * from notes") == []
    assert queue.unsent() == []


def test_a_refused_commit_writes_no_rows(queue: Queue, db: Database) -> None:
    job = running(queue)
    queue.cancel(job.id)

    assert not queue.commit(job.id, job.attempt, {}, lambda db: insert(db, "notes", name="a", value="x"))

    assert rows(db, "select * from notes") == []


def test_a_beat_keeps_what_it_does_not_mention(queue: Queue) -> None:
    job = running(queue)
    kept = BlobId("101-" + "a" * 32)
    queue.beat(job.id, job.attempt, 60, progress=Progress(phase="train", done=5, total=10), checkpoint=kept)
    queue.beat(job.id, job.attempt, 60)

    now = queue.get(job.id)
    assert now is not None
    assert (now.progress, now.checkpoint) == (Progress(phase="train", done=5, total=10), kept)


def test_the_next_attempt_finds_the_checkpoint(queue: Queue) -> None:
    job = running(queue)
    kept = BlobId("101-" + "a" * 32)
    queue.beat(job.id, job.attempt, 60, checkpoint=kept, advanced=True)
    queue.release(job.id, job.attempt)
    again = queue.claim(job.id, "engine", 60)

    assert again is not None
    assert (again.attempt, again.checkpoint) == (2, kept)


def test_three_deaths_without_progress_are_poison(queue: Queue) -> None:
    job, _ = queue.put(wish())
    for n in range(1, FRUITLESS_ATTEMPTS + 1):
        claimed = queue.claim(job.id, "engine", 60)
        assert claimed is not None
        assert claimed.attempt == n
        released = queue.release(job.id, n)

    assert released is not None
    assert (released.state, released.code) == (JobState.FAILED, "E_POISON")
    assert [row.job for row in queue.unsent()] == [job.id]


def test_progress_forgives_deaths(queue: Queue) -> None:
    job, _ = queue.put(wish())
    for n in range(1, 10):
        queue.claim(job.id, "engine", 60)
        queue.beat(job.id, n, 60, advanced=n % 2 == 0)
        released = queue.release(job.id, n)

    assert released is not None
    assert released.state is JobState.QUEUED


def test_our_own_restarts_are_no_deaths(queue: Queue) -> None:
    job, _ = queue.put(wish())
    for n in range(1, 10):
        queue.claim(job.id, "engine", 60)
        released = queue.release(job.id, n, blameless=True)

    assert released is not None
    assert (released.state, released.fruitless) == (JobState.QUEUED, 0)


def test_a_lease_lapses_and_a_beat_extends_it(queue: Queue, clock: HandClock) -> None:
    job = running(queue)
    clock.pass_s(50)
    queue.beat(job.id, job.attempt, 60)
    clock.pass_s(50)
    assert queue.lapsed() == []

    clock.pass_s(11)
    assert [late.id for late in queue.lapsed()] == [job.id]


@pytest.mark.parametrize("jump_s", [-3600.0, 10 * 365 * 86400.0])
def test_a_jump_of_the_date_ends_no_lease(queue: Queue, clock: HandClock, jump_s: float) -> None:
    running(queue)
    clock.date += jump_s

    assert queue.lapsed() == []


def test_leases_from_before_the_machine_started_are_over(queue: Queue, clock: HandClock) -> None:
    clock.uptime = LONGEST_LEASE_S * 100
    job = running(queue)
    clock.uptime = 1.0

    assert [late.id for late in queue.lapsed()] == [job.id]


def test_a_wish_reaches_the_driver(queue: Queue) -> None:
    job = running(queue)
    assert queue.wish(job.id, "keep_best")

    now = queue.get(job.id)
    assert now is not None
    assert now.wish == "keep_best"


def test_the_final_message_is_said_once(queue: Queue) -> None:
    job = running(queue)
    queue.commit(job.id, job.attempt, {"images": []})
    (row,) = queue.unsent()
    queue.tried(row.id)
    queue.sent(row.id, 555)
    queue.sent(row.id, 556)

    assert queue.unsent() == []
    assert (row.kind, row.job, row.channel) == ("final", job.id, CHANNEL)


def test_a_final_message_cannot_be_written_twice(queue: Queue, db: Database) -> None:
    job = running(queue)
    queue.commit(job.id, job.attempt, {})

    with pytest.raises(sqlite3.IntegrityError):
        insert(db, "outbox", job=job.id, kind="final", nonce="x", channel=1, created_at=0)


@pytest.mark.parametrize("kind", NONCE_LETTERS)
def test_a_nonce_is_short_and_stable(queue: Queue, kind: JobKind) -> None:
    job, _ = queue.put(wish("k1", kind))

    assert nonce_of(job) == nonce_of(job)
    assert nonce_of(job)[1:] == job.id
    assert len(nonce_of(job)) <= 25


def test_every_kind_of_job_but_those_told_privately_has_a_message_of_its_own() -> None:
    assert set(JobKind) - NONCE_LETTERS.keys() == {JobKind.LOOK, JobKind.PREVIEW}
    assert len(set(NONCE_LETTERS.values())) == len(NONCE_LETTERS)


def test_an_undeliverable_message_is_tried_no_more(queue: Queue) -> None:
    job = running(queue)
    queue.commit(job.id, job.attempt, {})
    queue.undeliverable(queue.unsent()[0].id, "50001")

    assert queue.unsent() == []


def test_a_card_has_one_place(queue: Queue) -> None:
    job = running(queue)
    for number in (1, 2):
        queue.remember(Message(job=job.id, channel=ChannelId(5), message=number, role="card"))

    assert queue.messages(job.id)["card"].message == 2


def test_an_ended_job_sheds_its_checkpoint_and_a_running_one_does_not(queue: Queue) -> None:
    job = running(queue)
    kept, shown = BlobId("101-" + "a" * 32), BlobId("101-" + "b" * 32)
    queue.beat(job.id, job.attempt, 60, checkpoint=kept, preview=shown)
    assert queue.shed(job.id) == []

    queue.commit(job.id, job.attempt, {})
    assert queue.shed(job.id) == [kept, shown]
    assert queue.shed(job.id) == []


def test_a_part_of_a_transaction_can_fail_alone(db: Database) -> None:
    with transaction(db):
        insert(db, "notes", name="a", value="x")
        with pytest.raises(ValueError), transaction(db):
            insert(db, "notes", name="b", value="x")
            raise ValueError

    assert [row["name"] for row in rows(db, "select name from notes")] == ["a"]
