"""The buttons of a running job: cancel, stop and keep the best, show me."""

from __future__ import annotations

from typing import Any

from bot import cards, keeping, previewing, texts
from bot.answers import Interaction, acknowledge, show
from bot.buttons import Press, on_press
from bot.cards import Card, Picture, layout
from bot.naming import word_today
from bot.studio import Asker, Studio, asker_of
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.permissions import Action, can
from storage.records import BlobId, Job, JobId, JobState


@on_press("cancel")
async def cancel(studio: Studio, interaction: Interaction, press: Press) -> None:
    """End a job that waits or runs; its final message says so."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    told = await studio.run(lambda rooms: _cancel(rooms, asker, press.id))
    studio.wake()
    await show(interaction, told)


def _cancel(rooms: Any, asker: Asker, job_id: str) -> Card:
    job = job_of(rooms, asker, job_id, Action.CANCEL)
    if not rooms.queue.cancel(job.id):
        raise TintypeError("E_ALREADY_OVER")
    if job.owner != asker.member:
        rooms.audit.note("cancel", guild=job.guild, actor=asker.member, about=job.id, whom=job.owner)
        return cards.cancelled_card(job=job.id, kind=job.kind, word=None)
    photos = keeping.of_job(rooms, job)
    return cards.cancelled_card(job=job.id, kind=job.kind, word=word_today(rooms, job), photos=photos)


def job_of(rooms: Any, asker: Asker, job_id: str, action: Action) -> Job:
    """The job, when this member may do that with it.

    Raises: NotFound, NotAllowed.
    """
    job: Job | None = rooms.queue.get(JobId(job_id))
    if job is None:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, action, job)
    return job


@on_press("keep")
async def keep(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Ask a training to stop and keep its best; the result comes as if it had finished."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await studio.run(lambda rooms: _keep(rooms, asker, press.id))
    studio.wake()
    await show(interaction, layout.card(layout.text(texts.say("training-stopping"))))


def _keep(rooms: Any, asker: Asker, job_id: str) -> None:
    job = job_of(rooms, asker, job_id, Action.STOP)
    if job.state is JobState.QUEUED:
        raise TintypeError("E_NOT_STARTED")
    if not rooms.queue.wish(job.id, "keep_best"):
        raise TintypeError("E_ALREADY_OVER")


@on_press("preview")
async def preview(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw at once what one of the photos shows in other places, before it is learned and for its owner alone."""
    await acknowledge(interaction)
    asker, facts, now = asker_of(interaction), studio.engine(), studio.clock.now()
    job = await studio.run(lambda rooms: previewing.queued(rooms, asker, press.id, facts, now))
    studio.wake()
    await show(interaction, await studio.run(lambda rooms: previewing.card(rooms, job, facts, now)))
    studio.follow(interaction, job)


@on_press("show_me")
async def show_me(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show a person's curve and samples to that person alone."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: _samples(rooms, asker, press.id)))


def _shown(rooms: Any, asker: Asker, job_id: str) -> Job:
    """The job, to who is shown, and to its owner while they agree."""
    found = rooms.queue.get(JobId(job_id))
    concept = rooms.concepts.get(found.concept) if found and found.concept else None
    if concept is not None and asker.member == concept.person:
        can(asker.actor, Action.SEE, rooms.sharing.held(concept))
        shown: Job = found
        return shown
    job = job_of(rooms, asker, job_id, Action.SEE)
    if concept is not None and concept.person is not None and not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_CONSENT_BACK", word=concept.name)
    return job


def _samples(rooms: Any, asker: Asker, job_id: str) -> Card:
    job = _shown(rooms, asker, job_id)
    blobs = (job.result.get("sheet"), job.result.get("curve")) if job.result else (job.preview,)
    alt = texts.say("result-sheet-alt", word=str(job.request.get("word", "")))
    pictures = [
        Picture.named(f"{job.id}-{n}", rooms.vault.open(BlobId(blob)), alt) for n, blob in enumerate(blobs) if blob
    ]
    if not pictures:
        raise TintypeError("E_SHOW_ME")
    return layout.card(layout.gallery(pictures), pictures=pictures)
