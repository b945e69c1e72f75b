"""A training's word: may a draft have it (free, left over, or one's own to be learned anew), and its name today."""

from __future__ import annotations

from typing import Any

from storage.errors import TintypeError, WordRefused
from storage.records import Concept, ConceptId, Draft, GuildId, Job, Kind, MemberId


def trouble_with_word(rooms: Any, draft: Draft) -> TintypeError | None:
    """Why the draft's word cannot be taken; None when it can."""
    if not draft.word.strip():
        return TintypeError("E_WORD_NEEDED")
    try:
        _free_unused(rooms, draft)
        if next_of(rooms, draft) is None:
            rooms.concepts.check_free(draft.owner, draft.guild, draft.word)
            rooms.rules.refuse(draft.guild, draft.word, draft.class_word or "")
    except TintypeError as refused:
        return refused
    return None


def concept_for(rooms: Any, draft: Draft, kind: Kind, class_word: str) -> Concept:
    """The concept that the draft's training belongs to: a new one, or the one that it is the next version of.

    Raises: WordRefused as `Concepts.check_free` and `next_of`, NotAllowed(E_FILTERED).
    """
    rooms.rules.refuse(draft.guild, draft.word, class_word)
    _free_unused(rooms, draft)
    known = next_of(rooms, draft)
    person = draft.person if kind is Kind.PERSON else None
    made: Concept = known or rooms.concepts.create(
        draft.owner, draft.guild, draft.word, kind, class_word, person=person
    )
    return made


def plain_word(written: str) -> str:
    """A word as it would be stored, whatever else is wrong with it."""
    return written.strip().strip("<>").lower()


def learned_word(rooms: Any, owner: MemberId, guild: GuildId | None, word: str) -> Concept | None:
    """The member's word of this name here, when it has been learned."""
    found: Concept | None = rooms.concepts.named(owner, guild, plain_word(word))
    return found if found and rooms.concepts.versions(found.id) else None


def next_of(rooms: Any, draft: Draft) -> Concept | None:
    """The word whose next version the draft will be; None for a new word.

    Raises: WordRefused(E_WORD_LEARNING, E_WORD_KIND, E_WORD_PERSON).
    """
    known = learned_word(rooms, draft.owner, draft.guild, draft.word)
    if known is None:
        return None
    if is_in_training(rooms, known.id):
        raise WordRefused("E_WORD_LEARNING", word=known.name)
    if draft.kind not in (None, known.kind):
        raise WordRefused("E_WORD_KIND", word=known.name, kind=str(known.kind))
    if known.kind is Kind.PERSON and draft.person not in (None, known.person):
        raise WordRefused("E_WORD_PERSON", word=known.name)
    return known


def _free_unused(rooms: Any, draft: Draft) -> None:
    """A word whose first training came to nothing is free again."""
    held: Concept | None = rooms.concepts.named(draft.owner, draft.guild, plain_word(draft.word))
    if held is not None:
        rooms.concepts.drop_unused([held.id])


def word_today(rooms: Any, job: Job) -> str | None:
    """The name that a training's word has now; the one that it had when it is gone, None of a job without a word."""
    concept: Concept | None = rooms.concepts.get(job.concept) if job.concept else None
    told = job.request.get("word")
    return concept.name if concept else told and str(told)


def is_in_training(rooms: Any, concept: ConceptId) -> bool:
    """Whether a training of this concept waits or runs."""
    return bool(rooms.queue.is_open_for(concept))
