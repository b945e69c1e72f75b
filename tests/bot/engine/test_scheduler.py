from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.store import Rooms
from storage.errors import TintypeError
from storage.records import BlobId, JobState, Kind, MemberId, Relation
from storage.vault import BLOB
from tests.bot.engine.fake_engine import STEPS, png, weights_of
from tests.bot.engine.stage import PHOTOS, Stage, blobs_on_disk, put_pictures, put_sheet, put_training, staged
from tests.bot.engine.stage import weights_of as kept_weights_of
from tests.storage.rooms import ANA, BEN

pytestmark = pytest.mark.asyncio


async def learned(stage: Stage, word: str = "ana-dog", kind: Kind = Kind.ANIMAL):
    job = await stage.put(put_training, word, kind=kind)
    ended = await stage.end_of(job.id)
    assert ended.state is JobState.SUCCEEDED, ended
    return ended, (await stage.store.run(lambda rooms: rooms.concepts.versions(job.concept)))[0]


async def test_a_training_becomes_a_version_with_its_sheet_and_one_message(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job, version = await learned(stage)

        assert (version.method, version.base_model, version.base_revision) == ("lora", "fake", "1")
        assert version.scores == {"pick": 0.5}
        assert await stage.store.run(lambda rooms: rooms.vault.open(version.blob)) == weights_of(
            int(job.id[:8], 16), PHOTOS
        )
        assert version.sheet == job.result["sheet"]
        assert len({job.result[role] for role in ("sheet", "curve", "cover")}) == 3
        said = await stage.store.run(lambda rooms: rooms.queue.unsent())
        assert [(row.kind, row.job) for row in said] == [("final", job.id)]


async def test_after_a_training_nothing_is_left_of_photos_checkpoints_and_folders(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job, version = await learned(stage)

        assert await stage.store.run(lambda rooms: rooms.photos.draft(job.request["draft"])) is None
        points = await stage.store.run(lambda rooms: rooms.points.of(job.id))
        assert await stage.store.run(blobs_on_disk) == {
            version.blob, *(job.result[role] for role in ("sheet", "curve", "cover")), *(one.blob for one in points),
        }  # fmt: skip
        assert list(stage.run_dir.iterdir()) == []


async def test_a_contact_sheet_is_drawn_from_the_sample_points_that_a_training_left(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job, version = await learned(stage)
        points = await stage.store.run(lambda rooms: rooms.points.of(job.id))
        sheet = await stage.end_of((await stage.put(put_sheet, version)).id)
        drawn = await stage.store.run(lambda rooms: rooms.vault.open(sheet.result["sheet"]))

        assert [(point.done, point.expires_at is not None) for point in points] == [(10, True), (20, True)]
        seed = int(job.id[:8], 16)
        rows = [weights_of(seed, PHOTOS, steps).replace(b"weights", b"point") for steps in (10, 20)]
        assert drawn == png(b"".join([*rows, weights_of(seed, PHOTOS)]) + b"[0.6, 1.0]")


async def test_pictures_are_drawn_with_a_word_and_varied_from_one_of_them(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        _, version = await learned(stage)
        first = await stage.end_of((await stage.put(put_pictures, "k1", words=(version,))).id)
        images = await stage.store.run(lambda rooms: rooms.images.of_job(first.id))
        relation = {"kind": "vary", "parent": images[1].id, "amount": "subtle", "strength": 0.6}
        second = await stage.end_of((await stage.put(put_pictures, "k2", words=(version,), relation=relation)).id)
        varied = await stage.store.run(lambda rooms: rooms.images.of_job(second.id))

        assert [(image.position, image.seed, image.name) for image in images] == [
            (n, 6 + n, f"image-{n}.png") for n in (1, 2, 3, 4)
        ]
        assert {(image.parent, image.relation) for image in varied} == {(images[1].id, Relation.VARY)}
        words = await stage.store.run(lambda rooms: rooms.images.words(images[0].id))
        assert [(word.version, word.strength) for word in words] == [(version.id, 0.8)]
        contents = await stage.store.run(lambda rooms: [rooms.vault.open(one.blob) for one in (*images, *varied)])
        assert len(set(contents)) == 8
        assert BLOB.fullmatch(first.result["sheet"])


async def test_a_picture_with_a_persons_word_is_known_as_one_and_so_are_those_made_from_it(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        _, version = await learned(stage, "ana-me", Kind.PERSON)
        first = await stage.end_of((await stage.put(put_pictures, "k1", words=(version,))).id)
        images = await stage.store.run(lambda rooms: rooms.images.of_job(first.id))
        relation = {"kind": "edit", "parent": images[0].id, "amount": "strong", "strength": 1.0}
        second = await stage.end_of((await stage.put(put_pictures, "k2", relation=relation)).id)

        edited = await stage.store.run(lambda rooms: rooms.images.of_job(second.id))
        assert all(image.has_person for image in (*images, *edited))


async def test_a_person_who_took_the_agreement_back_is_not_learned(tmp_path: Path) -> None:
    async with staged(tmp_path, LOAD_S=0.2) as stage:
        job = await stage.put(put_training, "ana-me", kind=Kind.PERSON)
        await stage.store.run(lambda rooms: rooms.concepts.revoke(job.concept))

        ended = await stage.end_of(job.id)

        assert (ended.state, ended.code) == (JobState.FAILED, "E_NO_CONSENT")
        assert await stage.store.run(lambda rooms: len(rooms.photos.of(job.request["draft"]))) == 3


async def test_a_word_that_was_deleted_or_made_for_another_base_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job, version = await learned(stage)
        await stage.store.run(lambda rooms: rooms.db.conn.execute("update versions set base_revision = '0'"))
        foreign = await stage.end_of((await stage.put(put_pictures, "k1", words=(version,))).id)
        await stage.store.run(lambda rooms: rooms.privacy.forget_word(job.concept))
        gone = await stage.end_of((await stage.put(put_pictures, "k2", words=(version,))).id)

        assert (foreign.code, foreign.facts["word"]) == ("E_WORD_FOREIGN_BASE", "ana-dog")
        assert gone.code == "E_WORD_GONE"


async def test_the_log_of_a_failed_job_names_no_word(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with staged(tmp_path) as stage:
        _, version = await learned(stage)
        await stage.store.run(lambda rooms: rooms.db.conn.execute("update versions set base_revision = '0'"))
        job = await stage.end_of((await stage.put(put_pictures, "k1", words=(version,))).id)

    assert f"job {job.id} failed: E_WORD_FOREIGN_BASE" in caplog.text
    assert "ana-dog" not in caplog.text


async def test_a_failed_training_keeps_its_photos_for_a_day(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job = await stage.end_of((await stage.put(put_training, "broken")).id)

        photos = await stage.store.run(lambda rooms: rooms.photos.of(job.request["draft"]))
        assert (job.state, job.code, job.facts) == (JobState.FAILED, "E_DIVERGED", {"step": 3})
        assert job.ended_at is not None
        assert [round(photo.expires_at - job.ended_at) for photo in photos] == [86400] * 3


async def test_a_result_that_the_full_disk_cannot_hold_is_kept_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.scheduler.FULL_S", 0.2)
    async with staged(tmp_path) as stage:
        full = [True]

        def scarce(rooms: Rooms) -> None:
            keep = rooms.vault.put

            def kept(owner: MemberId, content: bytes) -> BlobId:
                if full and content.startswith(b"weights "):
                    full.pop()
                    raise TintypeError("E_DISK_FULL", folder="")
                return keep(owner, content)

            monkeypatch.setattr(rooms.vault, "put", kept)

        await stage.store.run(scarce)
        job = await stage.end_of((await stage.put(put_training)).id)
        [weights] = await stage.store.run(lambda rooms: kept_weights_of(rooms, job.concept))

    assert (job.state, job.attempt, full) == (JobState.SUCCEEDED, 2, [])
    assert weights == weights_of(int(job.id[:8], 16), PHOTOS)
    assert "the disk is full" in caplog.text


async def test_a_killed_engine_costs_no_more_than_since_its_last_checkpoint(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.03) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.checkpoint))
        assert stage.link.process is not None
        stage.link.process.kill()

        ended = await stage.end_of(job.id)

        assert (ended.state, ended.attempt) == (JobState.SUCCEEDED, 2)
        [weights] = await stage.store.run(lambda rooms: kept_weights_of(rooms, job.concept))
        assert weights == weights_of(int(job.id[:8], 16), PHOTOS)


async def test_a_job_that_kills_its_engine_three_times_is_given_up_and_the_next_one_runs(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        poison = await stage.put(put_training, "poison")
        other = await stage.put(put_training, "ben-dog", BEN)

        ended, fine = await stage.end_of(poison.id), await stage.end_of(other.id)

        assert (ended.state, ended.code, ended.attempt) == (JobState.FAILED, "E_POISON", 3)
        assert fine.state is JobState.SUCCEEDED


async def test_a_damaged_checkpoint_makes_a_training_begin_anew(tmp_path: Path) -> None:
    async with staged(tmp_path) as first:
        job = await first.put(put_training)
        blob = await first.store.run(lambda rooms: rooms.vault.put(ANA, b"not a checkpoint"))
        sql = f"update jobs set checkpoint = '{blob}'"
        await first.store.run(lambda rooms: rooms.db.conn.execute(sql))

        ended = await first.end_of(job.id)

        assert (ended.state, ended.attempt) == (JobState.SUCCEEDED, 2)


async def test_a_cancelled_training_stops_and_leaves_the_engine_to_the_next(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.05) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.progress))
        await stage.store.run(lambda rooms: rooms.queue.cancel(job.id))
        stage.scheduler.wake()
        other = await stage.put(put_pictures, "k1")

        ended = await stage.end_of(other.id)
        await stage.until(lambda rooms: not any(stage.run_dir.iterdir()))

        assert ended.state is JobState.SUCCEEDED
        assert (await stage.job(job.id)).state is JobState.CANCELLED
        assert stage.link.starts == 1


async def test_what_is_forgotten_while_it_is_learned_leaves_no_file_and_no_new_key(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.02) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.checkpoint))
        await stage.store.run(lambda rooms: rooms.privacy.forget(ANA))
        await stage.until(lambda rooms: not any(stage.run_dir.iterdir()))

        assert await stage.store.run(blobs_on_disk) == set()
        assert list((tmp_path / "data" / "keys").iterdir()) == []


async def test_stop_and_keep_best_ends_a_training_early_with_a_result(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.05) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.progress))
        await stage.store.run(lambda rooms: rooms.queue.wish(job.id, "keep_best"))

        ended = await stage.end_of(job.id)

        assert ended.state is JobState.SUCCEEDED
        assert ended.result["steps"] < STEPS


