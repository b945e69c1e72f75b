"""A member's words as cards need them: looked up by name, with versions and sample sheet."""

from __future__ import annotations

from typing import Any

from rapidfuzz import process

from bot import keeping, texts
from bot.cards import Picture, VersionLine, WordCard
from bot.meaning import is_made_for
from bot.naming import is_in_training
from bot.plain import plain
from bot.studio import Asker, EngineFacts
from storage.errors import NotAllowed, NotFound
from storage.permissions import Action, can, may
from storage.records import Concept, ConceptId, Draft, Job, JobKind, JobState, Version


def own_named(rooms: Any, asker: Asker, name: str, action: Action) -> Concept:
    """The member's own word of this name; the one of this server first.

    Raises: NotFound(E_NO_SUCH_WORD) with the nearest of their own, NotAllowed(E_BLOCKED), and E_WORD_OTHERS for one
    that they may use and that is another member's.
    """
    can(asker.actor, action)
    wanted = name.strip().strip("<>").lower()
    mine: list[Concept] = rooms.concepts.mine(asker.member)
    found = [concept for concept in mine if concept.name == wanted]
    if not found:
        _refuse_anothers(rooms, asker, wanted)
        nearest = process.extractOne(wanted, [concept.name for concept in mine], score_cutoff=70)
        raise NotFound("E_NO_SUCH_WORD", word=wanted, nearest=nearest[0] if nearest else "")
    here = [concept for concept in found if concept.home == asker.actor.guild]
    return _allowed(rooms, asker, (here or found)[0], action)


def _refuse_anothers(rooms: Any, asker: Asker, name: str) -> None:
    for concept in rooms.concepts.usable(asker.actor, name):
        if may(asker.actor, Action.USE, rooms.sharing.held(concept)):
            owner = plain(rooms.names.of(asker.actor.guild, concept.owner))
            raise NotAllowed("E_WORD_OTHERS", word=name, owner=owner or "none")


def known_named(rooms: Any, asker: Asker, name: str) -> Concept:
    """The word that this name means for the member here: one of their own, else the nearest that they may use.

    Raises: NotFound(E_NO_SUCH_WORD), the same whether it is missing or not theirs to use.
    """
    wanted = name.strip().strip("<>").lower()
    mine: list[Concept] = [concept for concept in rooms.concepts.mine(asker.member) if concept.name == wanted]
    here = [concept for concept in mine if concept.home == asker.actor.guild]
    found: Concept = (here or mine or [rooms.concepts.resolve(asker.actor, wanted)])[0]
    return _allowed(rooms, asker, found, Action.SEE)


def own(rooms: Any, asker: Asker, concept_id: str, action: Action) -> Concept:
    """The word with this id, when this member may do that with it.

    Raises: NotFound(E_NOT_FOUND), the same whether it is missing or somebody else's.
    """
    concept: Concept | None = rooms.concepts.get(ConceptId(concept_id))
    if concept is None:
        raise NotFound("E_NOT_FOUND")
    return _allowed(rooms, asker, concept, action)


def _allowed(rooms: Any, asker: Asker, concept: Concept, action: Action) -> Concept:
    can(asker.actor, action, rooms.sharing.held(concept))
    return concept


def card_of(rooms: Any, concept: Concept, facts: EngineFacts | None) -> WordCard:
    """The word as its owner sees it."""
    titles = {method.name: method.title for method in facts.methods} if facts else {}
    fitting = [one for one in rooms.concepts.in_use(concept.id) if facts is None or is_made_for(one, facts)]
    used = fitting[0].id if fitting else None
    kept: Draft | None = rooms.photos.kept_for(concept.id)
    return WordCard(
        concept=concept.id,
        name=concept.name,
        kind=concept.kind,
        class_word=concept.class_word,
        visibility="shared" if rooms.concepts.grants(concept.id) else "private",
        is_learning=is_in_training(rooms, concept.id),
        versions=[
            _version(version, titles, facts, is_used=version.id == used)
            for version in rooms.concepts.versions(concept.id)
        ],
        kept=keeping.told_of(rooms, kept) if kept else None,
        taken_by=_taken_by(rooms, concept),
    )


def _taken_by(rooms: Any, concept: Concept) -> str | None:
    """The job that took a word over from a file, when that is all there is of it."""
    jobs: list[Job] = [] if rooms.concepts.versions(concept.id) else rooms.queue.of_concept(concept.id)
    over = (job.id for job in jobs if job.kind is JobKind.IMPORT and job.state is JobState.SUCCEEDED)
    return next(over, None)


def _version(version: Version, titles: dict[str, str], facts: EngineFacts | None, *, is_used: bool) -> VersionLine:
    return VersionLine(
        id=version.id,
        n=version.n,
        method=titles.get(version.method, version.method),
        size_bytes=version.bytes,
        when=version.created_at,
        base=version.base_model,
        is_foreign=facts is not None and not is_made_for(version, facts),
        is_used=is_used,
        score=version.scores.get("pick"),
        step=version.scores.get("step"),
        strength=version.strength,
    )


def sheet_of(rooms: Any, concept: Concept) -> Picture | None:
    """The sample sheet of the version that the word means."""
    versions = rooms.concepts.in_use(concept.id)
    if not versions or versions[0].sheet is None or not rooms.sharing.held(concept).has_consent:
        return None
    alt = texts.say("word-alt", name=concept.name)
    return Picture.named(f"{concept.id}-{versions[0].n}", rooms.vault.open(versions[0].sheet), alt)
