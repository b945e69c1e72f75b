"""Which job a member means with /show, and may they see it, or show it to all."""

from __future__ import annotations

import re
from typing import Any

from bot import texts
from bot.orders import may_use
from bot.plain import quoted
from bot.studio import Asker
from storage.errors import NotFound
from storage.permissions import Action, can
from storage.records import ImageId, Job, JobId, JobKind, VersionId

ID = re.compile(r"[0-9a-f]{16}")
TOLD = (JobKind.TRAIN, JobKind.IMAGINE)  # kinds that have a card
LATEST = 25


def wanted(rooms: Any, asker: Asker, written: str | None, *, to_all: bool) -> Job | None:
    """The job of this id, or that the picture of this id is from; None when none was named and there is none yet.

    Raises: NotFound, NotAllowed.
    """
    job = latest(rooms, asker)[:1] if written is None else [_named(rooms, written)]
    if not job:
        return None
    _check(rooms, asker, job[0], Action.POST if to_all else Action.SEE)
    return job[0]


def latest(rooms: Any, asker: Asker) -> list[Job]:
    """The member's newest jobs that have a card."""
    return [job for job in rooms.queue.of_owner(asker.member, LATEST * 2) if job.kind in TOLD][:LATEST]


def title_of(job: Job) -> str:
    """One line for a list of choices: `learn <ana-dog> · done`."""
    state = texts.say(f"state-{job.state}")
    told = texts.say(
        f"show-choice-{job.kind}", word=job.request.get("word"), prompt=job.request.get("prompt"), state=state
    )
    return quoted(told, 100)


def _named(rooms: Any, written: str) -> Job:
    name = written.strip().strip("`").lower()
    if not ID.fullmatch(name):
        raise NotFound("E_NOT_FOUND")
    job: Job | None = rooms.queue.get(JobId(name))
    if job is None:
        image = rooms.images.get(ImageId(name))
        job = rooms.queue.get(image.job) if image else None
    if job is None or job.kind not in TOLD:
        raise NotFound("E_NOT_FOUND")
    return job


def _check(rooms: Any, asker: Asker, job: Job, action: Action) -> None:
    can(asker.actor, action, job)
    for image in rooms.images.of_job(job.id):
        can(asker.actor, action, image)
        if action is Action.POST and image.has_person:
            _may_use_all(rooms, asker, image.id)


def _may_use_all(rooms: Any, asker: Asker, image: ImageId) -> None:
    """A picture of a person goes before others only while the words in it may be used."""
    for word in rooms.images.words(image):
        version = rooms.concepts.version(VersionId(word.version))
        if version is None:
            raise NotFound("E_WORD_GONE")
        may_use(rooms, asker, version.concept)
