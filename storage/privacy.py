"""What is kept about a member, and how all of it goes."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import rows, transaction, truncate_wal
from storage.images import Images
from storage.photos import Photos
from storage.queue import Queue
from storage.records import BlobId, ConceptId, Draft, JobId, MemberId, Message, Receipt
from storage.rows import draft_of, record
from storage.vault import Vault

#: every table that names a member, and how it goes; a test holds it against the schema
OF_MEMBER = {
    "images": "owner",
    "photos": "owner",
    "drafts": "owner",
    "concepts": "owner",
    "consents": "person",
    "jobs": "owner",
}
CANCELLED = {"card": "cancelled"}


class Privacy:
    """Tells a member what is kept, and forgets."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock
        self._queue, self._concepts = Queue(db, clock), Concepts(db, clock)
        self._photos, self._images = Photos(db, vault, clock), Images(db)

    def mydata(self, member: MemberId) -> dict[str, Any]:
        """Everything kept about a member, as counts and lists that a person can read."""
        drafts = self._all_drafts(member)
        return {
            "words": [
                {"word": c.name, "kind": c.kind, "versions": len(self._concepts.versions(c.id)), "since": c.created_at}
                for c in self._concepts.mine(member)
            ],
            "drafts": [{"word": d.word, "photos": len(self._photos.of(d.id)), "since": d.created_at} for d in drafts],
            "photos": sum(len(self._photos.of(draft.id)) for draft in drafts),
            "images": len(self._images.of_owner(member)),
            "jobs": [
                {"job": job.id, "kind": job.kind, "state": job.state, "since": job.created_at}
                for job in self._queue.of_owner(member, limit=1000)
            ],
            "consents": [
                {"text": row["text_version"], "given": row["given_at"], "revoked": row["revoked_at"]}
                for row in rows(self._db, "select * from consents where person = :member", member=member)
            ],
        }

    def archive(self, member: MemberId) -> bytes:
        """Everything as one zip: photos, weights, images and a list."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("mydata.json", json.dumps(self.mydata(member), indent=2))
            for draft in self._all_drafts(member):
                for photo in self._photos.of(draft.id):
                    archive.writestr(f"photos/{draft.word}/{photo.position:02}.png", self._vault.open(photo.blob))
            for concept in self._concepts.mine(member):
                for version in self._concepts.versions(concept.id):
                    archive.writestr(f"words/{concept.name}-{version.n}.safetensors", self._vault.open(version.blob))
            for image in self._images.of_owner(member):
                archive.writestr(f"images/{image.job}-{image.position}-{image.name}", self._vault.open(image.blob))
        return packed.getvalue()

    def forget_word(self, concept: ConceptId) -> Receipt:
        """Delete one word: its versions, its photos, its jobs, their checkpoints; pictures made with it stay."""
        held = self._concepts.get(concept)
        if held is None:
            return self._receipt()
        jobs = rows(self._db, "select id, state, checkpoint, preview, request from jobs where concept = :concept", concept=concept)
        cancelled, checkpoints = self._end_jobs(jobs)
        drafts = {json.loads(str(row["request"])).get("draft") for row in jobs} - {None}
        photos = sum(self._photos.discard(draft) for draft in drafts)
        versions = len(self._concepts.versions(concept))
        for blob in self._concepts.delete(concept):
            self._vault.delete(blob)
        truncate_wal(self._db)
        return self._receipt(photos=photos, versions=versions, checkpoints=checkpoints, jobs_cancelled=cancelled, words=1)

    def forget(self, member: MemberId) -> Receipt:
        """Delete everything of a member and destroy their key.

        Cancelling comes first, so that nothing running can add to what is deleted; the key last, so that a crash in
        between is finished by asking again.
        """
        jobs = rows(self._db, "select id, state, checkpoint, preview from jobs where owner = :member", member=member)
        cancelled, checkpoints = self._end_jobs(jobs)
        told = self.mydata(member)
        versions = sum(word["versions"] for word in told["words"])
        messages = self._messages(member)
        with transaction(self._db):
            for table, column in OF_MEMBER.items():
                rows(self._db, f"delete from {table} where {column} = :member", member=member)  # noqa: S608  names are ours
            rows(self._db, "delete from grants where scope = 'member' and subject = :member", member=member)
            rows(self._db, "delete from messages where job not in (select id from jobs)")
            rows(
                self._db,
                """insert into members (id, first_seen, forgotten_at) values (:member, :now, :now)
                on conflict (id) do update set forgotten_at = :now""",
                member=member, now=self._clock.now(),
            )  # fmt: skip
        destroyed = self._vault.destroy(member)
        truncate_wal(self._db)
        return self._receipt(
            photos=told["photos"], versions=versions, images=told["images"], checkpoints=checkpoints, jobs_cancelled=cancelled,
            words=len(told["words"]), messages=messages, key_destroyed=destroyed,
        )  # fmt: skip

    def forgotten(self) -> list[MemberId]:
        """Who asked to be forgotten: what a restored backup must forget again."""
        found = rows(self._db, "select id from members where forgotten_at is not null order by id")
        return [MemberId(int(str(row["id"]))) for row in found]

    def known_blobs(self) -> set[BlobId]:
        """Every blob that some row still needs."""
        sql = """select blob from photos union select thumbnail from photos union select blob from versions
            union select sheet from versions union select blob from images union select checkpoint from jobs
            union select preview from jobs"""
        return {BlobId(str(row["blob"])) for row in rows(self._db, sql) if row["blob"]}

    def _all_drafts(self, member: MemberId) -> list[Draft]:
        return [draft_of(row) for row in rows(self._db, "select * from drafts where owner = :member", member=member)]

    def _end_jobs(self, jobs: list[dict[str, Any]]) -> tuple[int, int]:
        cancelled = sum(self._queue.cancel(JobId(row["id"]), CANCELLED) for row in jobs)
        files = [row["checkpoint"] for row in jobs if row["checkpoint"]]
        for blob in (*files, *(row["preview"] for row in jobs if row["preview"])):
            self._vault.delete(BlobId(blob))
        return cancelled, len(files)

    def _messages(self, member: MemberId) -> tuple[Message, ...]:
        sql = "select messages.* from messages join jobs on jobs.id = messages.job where owner = :member"
        finals = """select outbox.job, outbox.channel, outbox.message, 'final' as role from outbox
            join jobs on jobs.id = outbox.job where owner = :member and outbox.message is not null"""
        return tuple(record(Message, row) for sql in (sql, finals) for row in rows(self._db, sql, member=member))

    def _receipt(self, **told: Any) -> Receipt:
        nothing: dict[str, Any] = {
            "photos": 0, "versions": 0, "images": 0, "checkpoints": 0, "jobs_cancelled": 0, "words": 0, "messages": (),
            "key_destroyed": False,
        }  # fmt: skip
        return Receipt(**(nothing | told), at=self._clock.now())
