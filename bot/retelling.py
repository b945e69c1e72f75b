"""The card of a job as it stands now, made from its rows alone: waiting, running, or how it ended."""

from __future__ import annotations

from typing import Any

from bot import cards, keeping, texts, trials
from bot.cards import Card, ContactSheet, Grid, Learned, Picture, Waiting, layout
from bot.cards import imports as faces
from bot.cards.results import PHOTO
from bot.comparing import version_of
from bot.crediting import credits_of
from bot.errors import sentence_of
from bot.naming import word_today
from bot.orders import prompt_today
from bot.studio import EngineFacts
from bot.waits import running_of, waiting_of
from storage.errors import TintypeError
from storage.records import Actor, BlobId, Job, JobKind, JobState, Kind, Version

#: a member takes their agreement back, while a word is learned or pictures with it wait
QUIET = frozenset({"E_TRAINING_BACK", "E_CONSENT_BACK"})


def retold(rooms: Any, job: Job, facts: EngineFacts | None, now: float, reader: Actor | None = None) -> Card:
    """The card that stands, or would stand, in the channel, or the same as one reader may see it.

    Of a person's training it shows no picture.

    Raises: TintypeError(E_BLOB_GONE, E_BLOB_BROKEN) when a file of it is lost.
    """
    match job.state:
        case JobState.FAILED:
            word, photos = word_today(rooms, job), keeping.of_job(rooms, job)
            code = job.code or ""
            return cards.failed_card(job=job.id, kind=job.kind, word=word, code=code, facts=job.facts, photos=photos)
        case JobState.CANCELLED:
            word, photos = word_today(rooms, job), keeping.of_job(rooms, job)
            reason = _why_cancelled(job, reader) if job.code else None
            return cards.cancelled_card(job=job.id, kind=job.kind, word=word, photos=photos, reason=reason)
        case JobState.SUCCEEDED:
            return _over(rooms, job, facts, reader)
        case _:
            return _open(rooms, job, facts, now)


def _why_cancelled(job: Job, reader: Actor | None) -> str:
    """That somebody took their agreement back is no business of a channel's."""
    if job.code in QUIET and (reader is None or reader.member != job.owner):
        return texts.say("cancelled-quiet", kind=str(job.kind))
    return sentence_of(TintypeError(str(job.code), **job.facts))


def _over(rooms: Any, job: Job, facts: EngineFacts | None, reader: Actor | None) -> Card:
    match job.kind:
        case JobKind.TRAIN:
            return _learned(rooms, job, facts)
        case JobKind.SHEET:
            return _compared(rooms, job)
        case JobKind.IMPORT:
            return _imported(rooms, job)
        case _:
            return _drawn(rooms, job, reader)


def _open(rooms: Any, job: Job, facts: EngineFacts | None, now: float) -> Card:
    is_awake = facts is not None and facts.state == "ready"
    waiting = waiting_of(rooms, job, now, is_engine_awake=is_awake)
    if job.kind is JobKind.TRAIN:
        return _learning(rooms, job, waiting, now, has_preview=bool(facts and facts.previews_of(job.request["kind"])))
    place = texts.say("imagine-drawing") if job.state is JobState.RUNNING else cards.place_of(waiting)
    if job.kind is JobKind.IMPORT:
        place = cards.place_of(waiting)
        return trials.under_way(job, str(word_today(rooms, job)), place, running_of(job, now))
    if job.kind is JobKind.SHEET:
        return cards.comparing_card(job=job.id, word=str(word_today(rooms, job)), place=place)
    return waiting_pictures(job, "" if job.state is JobState.RUNNING else place)


def _imported(rooms: Any, job: Job) -> Card:
    is_enabled = trials.version_of(rooms, job) is not None
    return faces.imported_card(job.id, str(word_today(rooms, job)), job.owner, is_enabled=is_enabled)


def _learning(rooms: Any, job: Job, waiting: Waiting, now: float, *, has_preview: bool) -> Card:
    is_person, running = job.request["kind"] == Kind.PERSON, running_of(job, now)
    word, owner = str(word_today(rooms, job)), job.owner
    preview = rooms.vault.open(job.preview) if job.preview and not is_person else None
    if job.state is JobState.RUNNING:
        return cards.training_card(
            job=job.id,
            word=word,
            owner=owner,
            running=running,
            is_person=is_person,
            preview=preview,
            has_preview=has_preview,
        )
    before = running if running.furthest else None
    return cards.queued_card(
        job=job.id, word=word, owner=owner, waiting=waiting, before=before, preview=preview, has_preview=has_preview
    )


