"""A preview of a word that is being learned: one of its photos beside a prompt, drawn at once, for its owner's eyes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import cards, texts
from bot.beginnings import refuse_for_adults
from bot.buttons import Button
from bot.cards import Card, Picture, layout
from bot.errors import sentence_of
from bot.ground import may_teach
from bot.limits import refuse_above
from bot.naming import word_today
from bot.plain import plain
from bot.retelling import drawing_progress
from bot.studio import Asker, EngineFacts
from bot.waits import usual_s, waiting_of
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.permissions import Action, can
from storage.records import Job, JobId, JobKind, JobState, Photo, PhotoId

PICTURES = 4  # the scenes that it shows


def queued(rooms: Any, asker: Asker, training_id: str, facts: EngineFacts, now: float) -> Job:
    """Queue a preview of what a training that waits or runs is about.

    Raises: NotFound, NotAllowed (another's training, E_IMAGE_ADULT, E_CONSENT_BACK, E_TOO_MANY_JOBS, …),
    TintypeError(E_NO_IMAGE_PROMPT, E_ALREADY_OVER).
    """
    training: Job | None = rooms.queue.get(JobId(training_id))
    if training is None or training.kind is not JobKind.TRAIN:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, Action.STOP, training)
    if not facts.previews_of(training.request["kind"]):
        raise TintypeError("E_NO_IMAGE_PROMPT", base=facts.title)
    refuse_for_adults(asker)
    may_teach(rooms, asker, training.request["kind"])
    concept = rooms.concepts.get(training.concept)
    if training.state.is_over or concept is None:
        raise TintypeError("E_ALREADY_OVER")
    if not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_CONSENT_BACK", word=concept.name)
    refuse_above(rooms, asker, JobKind.PREVIEW, PICTURES)
    new = asker.new_job(
        JobKind.PREVIEW,
        concept=concept.id,
        predicted_s=usual_s(rooms, JobKind.PREVIEW, now),
        request={
            "word": concept.name,
            "kind": training.request["kind"],
            "class_word": training.request["class_word"],
            "photo": _best(rooms, training.request["photos"]),
            "count": PICTURES,
            "weight": rooms.setups.weight(asker.actor),
        },
    )
    job: Job = rooms.queue.put(new)[0]
    return job


def _best(rooms: Any, photos: Sequence[str]) -> str:
    """The photo that its subject fills most, as far as that is known, else the first.

    Raises: NotFound(E_DRAFT_GONE).
    """
    found: list[Photo] = [photo for one in photos if (photo := rooms.photos.get(PhotoId(one))) is not None]
    if not found:
        raise NotFound("E_DRAFT_GONE")
    return max(found, key=lambda photo: (photo.facts.get("look") or {}).get("covers") or 0.0).id


def card(rooms: Any, job: Job, facts: EngineFacts | None, now: float) -> Card:
    """The private answer as it should look: place, how far it is, the pictures so far, or why there are none."""
    word = plain(str(word_today(rooms, job)))
    cancel = layout.button("cancel", job.id, texts.say("btn-cancel"), style=layout.DANGER)
    match job.state:
        case JobState.QUEUED:
            is_awake = facts is not None and facts.state == "ready"
            place = cards.place_of(waiting_of(rooms, job, now, is_engine_awake=is_awake))
            told = texts.say("previewing-waiting", word=word, place=place)
            return layout.card(layout.text(told), *layout.rows([cancel]))
        case JobState.RUNNING:
            told = layout.lines(texts.say("previewing-running", word=word), drawing_progress(job, now))
            return _with(rooms, job, told, word, [cancel])
        case JobState.SUCCEEDED:
            key = "previewing-done" if job.preview else "previewing-gone"
            return _with(rooms, job, texts.say(key, word=word), word)
        case JobState.FAILED:
            reason = sentence_of(TintypeError(job.code or "E_JOB_FAILED", **job.facts))
            return layout.card(layout.text(layout.lines(texts.say("previewing-over"), reason)))
        case _:
            why = sentence_of(TintypeError(job.code, **job.facts)) if job.code else None
            return layout.card(layout.text(layout.lines(texts.say("previewing-over"), why)))


def _with(rooms: Any, job: Job, told: str, word: str, buttons: Sequence[Button] = ()) -> Card:
    pictures = []
    if job.preview:
        alt = texts.say("previewing-alt", word=word)
        data = rooms.vault.open(job.preview)
        pictures = [Picture.named(f"{job.id}-{len(data)}", data, alt)]
    gallery = layout.gallery(pictures) if pictures else None
    return layout.card(layout.text(told), gallery, *layout.rows(list(buttons)), pictures=pictures)


def forget(rooms: Any, job_id: JobId) -> None:
    """Nobody is shown a preview any more: its picture goes."""
    job = rooms.queue.get(job_id)
    if job is not None and job.kind is JobKind.PREVIEW:
        for blob in rooms.queue.shed(job.id):
            rooms.vault.delete(blob)
