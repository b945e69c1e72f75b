from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot import takeover
from bot.attempts import plan_of
from bot.store import Rooms, Store, open_rooms
from bot.studio import EngineFacts
from bot.takeover import End, Told, content_of, keep, keep_checkpoint, keep_result, settle
from storage.errors import LeaseLost, TintypeError
from storage.records import BlobId, Job, JobKind, JobState, NewJob
from tests.bot.engine.stage import put_pictures, put_training
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, CHANNEL, HOME
from trainers.attempt import write_attempt
from trainers.jobs import kinds

FACTS = EngineFacts(
    state="ready", base_id="fake", base_revision="1", title="Fake", size_px=64, device="cpu", methods=(), class_words={}
)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    opened = open_rooms(tmp_path / "data", tmp_path / "key", HandClock())
    yield opened
    opened.db.conn.close()


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "data", tmp_path / "key", HandClock())
    yield opened
    await opened.close()


def announced(path: str, content: bytes, **other: object) -> dict[str, object]:
    told = {"role": "checkpoint", "path": path, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    return told | other


def running(rooms: Rooms) -> Job:
    job = rooms.queue.claim(put_training(rooms).id, "engine", 60.0)
    assert job is not None
    return job


def test_an_announced_file_is_taken_when_it_is_what_was_announced(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "f").write_bytes(b"content")

    assert content_of(tmp_path, announced("a/f", b"content")) == b"content"


@pytest.mark.parametrize(
    ("path", "other"),
    [
        ("../secret", {}),
        ("/etc/passwd", {}),
        ("link", {}),
        ("missing", {}),
        ("folder", {}),
        ("f", {"sha256": "0" * 64}),
        ("f", {"bytes": 3}),
    ],
)
def test_a_file_outside_the_folder_or_unlike_its_announcement_is_refused(
    tmp_path: Path, path: str, other: dict[str, object]
) -> None:
    attempt = tmp_path / "attempt"
    (attempt / "folder").mkdir(parents=True)
    for place in (tmp_path / "secret", attempt / "f"):
        place.write_bytes(b"content")
    (attempt / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(TintypeError, match="E_RESULT_BROKEN"):
        content_of(attempt, announced(path, b"content", **other))


def test_a_new_checkpoint_takes_the_place_of_the_one_before(rooms: Rooms) -> None:
    job = running(rooms)
    for content in (b"one", b"two"):
        keep_checkpoint(rooms, job, announced("c", content), content, 60.0)

    held = rooms.queue.get(job.id)

    assert held is not None
    assert held.checkpoint is not None
    assert rooms.vault.open(held.checkpoint) == b"two"
    assert rooms.privacy.known_blobs() == set(rooms.vault.held(ANA))


@pytest.mark.asyncio
async def test_a_torn_checkpoint_leaves_the_one_before(store: Store, tmp_path: Path) -> None:
    job = await store.run(running)
    (tmp_path / "c").write_bytes(b"one")
    await keep(store, job, tmp_path, announced("c", b"one"), 60.0)
    (tmp_path / "c").write_bytes(b"tw")

    with pytest.raises(TintypeError, match="E_RESULT_BROKEN"):
        await keep(store, job, tmp_path, announced("c", b"two"), 60.0)
    held = await store.run(lambda rooms: rooms.queue.get(job.id))
    assert held is not None
    assert held.checkpoint is not None
    assert await store.run(lambda rooms: rooms.vault.open(held.checkpoint)) == b"one"


@pytest.mark.asyncio
@pytest.mark.parametrize("take", ["checkpoint", "result"])
async def test_while_an_announced_file_is_read_members_are_answered(
    take: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, answered = threading.Event(), threading.Event()

    def slow(folder: Path, file: Told) -> bytes:
        begun.set()
        assert answered.wait(5), "nobody was answered meanwhile"
        return content_of(folder, file)

    monkeypatch.setattr(takeover, "content_of", slow)
    (tmp_path / "c").write_bytes(b"one")
    file = announced("c", b"one", role="checkpoint" if take == "checkpoint" else "weights")
    job = await store.run(running)
    end = End(result={}, files=[file], base=("fake", "1"), at=1.0)
    work = keep(store, job, tmp_path, file, 60.0) if take == "checkpoint" else keep_result(store, job, tmp_path, end)

    taken = asyncio.create_task(work)
    await asyncio.to_thread(begun.wait, 5)
    await store.run(lambda rooms: rooms.queue.unsent())
    answered.set()
    await taken

    held = await store.run(lambda rooms: rooms.queue.get(job.id))
    assert held is not None
    assert held.checkpoint if take == "checkpoint" else held.state is JobState.SUCCEEDED


def test_an_attempt_that_is_not_the_running_one_puts_nothing_away(rooms: Rooms) -> None:
    job = running(rooms)
    before = set(rooms.vault.held(ANA))
    rooms.queue.release(job.id, job.attempt, blameless=True)

    with pytest.raises(LeaseLost):
        keep_checkpoint(rooms, job, announced("c", b"one"), b"one", 60.0)
    assert set(rooms.vault.held(ANA)) == before


def test_settling_twice_is_the_same_as_once(rooms: Rooms) -> None:
    job = running(rooms)
    rooms.queue.fail(job.id, job.attempt, "E_DIVERGED", {"step": 1})
    failed = rooms.queue.get(job.id)
    assert failed is not None
    assert failed.ended_at is not None

    settle(rooms, failed, 100.0)
    settle(rooms, failed, 100.0)

    assert {photo.expires_at for photo in rooms.photos.of(job.request["draft"])} == {failed.ended_at + 100.0}


def test_what_is_planned_is_what_the_engine_reads(rooms: Rooms, tmp_path: Path) -> None:
    job = running(rooms)

    plan = plan_of(rooms, job, FACTS)
    for name in plan.files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    told = {"job": job.id, "attempt": 1, "kind": "train", "seed": plan.seed, "train": plan.order}
    attempt = write_attempt(tmp_path, json.loads(json.dumps(told)))

    assert [attempt.file(row["path"]).name for row in attempt.records("photos")] == ["0001.png", "0002.png", "0003.png"]
    assert (attempt.get("word", str), attempt.get("kind", str), attempt.get("method", str)) == (
        "ana-dog", "animal", "lora",
    )  # fmt: skip
    assert {str(kind) for kind in JobKind} == kinds()


def test_every_attempt_at_a_job_has_the_same_seed(rooms: Rooms) -> None:
    first = running(rooms)
    rooms.queue.release(first.id, first.attempt, blameless=True)
    second = rooms.queue.claim(first.id, "engine", 60.0)

    assert second is not None
    assert plan_of(rooms, first, FACTS).seed == plan_of(rooms, second, FACTS).seed


def test_pictures_made_from_a_deleted_one_are_refused(rooms: Rooms) -> None:
    job = put_pictures(rooms, "k", relation={"kind": "vary", "parent": "0" * 16})

    with pytest.raises(TintypeError, match="E_PICTURE_GONE"):
        plan_of(rooms, job, FACTS)


def test_a_kind_that_no_member_can_ask_for_is_refused(rooms: Rooms) -> None:
    new = NewJob(kind=JobKind.EXPORT, owner=ANA, guild=HOME, channel=CHANNEL, key="k", request={})
    job, _ = rooms.queue.put(new)

    with pytest.raises(TintypeError, match="E_JOB_KIND"):
        plan_of(rooms, job, FACTS)


@pytest.mark.asyncio
async def test_what_a_sample_point_learned_is_kept_once_until_the_training_is_over(
    store: Store, tmp_path: Path
) -> None:
    job = await store.run(running)
    told = {"role": "point", "alt": {"point": 1, "done": 10, "score": 0.5}}
    for content in (b"one", b"one again"):
        (tmp_path / "p").write_bytes(content)
        await keep(store, job, tmp_path, announced("p", content, **told), 60.0)

    def work(rooms: Rooms) -> list[bytes]:
        kept = [rooms.vault.open(point.blob) for point in rooms.points.of(job.id)]
        rooms.queue.fail(job.id, job.attempt, "E_DIVERGED", {})
        ended = rooms.queue.get(job.id)
        assert ended is not None
        settle(rooms, ended, 100.0)
        return [*kept, *(point.blob.encode() for point in rooms.points.of(job.id))]

    assert await store.run(work) == [b"one again"]


def test_a_running_job_is_left_alone_by_settling(rooms: Rooms) -> None:
    job = running(rooms)
    rooms.queue.beat(job.id, job.attempt, 60.0, checkpoint=BlobId("101-" + "a" * 32))

    settle(rooms, job, 100.0)

    held = rooms.queue.get(job.id)
    assert held is not None
    assert (held.state, held.checkpoint) == (JobState.RUNNING, "101-" + "a" * 32)
