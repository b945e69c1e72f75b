"""A word that was taken over, before its owner has decided: its first pictures, then enabled or discarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot import texts
from bot.cards import Card, Picture, Running
from bot.cards import imports as faces
from bot.imports import told_of
from bot.studio import Asker
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.packs import LICENCES
from storage.permissions import Action, can
from storage.records import BlobId, Concept, Job, JobId, JobKind, JobState, Version


def own_job(rooms: Any, asker: Asker, job_id: str, action: Action) -> tuple[Job, Concept]:
    """A finished import of the asker's with its word.

    Raises: NotFound(E_NOT_FOUND, E_IMPORT_GONE), NotAllowed(E_NOT_YOURS).
    """
    job: Job | None = rooms.queue.get(JobId(job_id))
    if job is None or job.kind is not JobKind.IMPORT or job.state is not JobState.SUCCEEDED:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, action, job)
    concept: Concept | None = rooms.concepts.get(job.concept) if job.concept else None
    if concept is None:
        raise NotFound("E_IMPORT_GONE")
    return job, concept


def under_way(job: Job, word: str, place: str, running: Running) -> Card:
    """An import that waits or runs."""
    if job.state is JobState.RUNNING:
        return faces.import_running(job.id, word, running)
    return faces.import_queued(job.id, word, place)


def version_of(rooms: Any, job: Job) -> Version | None:
    """The version that an import became when it was enabled."""
    found: Version | None = rooms.concepts.of_job(job.id)
    return found


def trial(rooms: Any, job: Job, word: str) -> Card:
    """The first pictures beside the base's own, with all that is known of the file; for its owner alone.

    Raises: TintypeError(E_BLOB_GONE) when a file of it is lost.
    """
    told = job.request["told"]
    card: Mapping[str, Any] = told.get("card") or {}
    alt = texts.say("import-alt", word=word)
    sheet = Picture.named(f"{job.id}-first", rooms.vault.open(BlobId(job.result["sheet"])), alt)
    return faces.trial_card(
        faces.Trial(
            job=job.id,
            word=word,
            kind=str(job.request["kind"]),
            class_word=str(job.result["class_word"]),
            trigger=str(job.result["trigger"]),
            file=told_of(told),
            licence=str(card["licence"]) if card.get("licence") in LICENCES else None,
            credits=[str(one) for one in card.get("credits", ())],
            warnings=job.result.get("warnings", ()),
            is_enabled=version_of(rooms, job) is not None,
            concept=str(job.concept),
        ),
        sheet,
    )


def looked_at(rooms: Any, asker: Asker, job_id: str) -> Card:
    """The trial card of an import of the asker's.

    Raises: NotFound, NotAllowed(E_IMPORT_BACK).
    """
    job, concept = own_job(rooms, asker, job_id, Action.SEE)
    _needs_consent(rooms, concept)
    return trial(rooms, job, concept.name)


def _needs_consent(rooms: Any, concept: Concept) -> None:
    if not rooms.sharing.held(concept).has_consent:
        raise NotAllowed("E_IMPORT_BACK", word=concept.name)


def enabled(rooms: Any, asker: Asker, job_id: str) -> Card:
    """Make the word usable; a second press changes nothing.

    Raises: NotFound(E_NOT_FOUND, E_IMPORT_GONE), NotAllowed(E_NOT_YOURS, E_IMPORT_BACK).
    """
    job, concept = own_job(rooms, asker, job_id, Action.STOP)
    _needs_consent(rooms, concept)
    if version_of(rooms, job) is None:
        _add_version(rooms, job, concept)
    return faces.enabled_card(concept.id, concept.name, concept.kind)


def _add_version(rooms: Any, job: Job, concept: Concept) -> None:
    result, card = job.result, job.request["told"].get("card") or {}
    rooms.concepts.add_version(
        concept.id,
        method=str(result["method"]),
        class_word=str(result["class_word"]),
        base_model=str(result["base_model"]),
        base_revision=str(result["base_revision"]),
        blob=BlobId(result["weights"]),
        sha256=str(result["sha256"]),
        size_bytes=int(result["bytes"]),
        sheet=BlobId(result["sheet"]),
        scores=_scores(card.get("scores") or {}),
        job=job.id,
    )


def _scores(told: Mapping[str, Any]) -> dict[str, float]:
    """What a pack's card says of its likeness, where that is possible at all."""
    pick = told.get("pick")
    return {"pick": float(pick)} if isinstance(pick, int | float) and 0.0 <= pick <= 1.0 else {}


def discarded(rooms: Any, asker: Asker, job_id: str) -> Card:
    """Delete a word that was taken over, before it was enabled.

    Raises: NotFound, NotAllowed, TintypeError(E_IMPORT_ENABLED).
    """
    job, concept = own_job(rooms, asker, job_id, Action.RETRY)
    if version_of(rooms, job) is not None:
        raise TintypeError("E_IMPORT_ENABLED", word=concept.name)
    rooms.privacy.forget_word(concept.id)
    return faces.import_discarded(concept.name)
