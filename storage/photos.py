"""Drafts and their photos: kept encrypted until the training has succeeded, then deleted for real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows, transaction
from storage.ids import new_id
from storage.records import BlobId, ChannelId, ConceptId, Draft, DraftId, GuildId, Job, Kind, MemberId, Photo, PhotoId
from storage.rows import draft_of, job_of, photo_of
from storage.vault import Vault

DRAFT_S = 7 * 24 * 3600.0  # a draft waits a week for its *Train*
FAILED_S = 24 * 3600.0  # photos of a failed training wait a day for a retry
DAY_S = 24 * 3600.0
KEEP_DAYS = (0, 7, 14, 30)  # how long a member may have them stay after the word is learned
OPEN, ASKED, TRAINING, KEPT = "open", "asked", "training", "kept"
IS_NEEDED = """exists (select 1 from jobs
    where state in ('queued', 'running') and json_extract(request, '$.draft') = drafts.id)"""


class Photos:
    """A member's drafts and the photos in them."""

    def __init__(self, db: Database, vault: Vault, clock: Clock) -> None:
        self._db, self._vault, self._clock = db, vault, clock

    def open_draft(
        self,
        owner: MemberId,
        guild: GuildId | None,
        channel: ChannelId,
        *,
        word: str,
        kind: Kind | None,
        class_word: str | None,
        method: str | None,
        consent_text: str | None,
        draft: DraftId | None = None,
        keep_days: int = 0,
    ) -> Draft:
        """Begin collecting; the same id again answers the draft that is there."""
        chosen = draft or DraftId(new_id())
        rows(
            self._db,
            """insert into drafts (id, owner, guild, channel, word, kind, class_word, method, consent_text, created_at,
                wishes)
            values (:id, :owner, :guild, :channel, :word, :kind, :class_word, :method, :consent_text, :now, :wishes)
            on conflict do nothing""",
            id=chosen, owner=owner, guild=guild, channel=channel, word=word, kind=kind or "",
            class_word=class_word,
            method=method, consent_text=consent_text, now=self._clock.now(),
            wishes=json.dumps({"keep_days": keep_days} if keep_days else {}),
        )  # fmt: skip
        found = self.draft(chosen)
        assert found is not None  # just written
        return found

    def draft(self, draft: DraftId) -> Draft | None:
        """The draft, or None."""
        found = rows(self._db, "select * from drafts where id = :draft", draft=draft)
        return draft_of(found[0]) if found else None

    def drafts(self, owner: MemberId) -> list[Draft]:
        """A member's drafts that wait for *Train* or for an answer, the newest first."""
        sql = "select * from drafts where owner = :owner and state in ('open', 'asked') order by created_at desc"
        return [draft_of(row) for row in rows(self._db, sql, owner=owner)]

    def showing(self, person: MemberId, owner: MemberId) -> list[Draft]:
        """The drafts of a member that show another one."""
        sql = "select * from drafts where owner = :owner and person = :person"
        return [draft_of(row) for row in rows(self._db, sql, owner=owner, person=person)]

    def change_draft(self, draft: DraftId, **values: str | int | None) -> Draft | None:
        """Set word, kind, class_word, method, consent_text, state or person."""
        allowed = {"word", "kind", "class_word", "method", "consent_text", "state", "person"}
        if not set(values) <= allowed:
            raise ValueError(f"not a draft's field: {sorted(set(values) - allowed)}")
        wanted = ", ".join(f"{name} = :{name}" for name in values)
        rows(self._db, f"update drafts set {wanted} where id = :draft", draft=draft, **values)  # noqa: S608  names are ours
        return self.draft(draft)

    def wish(self, draft: DraftId, **wishes: object) -> None:
        """Note what is asked for beside the draft's own fields."""
        told = json.dumps(wishes)
        rows(self._db, "update drafts set wishes = json_patch(wishes, :told) where id = :draft", draft=draft, told=told)

    def until(self, draft: Draft) -> float:
        """When the draft's photos go by themselves: it goes as a whole, with the last of them."""
        sql = "select max(expires_at) as until from photos where draft = :draft"
        found = rows(self._db, sql, draft=draft.id)[0]["until"]
        return draft.created_at + DRAFT_S if found is None else float(str(found))

    def add(
        self,
        draft: Draft,
        name: str,
        image: bytes,
        thumbnail: bytes,
        *,
        width_px: int,
        height_px: int,
        sha256: str,
        facts: Mapping[str, Any],
    ) -> Photo:
        """Put one more photo into a draft.

        Raises: TintypeError E_DISK_FULL; the draft is then as it was.
        """
        blob = self._vault.put(draft.owner, image)
        thumbnail_blob = self._vault.put(draft.owner, thumbnail)
        now = self._clock.now()
        last = "select ifnull(max(position), 0) as last from photos where draft = :draft"
        position = int(str(rows(self._db, last, draft=draft.id)[0]["last"])) + 1
        made = insert(
            self._db, "photos", id=new_id(), owner=draft.owner, draft=draft.id, position=position, name=name, blob=blob,
            thumbnail=thumbnail_blob, width_px=width_px, height_px=height_px, sha256=sha256, facts=json.dumps(facts),
            created_at=now, expires_at=now + DRAFT_S,
        )  # fmt: skip
        return photo_of(made)

    def seen(self, photo: Photo, look: Mapping[str, Any], thumbnail: BlobId) -> None:
        """Note what a look at a photo has found; the caller deletes the small picture that was there before."""
        rows(
            self._db,
            "update photos set facts = :facts, thumbnail = :thumbnail where id = :photo",
            facts=json.dumps({**photo.facts, "look": dict(look)}), thumbnail=thumbnail, photo=photo.id,
        )  # fmt: skip

    def of(self, draft: DraftId) -> list[Photo]:
        """A draft's photos in order."""
        return [
            photo_of(row)
            for row in rows(self._db, "select * from photos where draft = :draft order by position", draft=draft)
        ]

    def remove(self, photo: Photo) -> None:
        """Delete one photo for real and close the gap in the numbering."""
        with transaction(self._db):
            rows(self._db, "delete from photos where id = :photo", photo=photo.id)
            rows(
                self._db,
                "update photos set position = position - 1 where draft = :draft and position > :position",
                draft=photo.draft, position=photo.position,
            )  # fmt: skip
        self._delete_files(photo)

    def discard(self, draft: DraftId) -> int:
        """Delete a draft and its photos for real; how many photos."""
        photos = self.of(draft)
        rows(self._db, "delete from drafts where id = :draft", draft=draft)
        for photo in photos:
            self._delete_files(photo)
        return len(photos)

    def keep_until(self, draft: DraftId, moment: float) -> None:
        """Let a draft's photos live until then."""
        rows(self._db, "update photos set expires_at = :moment where draft = :draft", moment=moment, draft=draft)

    def expire(self) -> int:
        """Delete drafts whose time is over and that no job needs; how many photos."""
        sql = f"""select id from drafts
            where not exists (select 1 from photos where draft = drafts.id and expires_at >= :now)
            and (created_at < :now - :wait or exists (select 1 from photos where draft = drafts.id))
            and not {IS_NEEDED}"""  # noqa: S608  ours
        over = rows(self._db, sql, now=self._clock.now(), wait=DRAFT_S)
        return sum(self.discard(DraftId(str(row["id"]))) for row in over)

    # --- after the training --------------------------------------------------------------------------------------

    def learned(self, job: Job) -> int:
        """A training has succeeded: its photos go, or stay as long as was wished; how many went.

        As often as one likes: a draft that is open again, or in another training, is left alone.
        """
        draft = self._used_by(job)
        if draft is None or job.ended_at is None:
            return 0
        if not draft.keep_days:
            return self.discard(draft.id)
        self.put_aside(draft, job.concept, job.ended_at + draft.keep_days * DAY_S)
        return 0

    def came_to_nothing(self, job: Job, kept_s: float) -> None:
        """A training has failed or was cancelled: its photos stay for so long after its end, for another try."""
        draft = self._used_by(job)
        if draft is not None and job.ended_at is not None:
            self.keep_until(draft.id, job.ended_at + kept_s)

    def sweep_learned(self) -> int:
        """Finish what the bot had no time for when it died: `learned` for every training that was; how many photos."""
        sql = f"""select jobs.* from drafts join jobs on json_extract(jobs.request, '$.draft') = drafts.id
            where jobs.state = 'succeeded' and drafts.state = '{TRAINING}'"""  # noqa: S608  ours
        return sum(self.learned(job_of(row)) for row in rows(self._db, sql))

    def put_aside(self, draft: Draft, concept: ConceptId | None, until: float) -> None:
        """Keep a draft's photos until then, for the next version of a word."""
        with transaction(self._db):
            self.wish(draft.id, concept=concept, until=until)
            self.change_draft(draft.id, state=KEPT)
            self.keep_until(draft.id, until)

    def resting(self, owner: MemberId) -> list[Draft]:
        """A member's drafts with photos that no training needs just now, the newest first."""
        sql = f"""select * from drafts where owner = :owner and not {IS_NEEDED}
            and exists (select 1 from photos where draft = drafts.id) order by created_at desc"""  # noqa: S608  ours
        return [draft_of(row) for row in rows(self._db, sql, owner=owner)]

    def is_at_rest(self, draft: Draft) -> bool:
        """Whether no training that waits or runs needs the draft's photos."""
        sql = f"select 1 from drafts where id = :draft and {IS_NEEDED}"  # noqa: S608  ours
        return not rows(self._db, sql, draft=draft.id)

    def kept_for(self, concept: ConceptId) -> Draft | None:
        """The photos that are kept for the next version of a word, or None."""
        sql = """select * from drafts where state = 'kept' and json_extract(wishes, '$.concept') = :concept
            order by created_at desc limit 1"""
        found = rows(self._db, sql, concept=concept)
        return draft_of(found[0]) if found else None

    def _used_by(self, job: Job) -> Draft | None:
        """The draft of a training that is over, as long as it is in no other."""
        sql = f"select * from drafts where id = :draft and state = '{TRAINING}' and not {IS_NEEDED}"  # noqa: S608  ours
        found = rows(self._db, sql, draft=job.request.get("draft"))
        return draft_of(found[0]) if found else None

    def get(self, photo: PhotoId) -> Photo | None:
        """The photo, or None."""
        found = rows(self._db, "select * from photos where id = :photo", photo=photo)
        return photo_of(found[0]) if found else None

    def _delete_files(self, photo: Photo) -> None:
        self._vault.delete(photo.blob)
        self._vault.delete(photo.thumbnail)
