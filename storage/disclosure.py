"""What is kept about a member: as lists that a person can read, and as files to hand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import rows
from storage.images import Images
from storage.imports import Imports
from storage.listings import Listings
from storage.names import Names
from storage.pending import Pending, PendingOrders
from storage.photos import Photos
from storage.points import Points
from storage.preferences import Wishes
from storage.questions import Questions
from storage.queue import Queue
from storage.records import (
    BlobId,
    Concept,
    ConceptId,
    Draft,
    Image,
    Job,
    JobKind,
    MemberId,
)
from storage.rows import draft_of, job_of
from storage.standing import Standing, moment
from storage.texts import sentence
from storage.vault import BLOB, Vault

DRAWN = ("sheet", "curve", "cover")  # what a job's result names beside pictures and weights


class Disclosure:
    """Tells a member what is kept about them."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock
        self._queue, self._concepts = Queue(db, clock), Concepts(db, clock)
        self._photos, self._images, self._wishes = Photos(db, vault, clock), Images(db), Wishes(db, clock)
        self.points, self.imports = Points(db, vault, clock), Imports(db, vault, clock)
        self.lists, self._questions = Listings(db, clock), Questions(db, clock)
        self.names, self.pending, self._standing = Names(db), PendingOrders(db, clock), Standing(db, clock)

    def mydata(self, member: MemberId) -> dict[str, Any]:
        """Everything kept about a member, as counts and lists that a person can read."""
        drafts = self._all_drafts(member)
        return {
            "words": [
                {
                    "word": c.name,
                    "kind": c.kind,
                    "versions": len(self._concepts.versions(c.id)),
                    "since": moment(c.created_at),
                    "shared": self._standing.shared(c.id),
                }
                for c in self._concepts.mine(member)
            ],
            "drafts": [
                {
                    "word": d.word,
                    "photos": len(self._photos.of(d.id)),
                    "since": moment(d.created_at),
                    "until": moment(self._photos.until(d)),
                }
                for d in drafts
            ],
            "photos": sum(len(self._photos.of(draft.id)) for draft in drafts),
            "images": [_pictured(image) for image in self._images.of_owner(member)],
            "jobs": [_told(job) for job in self._jobs("owner = :id", member)],
            "consents": [
                _agreed(row, self._wishes.language(member))
                for row in rows(self._db, "select * from consents where person = :member", member=member)
            ],
            "questions": [one.told(member, moment) for one in self._questions.of_member(member)],
            "names": self.names.all_of(member),
            "waiting": [_waiting(order) for order in self.pending.of_owner(member)],
            "imports": [
                {"file": str(one.told.get("name", "")), "word": one.word, "since": moment(one.created_at)}
                for one in self.imports.of(member)
            ],
            "likes": len(rows(self._db, "select 1 from likes where member = :member", member=member)),
            "settings": self._wishes.settings(member),
            "presets": [preset.told() for preset in self._wishes.presets(member)],
            "favourites": [image.id for image in self._wishes.favourites(member)],
            "searches": [listing.text for listing in self.lists.of(member) if listing.text],
        } | self._standing.told(member)

    def contents(self, member: MemberId) -> list[tuple[str, BlobId]]:
        """A member's files, photos, weights, images and what was drawn of them: each one's name, and its blob.

        Names without an ending are of drawings, whose bytes tell it. Left out are the likeness of somebody who took
        their agreement back, thumbnails of the photos, and what a training under way has come to.
        """
        found = [
            (f"photos/{draft.id}/{photo.position:02}.png", photo.blob)
            for draft in self._all_drafts(member)
            for photo in self._photos.of(draft.id)
        ]
        found += [
            (f"words/{concept.name}-{concept.id[:4]}-{version.n}.safetensors", version.blob)
            for concept in self._concepts.mine(member)
            if self._is_agreed(concept)
            for version in self._concepts.versions(concept.id)
        ]
        pictures = [i for i in self._images.of_owner(member) if not self._images.is_withdrawn(i.job, member)]
        found += [(f"images/{i.job}-{i.position}-{i.name}", i.blob) for i in pictures]
        found += [
            (f"imports/{waiting.word}-{waiting.id[:4]}-{n}.safetensors", BlobId(file["blob"]))
            for waiting in self.imports.of(member)
            for n, file in enumerate(waiting.files, 1)
        ]
        found += [
            (f"imports/{job.request['word']}-{job.id[:4]}.safetensors", BlobId(job.result["weights"]))
            for job in self._jobs("owner = :id", member)
            if job.result.get("weights") and not self._concepts.of_job(job.id)
        ]
        begun: list[tuple[str, BlobId]] = [
            (job.id, blob) for job in self._jobs("owner = :id", member) for blob in begun_from(job)
        ]
        for order in self.pending.of_owner(member):
            begun += [(order.id, blob) for blob in blobs_in(order.request["order"].get("image"))]
        found += [(f"images/{of}-begun-from.png", blob) for of, blob in begun]
        found += self._drawings(member)
        return [(name, blob) for name, blob in found if self._vault.size_bytes(blob)]

    # --- parts ---------------------------------------------------------------------------------------------------

    def _drawings(self, member: MemberId) -> Iterator[tuple[str, BlobId]]:
        """Sample sheets, curves and grids, and the weights of moments that one may still choose."""
        told = set()
        for concept in filter(self._is_agreed, self._concepts.mine(member)):
            for version in self._concepts.versions(concept.id):
                if version.sheet:
                    told.add(version.sheet)
                    yield f"words/{concept.name}-{concept.id[:4]}-{version.n}-samples", version.sheet
        for job in filter(lambda job: self._may_have_drawings(job, member), self._jobs("owner = :id", member)):
            for role in DRAWN:
                if (blob := job.result.get(role)) and blob not in told:
                    yield f"drawings/{job.id}-{role}", BlobId(blob)
            for point in self.points.of(job.id):
                yield f"words/{job.id}-step-{point.done}.safetensors", point.blob

    def _may_have_drawings(self, job: Job, member: MemberId) -> bool:
        if job.kind is JobKind.IMAGINE:
            return not self._images.is_withdrawn(job.id, member)
        concept = self._concepts.get(job.concept) if job.concept else None
        return concept is None or self._is_agreed(concept)

    def _is_agreed(self, concept: Concept) -> bool:
        return concept.person is None or self._concepts.consent(concept.id) is not None

    def _all_drafts(self, member: MemberId) -> list[Draft]:
        return [draft_of(row) for row in rows(self._db, "select * from drafts where owner = :member", member=member)]

    def _jobs(self, where: str, key: MemberId | ConceptId) -> list[Job]:
        sql = f"select * from jobs where {where} order by rowid desc"  # noqa: S608  conditions are ours
        return [job_of(row) for row in rows(self._db, sql, id=key)]


