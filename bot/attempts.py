"""Attempt folders: all that an engine needs for one attempt, in the clear, and nothing for longer than it runs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot import glancing
from bot.comparing import version_of
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from bot.takeover import shows_person
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.records import BlobId, Image, ImageId, Job, JobKind, Kind, Photo, PhotoId, Version, VersionId

PROTOCOL = 1  # of attempt.json; trainers/attempt.py refuses another one
LIMIT_BYTES = 10 << 20  # what Discord takes as one file without a boost
RESUME = "resume.zip"
PHOTO = "photo.png"
BEGINNING = "begin.png"  # the picture that a member sent to begin from


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What goes into an attempt folder."""

    seed: int
    order: Mapping[str, Any]  #: the part of attempt.json that belongs to the job's kind
    files: Mapping[str, BlobId] = field(default_factory=dict)  #: by their path in the folder


class Attempts:
    """Makes attempt folders below `data/run/` and sweeps them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder.resolve()

    async def prepare(self, job: Job, facts: EngineFacts, *, is_fresh: bool = False) -> Path:
        """Lay out the folder of the job's present attempt; a fresh one leaves out the checkpoint.

        Raises: TintypeError when something that the job needs is gone or may not be used any more, E_DISK_FULL;
        nothing is left in the clear then.
        """
        plan = await self._store.run(lambda rooms: plan_of(rooms, job, facts))
        folder = self._folder / f"{job.id}-{job.attempt}"
        try:
            _make(folder)
            for name, blob in plan.files.items():
                await self._store.run(partial(_lay, path=folder / name, blob=blob))
            has_checkpoint = not is_fresh and await self._store.run(lambda rooms: _lay_checkpoint(rooms, folder, job))
            (folder / "attempt.json").write_text(json.dumps(_told(job, facts, plan, has_checkpoint)), "utf-8")
        except BaseException as error:
            self.sweep(folder)
            if isinstance(error, OSError):
                raise TintypeError("E_DISK_FULL", folder=str(self._folder)) from error
            raise
        return folder

    def sweep(self, folder: Path) -> None:
        """Delete an attempt's folder."""
        shutil.rmtree(folder, ignore_errors=True)

    def sweep_all(self) -> None:
        """Delete what attempts have left, when no engine is at one."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _make(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def _lay(rooms: Rooms, path: Path, blob: BlobId) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(rooms.vault.open(blob))


def _lay_checkpoint(rooms: Rooms, folder: Path, job: Job) -> bool:
    """Put the last checkpoint there, if there is one; a damaged one is as good as none."""
    if job.checkpoint is None:
        return False
    try:
        _lay(rooms, folder / RESUME, job.checkpoint)
    except TintypeError as error:
        if error.code not in {"E_BLOB_GONE", "E_BLOB_BROKEN"}:
            raise
        return False
    return True


def _told(job: Job, facts: EngineFacts, plan: Plan, has_checkpoint: bool) -> dict[str, Any]:  # noqa: FBT001
    return {
        "protocol": PROTOCOL,
        "job": job.id,
        "attempt": job.attempt,
        "kind": str(job.kind),
        "seed": plan.seed,
        "base_model": {"id": facts.base_id, "revision": facts.base_revision},
        "resume": RESUME if has_checkpoint else None,
        str(job.kind): plan.order,
    }


# --- what each kind of job needs -------------------------------------------------------------------------------------


def plan_of(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    """What an attempt at this job needs now.

    Raises: TintypeError E_JOB_KIND, or with what is gone.
    """
    planned = PLANS.get(job.kind)
    if planned is None:
        raise TintypeError("E_JOB_KIND", kind=str(job.kind))
    return planned(rooms, job, facts)


def _training(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    request = job.request
    files = {f"photos/{n:04}.png": _photo(rooms, photo).blob for n, photo in enumerate(request["photos"], 1)}
    order = {
        "word": request["word"],
        "kind": request["kind"],
        "class_word": request.get("class_word") or "",
        "method": request["method"],
        "settings": request.get("settings") or {},
        "photos": [{"path": path, "caption": None} for path in files],
        "consent": _consent(rooms, job) if request["kind"] == Kind.PERSON else None,
    }
    return Plan(seed=int(job.id[:8], 16), order=order, files=files)  # the job's own: each attempt draws alike


def _photo(rooms: Rooms, photo: str) -> Photo:
    found = rooms.photos.get(PhotoId(photo))
    if found is None:
        raise NotFound("E_DRAFT_GONE")
    return found


def _consent(rooms: Rooms, job: Job) -> dict[str, Any]:
    """The agreement of who is shown that is in force now, whatever was so when the job was queued.

    Raises: NotAllowed(E_NO_CONSENT).
    """
    held = rooms.concepts.consent(job.concept) if job.concept else None
    concept = rooms.concepts.get(job.concept) if job.concept else None
    if held is None or concept is None or held.person != (concept.person or concept.owner):
        raise NotAllowed("E_NO_CONSENT")
    return {"person": str(held.person), "text_version": held.text_version, "given_at": held.given_at}


def _pictures(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    request = job.request
    words, files = _words(rooms, job, facts)
    relation = dict(request.get("relation") or {})
    if request.get("image"):
        relation = {"kind": "image", "parent": BEGINNING, "strength": request["image"]["strength"]}
        relation |= {name: request[name] for name in ("edit", "said") if request.get(name)}
        files[BEGINNING] = BlobId(request["image"]["blob"])
    elif relation.get("parent"):
        parent = _parent(rooms, str(relation["parent"]))
        relation["parent"] = f"parent{Path(parent.name).suffix}"
        files[relation["parent"]] = parent.blob
    order = {
        "prompt": request["prompt"],
        "negative_prompt": request.get("negative_prompt") or "",
        "count": request["count"],
        "seed": request["seed"],
        "shape": request.get("shape") or "square",
        "quality": request.get("quality") or "normal",
        "has_prompt": bool(request.get("has_prompt")),
        "is_strict": not request.get("is_adult") or shows_person(rooms, job),
        "words": words,
        "relation": relation,
        "limit_bytes": LIMIT_BYTES,
    }
    return Plan(seed=request["seed"], order=order, files=files)


def _parent(rooms: Rooms, image: str) -> Image:
    found = rooms.images.get(ImageId(image))
    if found is None:
        raise NotFound("E_PICTURE_GONE")
    return found


def _words(rooms: Rooms, job: Job, facts: EngineFacts) -> tuple[list[dict[str, Any]], dict[str, BlobId]]:
    rows, files = [], {}
    for n, word in enumerate(job.request.get("words") or (), 1):
        version = _usable(rooms, VersionId(word["version"]), facts)
        path = f"weights/{n}.safetensors"
        files[path] = version.blob
        rows.append(
            {
                "name": word["name"],
                "class_word": version.class_word,
                "method": version.method,
                "weights": [path],
                "multiplier": word.get("multiplier", 1.0),
            }
        )
    return rows, files


def _usable(rooms: Rooms, version_id: VersionId, facts: EngineFacts) -> Version:
    """The version, if it is still there and made for this base; that it may be used was asked at the claim."""
    version = rooms.concepts.version(version_id)
    concept = rooms.concepts.get(version.concept) if version else None
    if version is None or concept is None:
        raise NotFound("E_WORD_GONE")
    if version.is_dropped:
        raise NotFound("E_VERSION_GONE", word=concept.name)
    if (version.base_model, version.base_revision) != (facts.base_id, facts.base_revision):
        raise TintypeError("E_WORD_FOREIGN_BASE", word=concept.name, base=version.base_model)
    return version


def _contact_sheet(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    """A version and the sample points beside it, each to be drawn at several strengths."""
    request = job.request
    version = _usable(rooms, VersionId(request["version"]), facts)
    files = {f"weights/{n}.safetensors": _learned(rooms, version, row) for n, row in enumerate(request["rows"], 1)}
    order = {
        "words": [{"name": request["word"], "kind": request["kind"], "weights": list(files)}],
        "rows": request["rows"],
        "strengths": request["strengths"],
        "limit_bytes": LIMIT_BYTES,
    }
    return Plan(seed=0, order=order, files=files)


def _learned(rooms: Rooms, version: Version, row: Mapping[str, Any]) -> BlobId:
    """The weights of a row: the version's own, or those of a sample point that is a version by now or not."""
    known = version_of(rooms, version.id, row)
    point = None if known else rooms.points.get(version.job, row["point"])
    found = known or point
    if found is None:
        raise NotFound("E_POINT_GONE")
    return found.blob


