"""May these words stand in one picture: what their owners allow, and whom a picture of two people needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.studio import Asker
from storage.errors import NotAllowed, NotFound
from storage.records import Concept, ConceptId, Kind, VersionId
from storage.sharing import Mixing


def refuse_mixture(rooms: Any, asker: Asker, words: Iterable[Mapping[str, Any]]) -> None:
    """Check an order's words against each other; an owner's rules bind others, never themselves.

    Raises: NotAllowed E_MIX_PEOPLE, E_MIX_ASK, E_MIX_PERSONS; NotFound(E_WORD_GONE).
    """
    concepts = [_concept(rooms, VersionId(word["version"])) for word in words]
    if len({concept.id for concept in concepts}) < 2:
        return
    people = [concept for concept in concepts if concept.kind is Kind.PERSON]
    for concept in concepts:
        if concept.owner != asker.member:
            _refuse(concept, people, _mixing(rooms, concept.id))
    _refuse_strangers(asker, people)


def _concept(rooms: Any, version_id: VersionId) -> Concept:
    version = rooms.concepts.version(version_id)
    concept: Concept | None = version and rooms.concepts.get(version.concept)
    if concept is None:
        raise NotFound("E_WORD_GONE")
    return concept


def _mixing(rooms: Any, concept: ConceptId) -> Mixing:
    share = rooms.sharing.share_of(concept)
    return share.mixing if share else Mixing.FREE


def _refuse(concept: Concept, people: Sequence[Concept], mixing: Mixing) -> None:
    if mixing is Mixing.ASK:
        raise NotAllowed("E_MIX_ASK", word=concept.name)
    if mixing is Mixing.NO_PEOPLE and any(person.id != concept.id for person in people):
        raise NotAllowed("E_MIX_PEOPLE", word=concept.name)


def _refuse_strangers(asker: Asker, people: Sequence[Concept]) -> None:
    """Two people stand in one picture only when both words are the asker's, whose likeness they are given for."""
    if len(people) < 2:
        return
    for person in people:
        if asker.member not in (person.owner, person.person):
            raise NotAllowed("E_MIX_PERSONS", word=person.name)