def _waiting(order: Pending) -> dict[str, Any]:
    """An order of pictures that waits for an answer."""
    return {"prompt": order.request["order"]["prompt"], "since": moment(order.created_at)}


def _pictured(image: Image) -> dict[str, Any]:
    """A picture's file and what made it."""
    file = f"images/{image.job}-{image.position}-{image.name}"
    return {"file": file, "seed": image.seed, "settings": image.settings, "since": moment(image.created_at)}


def _agreed(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """An agreement with the sentence that was agreed to."""
    version, revoked = row["text_version"], row["revoked_at"]
    return {
        "text": version,
        "sentence": sentence(f"consent-{version}", language=language),
        "given": moment(row["given_at"]),
        "revoked": revoked and moment(revoked),
    }


def _told(job: Job) -> dict[str, Any]:
    prompt = {"prompt": job.request["prompt"]} if "prompt" in job.request else {}
    roles = {"roles": job.request["roles"]} if job.request.get("roles") else {}
    return {"job": job.id, "kind": job.kind, "state": job.state, "since": moment(job.created_at)} | prompt | roles


def begun_from(job: Job) -> list[BlobId]:
    """The picture that a member sent for an /imagine to begin from; its file stays a day, or until the job is over."""
    return sorted(blobs_in(job.request.get("image")))


def blobs_in(value: Any) -> set[BlobId]:
    """Every blob id in a JSON value, however deep."""
    if isinstance(value, str):
        return {BlobId(value)} if BLOB.fullmatch(value) else set()
    parts = value.values() if hasattr(value, "values") else value if isinstance(value, list | tuple) else ()
    return {blob for part in parts for blob in blobs_in(part)}
