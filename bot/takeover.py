"""Takes over what an engine announces: each file checked, put into the vault under its owner, and written down."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from bot import glancing
from bot.store import Rooms, Store
from storage.errors import LeaseLost, TintypeError
from storage.ids import new_id
from storage.records import (
    BlobId,
    Image,
    ImageId,
    ImageWord,
    Job,
    JobKind,
    JobState,
    Kind,
    Point,
    Relation,
    VersionId,
)

MOST_BYTES = 2 * 2**30  # of one file; a checkpoint of a large adapter is some hundred megabytes
KEPT = {
    JobKind.TRAIN: ("weights", "embedding", "sheet", "curve", "cover"),
    JobKind.IMAGINE: ("image", "sheet"),
    JobKind.SHEET: ("sheet",),
    JobKind.IMPORT: ("weights", "sheet", "cover"),
    JobKind.LOOK: ("look",),
    JobKind.PREVIEW: (),
}
DRAWN = ("sheet", "curve", "cover")  # of a job's files, those that its result names

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """One announced file, in the vault."""

    told: Told
    blob: BlobId

    @property
    def role(self) -> str:
        """What it is: weights, sheet, image, …"""
        return str(self.told["role"])


def content_of(folder: Path, file: Told) -> bytes:
    """The bytes of an announced file.

    Raises: TintypeError E_RESULT_BROKEN when it lies outside of the folder, is missing, or is not what was announced.
    """
    name = PurePosixPath(str(file.get("path")))
    path = (folder / name).resolve()
    broken = TintypeError("E_RESULT_BROKEN", file=name.name[:80])
    if not path.is_relative_to(folder.resolve()) or not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise broken
    try:
        content = path.read_bytes()
    except OSError as error:
        raise broken from error
    if len(content) != file.get("bytes") or hashlib.sha256(content).hexdigest() != file.get("sha256"):
        raise broken
    return content


def _put(rooms: Rooms, job: Job, file: Told, content: bytes) -> Kept:
    """Into the vault, unless the job was ended or forgotten: a destroyed key is not made anew.

    Raises: LeaseLost, TintypeError E_DISK_FULL.
    """
    held = rooms.queue.get(job.id)
    if held is None or held.state is not JobState.RUNNING or held.attempt != job.attempt:
        raise LeaseLost("E_LEASE_LOST")
    return Kept(file, rooms.vault.put(job.owner, content))


# --- while it runs ---------------------------------------------------------------------------------------------------


async def keep(store: Store, job: Job, folder: Path, file: Told, ttl_s: float) -> None:
    """Keep a checkpoint or the live card's picture in the place of the one before, and what a sample point learned.

    Other files are left alone.

    It is read on a thread of its own, so that nobody's answer waits for it.
    Raises: LeaseLost, TintypeError E_RESULT_BROKEN, E_DISK_FULL; the one before stays then.
    """
    put = KEEP.get(str(file["role"]))
    if put is not None:
        content = await asyncio.to_thread(content_of, folder, file)
        await store.run(partial(put, job=job, file=file, content=content, ttl_s=ttl_s))


def keep_checkpoint(rooms: Rooms, job: Job, file: Told, content: bytes, ttl_s: float) -> None:
    """Keep a checkpoint in the place of the one before.

    Raises: LeaseLost, TintypeError E_DISK_FULL; the one before stays then.
    """
    before = rooms.queue.get(job.id)
    blob = _put(rooms, job, file, content).blob
    rooms.queue.beat(job.id, job.attempt, ttl_s, checkpoint=blob, advanced=True)
    if before is not None and before.checkpoint is not None:
        rooms.vault.delete(before.checkpoint)


def keep_preview(rooms: Rooms, job: Job, file: Told, content: bytes, ttl_s: float) -> None:
    """Keep the live card's picture in the place of the one before.

    Raises: LeaseLost, TintypeError E_DISK_FULL; the one before stays then.
    """
    before = rooms.queue.get(job.id)
    blob = _put(rooms, job, file, content).blob
    rooms.queue.beat(job.id, job.attempt, ttl_s, preview=blob)
    if before is not None and before.preview is not None:
        rooms.vault.delete(before.preview)


def keep_point(rooms: Rooms, job: Job, file: Told, content: bytes, ttl_s: float) -> None:
    """Keep the weights of a sample point, in the place of those that an attempt before had told of it.

    Raises: LeaseLost, TintypeError E_DISK_FULL.
    """
    blob, told = _put(rooms, job, file, content).blob, file["alt"]
    point = Point(
        job=job.id,
        number=int(told["point"]),
        done=int(told["done"]),
        score=told.get("score"),
        blob=blob,
        sha256=str(file["sha256"]),
        bytes=int(file["bytes"]),
    )
    try:
        rooms.points.keep(point)
    except TintypeError:
        rooms.vault.delete(blob)
        raise
    rooms.queue.beat(job.id, job.attempt, ttl_s)


KEEP = {"checkpoint": keep_checkpoint, "preview": keep_preview, "point": keep_point}


# --- at the end ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How an attempt succeeded."""

    result: Told
    files: Sequence[Told]
    base: tuple[str, str]  #: (id, revision) of the base model it ran on
    at: float  #: unix seconds


