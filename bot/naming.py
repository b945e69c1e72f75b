"""A training's word: may a draft have it (free, left over, or due to be learned anew), and what it is called now."""

from __future__ import annotations

from typing import Any

from bot.orders import is_made_for
from bot.studio import EngineFacts
from storage.errors import TintypeError
from storage.records import Concept, ConceptId, Draft, Job, Kind


def trouble_with_word(rooms: Any, draft: Draft, facts: EngineFacts | None) -> TintypeError | None:
    """Why the draft's word cannot be taken; None when it can."""
    if not draft.word.strip():
        return TintypeError("E_WORD_NEEDED")
    try:
        _free_unused(rooms, draft)
        if _due(rooms, draft, facts) is None:
            rooms.concepts.check_free(draft.owner, draft.guild, draft.word)
            rooms.rules.refuse(draft.guild, draft.word, draft.class_word or "")
    except TintypeError as refused:
        return refused
    return None


def concept_for(rooms: Any, draft: Draft, kind: Kind, class_word: str, facts: EngineFacts) -> Concept:
    """The concept that the draft's training belongs to: a new one, or the one that is due to be learned anew.

    Raises: WordRefused as `Concepts.check_free`, NotAllowed(E_FILTERED).
    """
    rooms.rules.refuse(draft.guild, draft.word, class_word)
    _free_unused(rooms, draft)
    due = _due(rooms, draft, facts)
    made: Concept = due or rooms.concepts.create(draft.owner, draft.guild, draft.word, kind, class_word)
    return made


def _held(rooms: Any, draft: Draft) -> Concept | None:
    found: Concept | None = rooms.concepts.named(draft.owner, draft.guild, draft.word.strip().strip("<>").lower())
    return found


def _free_unused(rooms: Any, draft: Draft) -> None:
    """A word whose first training came to nothing is free again."""
    held = _held(rooms, draft)
    if held is not None:
        rooms.concepts.drop_unused([held.id])


def _due(rooms: Any, draft: Draft, facts: EngineFacts | None) -> Concept | None:
    """The draft's word, when it is there but was learned for another base model only."""
    held = _held(rooms, draft)
    if held is None or held.kind is not draft.kind or facts is None or is_in_training(rooms, held.id):
        return None
    versions = rooms.concepts.versions(held.id)
    return held if versions and not any(is_made_for(version, facts) for version in versions) else None


def word_today(rooms: Any, job: Job) -> str | None:
    """The name that a training's word has now; the one that it had when it is gone, None of a job without a word."""
    concept: Concept | None = rooms.concepts.get(job.concept) if job.concept else None
    told = job.request.get("word")
    return concept.name if concept else told and str(told)


def is_in_training(rooms: Any, concept: ConceptId) -> bool:
    """Whether a job of this concept waits or runs."""
    return bool(rooms.queue.is_open_for(concept))
