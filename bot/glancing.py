"""A look at photos before they are learned: the engine says what their subjects cover, and the report tells it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from bot import texts
from bot.answers import Interaction
from bot.studio import Asker, EngineFacts, Studio
from bot.waits import usual_s
from storage.errors import TintypeError
from storage.photos import OPEN
from storage.records import BlobId, DraftId, Job, JobKind, Kind, Photo, PhotoId

AT_ONCE = 2  # looks of one member that wait or run; more are left out, since each report begins one
Told = Mapping[str, Any]


async def look(
    studio: Studio, interaction: Interaction, asker: Asker, draft: DraftId, rejected: Sequence[str] = ()
) -> None:
    """Have the engine look at a draft's photos, and the report that stands there told of it; without one, nothing."""
    facts = studio.facts()
    if facts is None or not facts.looks:
        return
    job = await studio.run(partial(_queued, asker=asker, draft=draft, facts=facts, rejected=rejected))
    if job is not None:
        studio.wake()
        studio.follow(interaction, job)


def _queued(rooms: Any, *, asker: Asker, draft: DraftId, facts: EngineFacts, rejected: Sequence[str]) -> Job | None:
    found = rooms.photos.draft(draft)
    if found is None or found.state != OPEN or rooms.queue.in_flight(asker.member, JobKind.LOOK) >= AT_ONCE:
        return None
    photos = rooms.photos.of(draft)
    if all(seen_as(photo, found.kind) is not None for photo in photos):
        return None
    new = asker.new_job(
        JobKind.LOOK,
        predicted_s=usual_s(rooms, JobKind.LOOK, rooms.queue.now()),
        request={
            "draft": draft,
            "kind": str(found.kind or ""),
            "photos": [photo.id for photo in photos],
            "rejected": list(rejected),
            "weight": rooms.setups.weight(asker.actor),
        },
    )
    job: Job = rooms.queue.put(replace(new, key=f"{asker.key}-look"))[0]  # the interaction may queue another, too
    return job


def seen_as(photo: Photo, kind: Kind | None) -> Told | None:
    """What was found in a photo, looked at for what it is said to show by now; None until it was."""
    told = photo.facts.get("look")
    return told if told and told["kind"] == str(kind or "") else None


# --- what the engine is given, and what it has found -----------------------------------------------------------------


def laid(rooms: Any, job: Job) -> dict[str, Photo]:
    """The photos to look at by their path in the attempt's folder; those that were removed meanwhile are left out."""
    found = [(n, rooms.photos.get(PhotoId(photo))) for n, photo in enumerate(job.request["photos"], 1)]
    return {f"photos/{n:04}.png": photo for n, photo in found if photo is not None}


def order_of(job: Job, paths: Collection[str]) -> dict[str, Any]:
    """What the engine is told."""
    return {"kind": job.request["kind"], "photos": [{"path": path} for path in paths]}


def take(rooms: Any, job: Job, result: Told, drawn: Mapping[str, BlobId]) -> None:
    """Write down what was found in each photo that is still there, with its preview by the photo's path.

    Raises: TintypeError E_RESULT_BROKEN.
    """
    photos = laid(rooms, job)
    for told in result.get("photos") or ():
        photo, preview = photos.get(str(told.get("path"))), drawn.get(str(told.get("path")))
        if preview is None:
            raise TintypeError("E_RESULT_BROKEN", file=PurePosixPath(str(told.get("path"))).name)
        if photo is not None:
            found = {name: told.get(name) for name in ("covers", "closer", "people")}
            rooms.photos.seen(photo, {"kind": job.request["kind"], **found}, preview)


def thumbnails(rooms: Any, job: Job) -> set[BlobId]:
    """The small pictures of a look's photos, as they are shown now."""
    return {photo.thumbnail for photo in laid(rooms, job).values()} if job.kind is JobKind.LOOK else set()


# --- what the member is told -----------------------------------------------------------------------------------------


def remarks_of(seen: Told | None, kind: Kind | None) -> list[dict[str, Any]]:
    """What a member should know of a photo that was looked at."""
    people = int(seen["people"] or 0) if seen else 0
    return [{"code": "W_FACES", "facts": {"count": people}}] if people > 1 and kind is Kind.PERSON else []


def told_of(seen: Told | None) -> str:
    """What the subject covers, in words for the photo's line; empty where nobody knows."""
    if seen is None or seen["covers"] is None:
        return ""
    closer = "none" if seen["closer"] is None else round(100 * seen["closer"])
    return texts.say("report-covers", covers=round(100 * seen["covers"]), closer=closer)
