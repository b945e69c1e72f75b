"""Takes photos in: fetched at once, rebuilt by the inspector, kept in the vault; each that fails says why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from bot import cards, consent, drafts, glancing, likeness, texts
from bot.attachments import Fetched, Upload
from bot.cards import Card, PhotoLine, Report
from bot.errors import sentence_of, shown
from bot.naming import learned_word, trouble_with_word
from bot.studio import Asker, EngineFacts, Studio, size_px_of
from storage.disk import check_room
from storage.errors import PhotoRejected, TintypeError
from storage.permissions import Action
from storage.photo_report import ADVISED, MOST, PhotoReport
from storage.photos import OPEN
from storage.records import Draft, DraftId, Job, JobState, Kind, Photo

INSPECTED_AT_ONCE = 2  # inspector processes of one member
ZIP_BEGINNING = b"PK\x03\x04"


async def take_in(studio: Studio, draft: Draft, uploads: Sequence[Upload]) -> list[str]:
    """Fetch, inspect and keep; the sentences of those that could not be used."""
    if not studio.takes_photos:
        return [sentence_of(TintypeError("E_INTAKE_OFF"))]
    async with studio.intake:
        try:
            await studio.run(lambda rooms: check_room(rooms.vault.folder))
            fetched = await studio.attachments.fetch(uploads)
        except TintypeError as refused_all:
            return [sentence_of(refused_all)]
        refused: list[str] = []
        for at in range(0, len(fetched), INSPECTED_AT_ONCE):
            refused += await _kept(studio, draft, fetched[at : at + INSPECTED_AT_ONCE])
        return refused


async def _kept(studio: Studio, draft: Draft, some: Sequence[Fetched | TintypeError]) -> list[str]:
    """Inspect these beside each other and keep them, in their order, before others are opened."""
    refused: list[str] = []
    for photos, troubles in await asyncio.gather(*(_inspected(studio, upload) for upload in some)):
        refused += troubles
        for photo in photos:
            refused += await studio.run(partial(_keep, draft=draft, photo=photo))
    return refused


async def _inspected(studio: Studio, upload: Fetched | TintypeError) -> tuple[list[Any], list[str]]:
    """The photos in one upload and the sentences about those that were refused."""
    if isinstance(upload, TintypeError):
        return [], [sentence_of(upload)]
    size_px = size_px_of(studio.facts())
    try:
        if upload.data.startswith(ZIP_BEGINNING):
            most = drafts.MOST_KEPT
            found = await studio.inspect.inspect_zip(upload.data, upload.name, size_px=size_px, most=most)
            return list(found.photos), [sentence_of(error) for error in found.rejected]
        return [await studio.inspect.inspect_photo(upload.data, upload.name, size_px=size_px)], []
    except PhotoRejected as refusal:
        return [], [sentence_of(refusal)]


def _keep(rooms: Any, *, draft: Draft, photo: Any) -> list[str]:
    """Keep one photo, unless its draft was dropped, used or filled meanwhile."""
    drafts.still_open(rooms.photos.draft(draft.id))
    if len(rooms.photos.of(draft.id)) >= drafts.MOST_KEPT:
        return [sentence_of(PhotoRejected("E_TOO_MANY_PHOTOS", have=drafts.MOST_KEPT, most=drafts.MOST_KEPT))]
    rooms.photos.add(
        draft,
        photo.name,
        photo.image,
        photo.thumbnail,
        width_px=photo.width_px,
        height_px=photo.height_px,
        sha256=photo.sha256,
        facts=photo.facts,
    )
    return []


async def report(studio: Studio, asker: Asker, draft: DraftId, *, page: int = 1, rejected: Sequence[str] = ()) -> Card:
    """The photo report of a draft as it is now."""
    facts = studio.facts()

    def told(rooms: Any) -> Card:
        found = drafts.own(rooms, asker, draft, Action.SEE)
        asked = likeness.waiting(rooms, found)
        if asked is not None:
            return cards.asked_card(likeness.sitting_of(asked))
        return _report(rooms, drafts.still_open(found), facts, page, rejected)

    return await studio.run(told)


def report_after(rooms: Any, job: Job, facts: EngineFacts | None) -> Card | None:
    """The photo report after the engine's look at the photos; None where they wait no longer, or none was had."""
    draft = rooms.photos.draft(DraftId(job.request["draft"]))
    if job.state is not JobState.SUCCEEDED or draft is None or draft.state != OPEN:
        return None
    return _report(rooms, draft, facts, 1, job.request["rejected"])


def _report(rooms: Any, draft: Draft, facts: EngineFacts | None, page: int, rejected: Sequence[str]) -> Card:
    photos = rooms.photos.of(draft.id)
    known = learned_word(rooms, draft.owner, draft.guild, draft.word)
    before, person = consent.standing(rooms, known, draft.owner), likeness.shown(rooms, draft)
    agreed = likeness.agreement(rooms, draft, person) if person else None
    is_self = draft.kind is Kind.PERSON and person is None
    judged = drafts.judged(photos, draft, facts)
    troubles = {
        "word": trouble_with_word(rooms, draft),
        "class": drafts.trouble_with_class_word(draft, facts),
        "method": drafts.trouble_with_method(draft.method, facts),
    }
    first = (min(max(page, 1), max(1, -(-len(photos) // cards.PAGE_PHOTOS))) - 1) * cards.PAGE_PHOTOS
    on_page = range(first, first + cards.PAGE_PHOTOS)
    return cards.photo_report(
        Report(
            draft=draft.id,
            word=draft.word,
            kind=draft.kind,
            class_word=draft.class_word,
            photos=[
                _line(photo, draft.kind, judged, rooms.vault.open(photo.thumbnail) if at in on_page else b"")
                for at, photo in enumerate(photos)
            ],
            rejected=rejected,
            least=judged.need,
            advised=ADVISED,
            most=MOST,
            consent=consent.text() if is_self else likeness.text() if person else None,
            consent_version=consent.TEXT_VERSION if is_self else 0,
            person=person,
            has_agreed=draft.consent_text == str(consent.TEXT_VERSION),
            agreed_at=agreed.answered_at if agreed else before.given_at if before else None,
            is_next=known is not None and known.kind is draft.kind,
            keep_days=draft.keep_days,
            until=rooms.photos.until(draft),
            methods=[(one.name, f"{one.title} – {one.summary}") for one in (facts.methods if facts else ())],
            method=drafts.method_name(draft, facts),
            troubles={part: sentence_of(trouble) for part, trouble in troubles.items() if trouble is not None},
            page=page,
        )
    )


def _line(photo: Photo, kind: Kind | None, judged: PhotoReport, thumbnail: bytes) -> PhotoLine:
    seen = glancing.seen_as(photo, kind)
    remarks = [
        *(photo.facts.get("remarks") or ()),
        *glancing.remarks_of(seen, kind),
        *judged.remarks.get(photo.id, ()),
    ]
    if photo.position in judged.left_out:
        remarks.append({"code": "W_LEFT_OUT", "facts": {"most": MOST}})
    return PhotoLine(
        id=photo.id,
        n=photo.position,
        name=photo.name,
        width=photo.width_px,
        height=photo.height_px,
        remarks=tuple(
            texts.say(remark["code"], **{name: shown(fact) for name, fact in remark.get("facts", {}).items()})
            for remark in remarks
            if texts.knows(remark["code"])
        ),
        thumbnail=thumbnail,
        seen=glancing.told_of(seen),
        is_framed=bool(seen and seen["closer"] is not None),
    )