async def keep_result(store: Store, job: Job, folder: Path, end: End) -> bool:
    """Take over a finished attempt: its files, then all its rows and its one message in one transaction.

    False when the attempt was no longer the running one.
    Raises: TintypeError E_RESULT_BROKEN, E_DISK_FULL; nothing is kept then.
    """
    kept: list[Kept] = []
    try:
        for file in [file for file in end.files if file.get("role") in KEPT[job.kind]]:
            content = await asyncio.to_thread(content_of, folder, file)
            kept.append(await store.run(partial(_put, job=job, file=file, content=content)))
    except TintypeError as error:
        await store.run(lambda rooms: _delete(rooms, kept))
        if isinstance(error, LeaseLost):
            return False
        raise
    return await store.run(lambda rooms: _commit(rooms, job, end, kept))


def _delete(rooms: Rooms, kept: Sequence[Kept]) -> None:
    for one in kept:
        rooms.vault.delete(one.blob)


def _commit(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> bool:
    """All rows or none; of none the files go, here, where nobody can be cancelled in between."""
    named = (*DRAWN, "weights") if job.kind is JobKind.IMPORT else DRAWN
    result = dict(end.result) | {one.role: one.blob for one in kept if one.role in named}
    whole = replace(end, result=result)
    is_kept, before = False, glancing.thumbnails(rooms, job)
    try:
        is_kept = rooms.queue.commit(job.id, job.attempt, result, lambda _: _written(rooms, job, whole, kept))
    finally:
        if not is_kept:
            _delete(rooms, kept)
    if is_kept and job.kind is JobKind.LOOK:
        for stale in {*before, *(one.blob for one in kept)} - glancing.thumbnails(rooms, job):
            rooms.vault.delete(stale)
    return is_kept


def _written(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    ADD[job.kind](rooms, job, end, kept)
    note_held_back(rooms, job, int(end.result.get("held_back") or 0))


def note_held_back(rooms: Rooms, job: Job, count: int) -> None:
    """Tell the managers that pictures were held back and how many; neither whose they were nor what they showed."""
    if count:
        rooms.audit.note("held-back", guild=job.guild, count=count)


def _add_version(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    weights = next((one for role in ("weights", "embedding") for one in kept if one.role == role), None)
    if weights is None or job.concept is None:
        raise TintypeError("E_RESULT_BROKEN", file="weights")
    result = end.result
    score = result.get("score")
    rooms.concepts.add_version(
        job.concept,
        method=str(result.get("method") or job.request["method"]),
        class_word=str(result.get("class_word") or job.request["class_word"]),
        base_model=end.base[0],
        base_revision=end.base[1],
        blob=weights.blob,
        sha256=str(weights.told["sha256"]),
        size_bytes=int(weights.told["bytes"]),
        sheet=result.get("sheet"),
        scores={} if score is None else {"pick": score},
        job=job.id,
    )


def _add_images(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    images = [one for one in kept if one.role == "image"]
    if not images:
        raise TintypeError("E_RESULT_BROKEN", file="images")
    relation = job.request.get("relation") or {}
    words = job.request.get("words") or ()
    has_person = shows_person(rooms, job)
    for position, one in enumerate(images, 1):
        image = Image(
            id=ImageId(new_id()),
            job=job.id,
            position=position,
            owner=job.owner,
            guild=job.guild,
            blob=one.blob,
            name=PurePosixPath(str(one.told["path"])).name,
            seed=int((one.told.get("alt") or {}).get("seed", job.request["seed"])),
            width_px=int(one.told.get("width") or 0),
            height_px=int(one.told.get("height") or 0),
            settings=end.result.get("settings") or {},
            parent=relation.get("parent"),
            relation=Relation(relation["kind"]) if relation.get("kind") else None,
            has_person=has_person,
            created_at=end.at,
        )
        rooms.images.add(image, [_word(image, word) for word in words])


def _word(image: Image, word: Told) -> ImageWord:
    return ImageWord(image=image.id, version=VersionId(word["version"]), strength=float(word.get("strength", 1.0)))


def shows_person(rooms: Rooms, job: Job) -> bool:
    """Whether a person's word is in it, or in the picture that it was made from."""
    versions = [rooms.concepts.version(VersionId(word["version"])) for word in job.request.get("words") or ()]
    concepts = [rooms.concepts.get(version.concept) for version in versions if version]
    parent = (job.request.get("relation") or {}).get("parent")
    image = rooms.images.get(ImageId(parent)) if parent else None
    return any(one is not None and one.kind is Kind.PERSON for one in concepts) or bool(image and image.has_person)


def _add_sheet(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    """A contact sheet stands in its job's result; it has no rows of its own."""
    if not kept:
        raise TintypeError("E_RESULT_BROKEN", file="sheet")


def _add_import(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    """A word that was taken over stands in its job's result until its owner has enabled it."""
    if {one.role for one in kept} != set(KEPT[JobKind.IMPORT]):
        raise TintypeError("E_RESULT_BROKEN", file="weights")


def _add_looks(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    """What was found in photos stands with them, and their small pictures show how they will be cropped."""
    glancing.take(rooms, job, end.result, {str(one.told["alt"]["photo"]): one.blob for one in kept})


def _add_nothing(rooms: Rooms, job: Job, end: End, kept: Sequence[Kept]) -> None:
    """What a preview has drawn stands in its answer, and nowhere else."""


ADD = {
    JobKind.TRAIN: _add_version,
    JobKind.IMAGINE: _add_images,
    JobKind.SHEET: _add_sheet,
    JobKind.IMPORT: _add_import,
    JobKind.LOOK: _add_looks,
    JobKind.PREVIEW: _add_nothing,
}


def settle(rooms: Rooms, job: Job, kept_s: float) -> None:
    """After any end, as often as one likes: drop checkpoint and preview, and the photos or their time.

    Photos go at once when the word is learned, unless they are wished to stay; otherwise they stay for `kept_s` after
    the end, for another try. Of the sample points some wait to be chosen. A preview that is drawn stays until its
    answer has shown it, or for a day.
    """
    if job.kind is JobKind.PREVIEW and job.state is JobState.SUCCEEDED:
        return
    for blob in rooms.queue.shed(job.id):
        rooms.vault.delete(blob)
    for file in job.request.get("files", ()):  # weights made elsewhere, which are of no use to another try
        rooms.vault.delete(BlobId(file["blob"]))
    if job.kind is not JobKind.TRAIN:
        return
    if job.state is JobState.SUCCEEDED:
        rooms.points.rest(job.id, job.result.get("best_step"))
        rooms.photos.learned(job)
    else:
        rooms.points.drop(job.id)
        rooms.photos.came_to_nothing(job, kept_s)
