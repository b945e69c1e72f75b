"""How all that is kept about a member goes: one word, or everything."""

from __future__ import annotations

import dataclasses
import json
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from storage.audit import Audit
from storage.clock import Clock
from storage.database import rows, transaction
from storage.disclosure import Disclosure, begun_from, blobs_in
from storage.notices import forget_notices
from storage.records import (
    BlobId,
    ConceptId,
    DraftId,
    Image,
    Job,
    Kind,
    MemberId,
    Message,
    Version,
)
from storage.scrubbing import Scrubbing
from storage.takedowns import Deed, Takedowns
from storage.vault import Vault

#: the columns that name a member whose rows go with them; a test holds all three lists against the schema
OF_MEMBER = (
    ("images", "owner"),
    ("photos", "owner"),
    ("drafts", "owner"),
    ("drafts", "person"),
    ("concepts", "owner"),
    ("concepts", "person"),
    ("consents", "person"),
    ("jobs", "owner"),
    ("imports", "owner"),
    ("likes", "member"),
    ("favourites", "member"),
    ("presets", "member"),
    ("questions", "asker"),
    ("questions", "person"),
    ("reports", "owner"),
    ("strikes", "member"),
    ("absences", "member"),
    ("names", "member"),
    ("pending", "owner"),
)
#: the columns that name a member in rows that stay, without the name
UNNAMED = (
    ("audit", "actor"),
    ("audit", "whom"),
    ("reports", "member"),
    ("reports", "actor"),
    ("strikes", "actor"),
    ("blocks", "actor"),
)
#: what a member wrote in rows that stay, and what was written of them
WRITTEN = (
    "update reports set reason = '' where member = :member",
    "update blocks set reason = '' where :member in (member, actor)",
)
#: a block stays, with the bare id: else whoever is blocked would be let in again by asking to be forgotten
STAYS = (("blocks", "member"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a deletion removed."""

    id: str  #: a number for the member's own records; nothing can be looked up by it
    photos: int = 0
    versions: int = 0
    images: int = 0
    checkpoints: int = 0
    jobs_cancelled: int = 0
    words: int = 0
    consents: int = 0
    files: int = 0
    bytes: int = 0  #: of those files, as they lay encrypted on the disk
    messages: tuple[Message, ...] = ()  #: ours, to be taken down by the bot
    is_scrubbed: bool = False  #: nothing is left in the database's log; a large file is rewritten by upkeep
    key_destroyed: bool = False
    at: float


class Privacy(Disclosure):
    """Tells a member what is kept, and forgets.

    `rewrite_keys` is called after a member's key is destroyed, so that the key file of the backups loses it too.
    """

    def __init__(
        self, db: Database, vault: Vault, clock: Clock, rewrite_keys: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(db, vault, clock)
        self._rewrite_keys = rewrite_keys
        self.takedowns, self._audit = Takedowns(db, clock), Audit(db, clock)
        self._scrubbing = Scrubbing(db, clock)

    # --- forgetting ----------------------------------------------------------------------------------------------

    def forget_word(self, concept: ConceptId, *, with_pictures: bool = False) -> Receipt:
        """Delete one word: its versions, its photos, its jobs, their checkpoints; pictures made with it only if wished.

        Pictures means the owner's own, and of a person's word all that show that person.
        """
        found = self._concepts.get(concept)
        if found is None:
            return self._receipt()
        jobs, versions = self._jobs("concept = :id", concept), self._concepts.versions(concept)
        cancelled = self._cancel([*jobs, *self._queue.drawing_with({version.id for version in versions})])
        pictures = [
            picture
            for picture in (self._images.with_word(concept) if with_pictures else ())
            if picture.owner == found.owner or found.kind is Kind.PERSON
        ]
        drawn = self._jobs_of(pictures)
        messages = self._messages([*jobs, *drawn])
        consents = len(rows(self._db, "select 1 from consents where concept = :concept", concept=concept))
        drafts = [DraftId(str(job.request["draft"])) for job in jobs if job.request.get("draft")]
        photos = [photo for draft in drafts for photo in self._photos.of(draft)]
        blobs = {blob for photo in photos for blob in (photo.blob, photo.thumbnail)}
        blobs |= _blobs_of_versions(versions) | _blobs_of_jobs([*jobs, *drawn]) | {image.blob for image in pictures}
        blobs |= {point.blob for job in jobs for point in self.points.of(job.id)}
        with transaction(self._db):
            for draft in drafts:
                rows(self._db, "delete from drafts where id = :draft", draft=draft)
            for job in drawn:
                self._images.delete_job(job.id)
            self._concepts.delete(concept)
            rows(self._db, "delete from jobs where concept = :concept", concept=concept)
            self._drop_messages(messages)
        size = self._delete(blobs)
        return self._finished(
            photos=len(photos), versions=len(versions), checkpoints=_checkpoints(jobs), jobs_cancelled=cancelled,
            words=1, images=len(pictures), consents=consents, files=len(blobs), bytes=size, messages=messages,
        )  # fmt: skip

    def forget(self, member: MemberId) -> Receipt:
        """Delete everything of a member and destroy their key.

        Cancelling comes first, so that nothing running can add to what is deleted; the key last, so that a crash in
        between is finished by asking again. Of a person's word, pictures that others made go too, and words of others
        that show the member go as a whole.
        """
        self._forget_likeness(member)
        jobs, others = self._jobs("owner = :id", member), self._images.of_person(member)
        others = [picture for picture in others if picture.owner != member]
        versions = {version.id for c in self._concepts.mine(member) for version in self._concepts.versions(c.id)}
        cancelled = self._cancel([*jobs, *self._queue.drawing_with(versions)])
        told, drawn = self.mydata(member), self._jobs_of(others)
        messages = self._messages([*jobs, *drawn])
        foreign = {picture.blob for picture in others} | _blobs_of_jobs(drawn)
        with transaction(self._db):
            for job in drawn:
                self._images.delete_job(job.id)
            messages += tuple(self._questions.forget(member))
            self._drop_rows(member)
            self._drop_messages(messages)
        mine = self._vault.held(member)
        size = sum(self._vault.size_bytes(blob) for blob in mine) + self._delete(foreign)
        destroyed = self._vault.destroy(member)
        self._rewrite_keys()
        return self._finished(
            photos=told["photos"], versions=len(versions), images=len(told["images"]) + len(others),
            checkpoints=_checkpoints(jobs), jobs_cancelled=cancelled, words=len(told["words"]),
            consents=len(told["consents"]), files=len(mine) + len(foreign), bytes=size, messages=messages,
            key_destroyed=destroyed,
        )  # fmt: skip

    def forget_undecided(self, ended_before: float) -> int:
        """Delete words that were taken over and that nobody has enabled; how many."""
        sql = """select concept from jobs where kind = 'import' and state = 'succeeded' and ended_at < :before
            and concept in (select id from concepts)
            and not exists (select 1 from versions where versions.concept = jobs.concept)"""
        found = rows(self._db, sql, before=ended_before)
        for row in found:
            self.forget_word(ConceptId(str(row["concept"])))
        return len(found)

    def delete_pictures(self, job: Job) -> int:
        """Delete the pictures of a job for real, and blank the messages that show them; how many there were.

        Files go before rows: a crash in between is finished by doing it again.
        """
        return self._delete_pictures(job, Deed.BLANK)

    def moderate_pictures(self, job: Job, actor: MemberId, *, report: str = "") -> int:
        """The same by a moderator: their messages say so, and without a report, which has its own, the log too."""
        with transaction(self._db):
            count = self._delete_pictures(job, Deed.MODERATE)
            told = "update jobs set result = json_set(result, '$.is_moderated', json('true')) where id = :job"
            rows(self._db, told, job=job.id)
            if not report:
                self._audit.note("delete", guild=job.guild, actor=actor, about=job.id, whom=job.owner, count=count)
        return count

    def _delete_pictures(self, job: Job, deed: Deed) -> int:
        images = self._images.of_job(job.id)
        self._delete({image.blob for image in images} | _blobs_of_jobs([job]))
        with transaction(self._db):
            self._images.delete_job(job.id)
            self.takedowns.owe(self._queue.all_messages(job.id), deed)
        return len(images)

    def forget_jobs(self, jobs: Sequence[Job], *, is_reached: bool) -> None:
        """Delete jobs that are over with what they asked for, and our messages about them where they can be reached."""
        messages = self._messages(jobs)
        with transaction(self._db):
            for job in jobs:
                rows(self._db, "delete from jobs where id = :job", job=job.id)
            self._drop_messages(messages if is_reached else ())

    def _forget_likeness(self, member: MemberId) -> None:
        shown = "select id from concepts where person = :member and owner != :member"
        for row in rows(self._db, shown, member=member):
            self.forget_word(ConceptId(str(row["id"])), with_pictures=True)
        for row in rows(self._db, "select id from drafts where person = :member", member=member):
            self._photos.discard(DraftId(str(row["id"])))

    def scrub_if_due(self) -> bool:
        """Rewrite the database without deleted rows, if that is due and its time; True when no trace is left."""
        return self._scrubbing.run()

    def known_blobs(self) -> set[BlobId]:
        """Every blob that some row still needs; checkpoints and previews of ended jobs are needed no more."""
        sql = """select blob from photos union select thumbnail from photos union select blob from versions
            union select sheet from versions union select blob from images union select blob from points
            union select blob from answers
            union select checkpoint from jobs where state in ('queued', 'running')
            union select preview from jobs where state in ('queued', 'running')
            union select json_extract(request, '$.image.blob') from jobs where state in ('queued', 'running')
            union select json_extract(request, '$.order.image.blob') from pending"""
        known = {BlobId(str(row["blob"])) for row in rows(self._db, sql) if row["blob"]}
        told = rows(self._db, "select result from jobs where result != '{}'")
        known |= self.imports.blobs()
        return known | {blob for row in told for blob in blobs_in(json.loads(str(row["result"])))}

    # --- parts ---------------------------------------------------------------------------------------------------

    def _cancel(self, jobs: Iterable[Job]) -> int:
        return sum(self._queue.cancel(job.id) for job in jobs)

    def _drop_rows(self, member: MemberId) -> None:
        for emptied in WRITTEN:
            rows(self._db, emptied, member=member)
        for table, column in OF_MEMBER:
            rows(self._db, f"delete from {table} where {column} = :member", member=member)  # noqa: S608  names are ours
        for table, column in UNNAMED:
            unnamed = f"update {table} set {column} = null where {column} = :member"  # noqa: S608  names are ours
            rows(self._db, unnamed, member=member)
        rows(self._db, "delete from grants where scope = 'member' and subject = :member", member=member)
        self.lists.forget(member)
        forget_notices(self._db, member)
        rows(
            self._db,
            """insert into members (id, first_seen, forgotten_at) values (:member, :now, :now)
            on conflict (id) do update set first_seen = :now, forgotten_at = :now, settings = '{}'""",
            member=member, now=self._clock.now(),
        )  # fmt: skip

    def _jobs_of(self, pictures: Iterable[Image]) -> list[Job]:
        found = map(self._queue.get, dict.fromkeys(picture.job for picture in pictures))
        return [job for job in found if job is not None]

    def _drop_messages(self, messages: Iterable[Message]) -> None:
        """Forget where they are but for what must still be done about them."""
        self.takedowns.owe(messages, Deed.REMOVE)
        rows(self._db, "delete from messages where job not in (select id from jobs)")
        self._scrubbing.owe()

    def _delete(self, blobs: Iterable[BlobId]) -> int:
        size = 0
        for blob in blobs:
            size += self._vault.size_bytes(blob)
            self._vault.delete(blob)
        return size

    def _messages(self, jobs: Iterable[Job]) -> tuple[Message, ...]:
        return tuple(message for job in jobs for message in self._queue.all_messages(job.id))

    def _finished(self, **told: Any) -> Receipt:
        """The receipt, after traces are wiped; that it was given is noted, without saying to whom."""
        receipt = dataclasses.replace(self._receipt(**told), is_scrubbed=self._scrubbing.now())
        counts = {name: value for name, value in told.items() if name != "messages"}
        self._audit.note("forget", about=receipt.id, **counts)
        return receipt

    def _receipt(self, **told: Any) -> Receipt:
        return Receipt(id=secrets.token_hex(4), at=self._clock.now(), **told)


def _checkpoints(jobs: Iterable[Job]) -> int:
    return sum(job.checkpoint is not None for job in jobs)


def _blobs_of_versions(versions: Sequence[Version]) -> set[BlobId]:
    return {blob for version in versions for blob in (version.blob, version.sheet) if blob}


def _blobs_of_jobs(jobs: Iterable[Job]) -> set[BlobId]:
    return {
        blob
        for job in jobs
        for blob in blobs_in([job.checkpoint, job.preview, job.result, begun_from(job), job.request.get("files")])
    }
