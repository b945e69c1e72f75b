"""Which job, or which photos, a member means with /show, and may they see them, or show them to all."""

from __future__ import annotations

import re
from typing import Any

from bot import texts
from bot.beginnings import refuse_shown
from bot.ground import may_begin
from bot.meaning import may_use
from bot.naming import word_today
from bot.orders import prompt_today, refuse_hidden
from bot.plain import quoted
from bot.studio import Asker
from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, can
from storage.records import Actor, Draft, DraftId, ImageId, Job, JobId, JobKind, VersionId

ID = re.compile(r"[0-9a-f]{16}")
TOLD = (JobKind.TRAIN, JobKind.IMAGINE, JobKind.SHEET, JobKind.IMPORT)  # kinds that have a card
LATEST = 25


def wanted(rooms: Any, asker: Asker, written: str | None, *, to_all: bool) -> Job | Draft | None:
    """The job or draft of this id, or the job of this picture; None when none was named and there is none yet.

    Raises: NotFound, NotAllowed.
    """
    found = _newest(rooms, asker, with_drafts=not to_all) if written is None else _named(rooms, written)
    if isinstance(found, Draft):
        can(asker.actor, Action.SEE, found)
        if to_all:
            raise NotAllowed("E_PHOTOS_PUBLIC")
    elif found is not None:
        _check(rooms, asker, found, Action.POST if to_all else Action.SEE)
    return found


def _newest(rooms: Any, asker: Asker, *, with_drafts: bool) -> Job | Draft | None:
    found = [*(open_drafts(rooms, asker)[:1] if with_drafts else ()), *latest(rooms, asker)[:1]]
    return max(found, key=lambda one: one.created_at, default=None)


def open_drafts(rooms: Any, asker: Asker) -> list[Draft]:
    """The member's photos that wait for *Train*: a report that Discord has let go of comes back from them."""
    return [draft for draft in rooms.photos.drafts(asker.member) if rooms.photos.of(draft.id)]


def latest(rooms: Any, asker: Asker) -> list[Job]:
    """The member's newest jobs that have a card."""
    return [job for job in rooms.queue.of_owner(asker.member, LATEST * 2) if job.kind in TOLD][:LATEST]


def title_of(rooms: Any, found: Job | Draft, reader: Actor) -> str:
    """One line for a list of choices: `learn <ana-dog> · done`."""
    return quoted(_draft_title(found) if isinstance(found, Draft) else _job_title(rooms, found, reader), 100)


def _draft_title(draft: Draft) -> str:
    return texts.say("show-choice-photos", word=draft.word or "?")


def _job_title(rooms: Any, job: Job, reader: Actor) -> str:
    state = texts.say(f"state-{job.state}")
    if job.kind is not JobKind.IMAGINE:
        return texts.say(f"show-choice-{job.kind}", word=word_today(rooms, job), state=state)
    return texts.say("show-choice-imagine", prompt=prompt_today(rooms, job, reader), state=state)


def _named(rooms: Any, written: str) -> Job | Draft:
    name = written.strip().strip("`").lower()
    if not ID.fullmatch(name):
        raise NotFound("E_NOT_FOUND")
    draft: Draft | None = rooms.photos.draft(DraftId(name))
    if draft is not None:
        return draft
    job: Job | None = rooms.queue.get(JobId(name))
    if job is None:
        image = rooms.images.get(ImageId(name))
        job = rooms.queue.get(image.job) if image else None
    if job is None or job.kind not in TOLD:
        raise NotFound("E_NOT_FOUND")
    return job


def _check(rooms: Any, asker: Asker, job: Job, action: Action) -> None:
    can(asker.actor, action, job)
    images = rooms.images.of_job(job.id)
    for image in images:
        can(asker.actor, action, image)
    refuse_shown(asker, job)
    if action is Action.POST:
        may_begin(rooms, asker, action)
    if action is Action.POST and job.request.get("is_adult") and not asker.actor.is_adult_channel:
        raise NotAllowed("E_MADE_FOR_ADULTS")
    refuse_hidden(rooms, asker, job.id)
    for image in images:
        if action is Action.POST and image.has_person:
            _may_use_all(rooms, asker, image.id)


def _may_use_all(rooms: Any, asker: Asker, image: ImageId) -> None:
    """A picture of a person goes before others only while the words in it may be used."""
    for word in rooms.images.words(image):
        version = rooms.concepts.version(VersionId(word.version))
        if version is None:
            raise NotFound("E_WORD_GONE")
        may_use(rooms, asker, version.concept)