def waiting_pictures(job: Job, place: str, preview: Picture | None = None) -> Card:
    """Pictures that are not drawn yet, with *Cancel*; for the member who waits, also what they will be."""
    told = texts.say("imagine-queued", count=int(job.request["count"]), place=place, state=str(job.state))
    cancel = layout.button("cancel", job.id, texts.say("btn-cancel"), style=layout.DANGER)
    seen = [] if preview is None else [preview]
    gallery = layout.gallery(seen) if seen else None
    return layout.card(layout.text(told), gallery, *layout.rows([cancel]), pictures=seen)


def drawing_progress(job: Job, now: float) -> str:
    """How far pictures are that are being drawn; nothing while they are not begun."""
    running = running_of(job, now)
    if not running.total or running.phase != "imagine":
        return ""
    return texts.say(
        "imagine-progress",
        bar=layout.bar(running.done, running.total),
        percent=layout.percent(running.done, running.total),
        left="none" if running.left_s is None else texts.span(running.left_s),
    )


def _learned(rooms: Any, job: Job, facts: EngineFacts | None) -> Card:
    word = str(word_today(rooms, job))
    made = [one for one in rooms.concepts.versions(job.concept) if one.job == job.id]
    version = next((one for one in made if one.point is None), None)
    method = facts.method(str(job.request["method"])) if facts else None
    learned = Learned(
        job=job.id,
        concept=str(job.concept),
        owner=job.owner,
        word=word,
        method=method.title if method else str(job.request["method"]),
        steps=int(job.result.get("steps", 0)),
        planned_steps=int(job.result.get("planned_steps", 0)),
        has_stalled=bool(job.result.get("has_stalled")),
        best_step=job.result.get("best_step"),
        mean_of=job.result.get("mean_of", ()),
        seconds=float(job.result.get("seconds", 0.0)),
        size_bytes=version.bytes if version else int(job.result.get("bytes", 0)),
        photos=len(job.request["photos"]),
        kind=job.request["kind"],
        version=made[0].id if made else None,
        kept=keeping.of_job(rooms, job),
        warnings=job.result.get("warnings", ()),
    )
    pictures = {part: _picture(rooms, job, part, word) for part in ("sheet", "curve") if not learned.is_person}
    return cards.result_card(learned, pictures.get("sheet"), pictures.get("curve"))


def _picture(rooms: Any, job: Job, part: str, word: str) -> Picture | None:
    blob = job.result.get(part)
    if not blob:
        return None
    return Picture.named(f"{job.id}-{part}", rooms.vault.open(BlobId(blob)), texts.say(f"result-{part}-alt", word=word))


def _compared(rooms: Any, job: Job) -> Card:
    request = job.request
    in_use = rooms.concepts.in_use(job.concept)
    now: Version | None = in_use[0] if in_use else None
    is_person, blob = request["kind"] == Kind.PERSON, job.result.get("sheet")
    return cards.contact_card(
        ContactSheet(
            job=job.id,
            word=str(word_today(rooms, job)),
            rows=[str(row["label"]) for row in request["rows"]],
            strengths=request["strengths"],
            is_person=is_person,
            chosen=_cell(rooms, job, now) if now else None,
            version=now.n if now else 0,
            strength=now.strength if now else 1.0,
            sheet=rooms.vault.open(BlobId(blob)) if blob and not is_person else None,
        )
    )


def _cell(rooms: Any, job: Job, now: Version) -> tuple[int, int] | None:
    """Row and column of what the word means now, if the sheet shows it."""
    of_rows = [version_of(rooms, job.request["version"], row) for row in job.request["rows"]]
    rows = [index for index, version in enumerate(of_rows) if version and version.id == now.id]
    columns = [index for index, strength in enumerate(job.request["strengths"]) if strength == now.strength]
    return (rows[0], columns[0]) if rows and columns else None


def _drawn(rooms: Any, job: Job, reader: Actor | None) -> Card:
    images = rooms.images.of_job(job.id)
    if not images:
        return cards.moderated_card() if job.result.get("is_moderated") else cards.deleted_card()
    sheet = job.result.get("sheet") if len(images) > 1 else None
    grid = Grid(
        job=job.id,
        owner=job.owner,
        prompt=prompt_today(rooms, job, reader),
        seed=int(job.result.get("seed", images[0].seed)),
        relation=PHOTO if job.request.get("edit") else str((job.request.get("relation") or {}).get("kind", "none")),
        words=credits_of(rooms, job, reader),
        images=[b"" if sheet else rooms.vault.open(images[0].blob), *(b"" for _ in images[1:])],  # one is shown
        sheet=rooms.vault.open(BlobId(sheet)) if sheet else None,
        warnings=job.result.get("warnings", ()),
        is_spoiler=bool(job.request.get("spoiler")),
    )
    return cards.grid_card(grid)
