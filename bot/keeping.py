"""Which photos of a member are kept beside those in training, for what, and until when."""

from __future__ import annotations

from typing import Any

from bot.cards import KeptPhotos
from bot.naming import plain_word
from storage.records import Draft, DraftId, Job, MemberId


def told_of(rooms: Any, draft: Draft) -> KeptPhotos:
    """The photos of a draft, under the name that their word has now."""
    concept = rooms.concepts.get(draft.concept) if draft.concept else None
    return KeptPhotos(
        draft=draft.id,
        word=concept.name if concept else plain_word(draft.word),
        count=len(rooms.photos.of(draft.id)),
        until=rooms.photos.until(draft),
    )


def of_member(rooms: Any, member: MemberId) -> list[KeptPhotos]:
    """All photos of a member that no training needs just now."""
    return [told_of(rooms, draft) for draft in rooms.photos.resting(member)]


def of_job(rooms: Any, job: Job) -> KeptPhotos | None:
    """The photos that a training used, if they are still there."""
    draft: Draft | None = rooms.photos.draft(DraftId(str(job.request.get("draft") or "")))
    return told_of(rooms, draft) if draft is not None and rooms.photos.of(draft.id) else None