async def test_stopping_takes_a_checkpoint_and_blames_nobody(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.05) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.progress))
    async with staged(tmp_path, LOAD_S=60) as stage:
        stopped = await stage.job(job.id)
        checkpoint = stopped.checkpoint
        assert checkpoint is not None
        told = json.loads(await stage.store.run(lambda rooms: rooms.vault.open(checkpoint)))
    async with staged(tmp_path) as stage:
        ended = await stage.end_of(job.id)
        [weights] = await stage.store.run(lambda rooms: kept_weights_of(rooms, job.concept))

    assert (stopped.state, stopped.fruitless) == (JobState.QUEUED, 0)
    assert 0 < told["done"] < STEPS
    assert ended.state is JobState.SUCCEEDED
    assert weights == weights_of(int(job.id[:8], 16), PHOTOS)


async def test_pictures_are_served_while_a_training_runs(tmp_path: Path) -> None:
    async with staged(tmp_path, STEP_S=0.05) as stage:
        job = await stage.put(put_training)
        await stage.until(lambda rooms: bool((found := rooms.queue.get(job.id)) and found.progress))
        pictures = await stage.end_of((await stage.put(put_pictures, "k1")).id)

        assert pictures.state is JobState.SUCCEEDED
        assert (await stage.job(job.id)).state is JobState.RUNNING


async def test_members_are_served_in_turn(tmp_path: Path) -> None:
    async with staged(tmp_path, LOAD_S=0.3) as stage:
        many = [await stage.put(put_pictures, f"a{n}") for n in range(4)]
        one = await stage.put(put_pictures, "b", BEN)
        ends = await asyncio.gather(*(stage.end_of(job.id) for job in (*many, one)))

        begun = sorted(ends, key=lambda job: job.started_at or 0.0)
        assert [job.owner for job in begun].index(BEN) <= 1