def _taking_over(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    """Weights made elsewhere with what is said of them; of a person with the agreement that is in force."""
    request, told = job.request, job.request["told"]
    files = {f"weights/{n}.safetensors": BlobId(file["blob"]) for n, file in enumerate(request["files"], 1)}
    order = {
        "word": request["word"],
        "kind": request["kind"],
        "class_word": request["class_word"],
        "trigger": request["trigger"],
        "name": told["name"],
        "peft": told.get("peft"),
        "files": [{"path": path} for path in files],
        "consent": _consent(rooms, job) if request["kind"] == Kind.PERSON else None,
        "limit_bytes": LIMIT_BYTES,
    }
    return Plan(seed=int(job.id[:8], 16), order=order, files=files)


def _looking(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    """Photos that are not learned yet, of which nobody is asked anything: it is found where faces are, not whose."""
    files = {path: photo.blob for path, photo in glancing.laid(rooms, job).items()}
    return Plan(seed=0, order=glancing.order_of(job, files), files=files)


def _previewing(rooms: Rooms, job: Job, facts: EngineFacts) -> Plan:
    """One photo of a word that is being learned; of a person only while they agree."""
    if job.request["kind"] == Kind.PERSON:
        _consent(rooms, job)
    order = {"photo": PHOTO, "class_word": job.request["class_word"], "limit_bytes": LIMIT_BYTES}
    return Plan(seed=0, order=order, files={PHOTO: _photo(rooms, job.request["photo"]).blob})


PLANS: Mapping[JobKind, Callable[[Rooms, Job, EngineFacts], Plan]] = {
    JobKind.TRAIN: _training,
    JobKind.IMAGINE: _pictures,
    JobKind.IMPORT: _taking_over,
    JobKind.SHEET: _contact_sheet,
    JobKind.LOOK: _looking,
    JobKind.PREVIEW: _previewing,
}
