"""A word that several members offer alike: who asks says which they mean, and until then the order waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import cards
from bot.cards import Candidate, Card
from bot.studio import Asker, EngineFacts
from storage.errors import NotFound
from storage.pending import NewPending, Pending
from storage.permissions import Action, may
from storage.records import Concept, Version, VersionId
from storage.words import Word

MOST_CANDIDATES = 5  # on one card; the others are found in the gallery

Meanings = Mapping[str, VersionId]  #: by the name that a prompt writes: exactly this version


@dataclass(frozen=True, slots=True)
class Unclear:
    """A name in a prompt with several meanings."""

    name: str
    versions: Sequence[VersionId]  #: as they are offered, in order


def candidates(rooms: Any, asker: Asker, name: str, facts: EngineFacts | None) -> list[Version]:
    """What a name can mean for this member here, as near as the nearest: the version of each that would be used."""
    nearest: list[Concept] = rooms.concepts.nearest(asker.actor, name)
    found = [
        _in_use(rooms, concept, facts)
        for concept in nearest
        if may(asker.actor, Action.USE, rooms.sharing.held(concept))
    ]
    return [version for version in found if version is not None]


def _in_use(rooms: Any, concept: Concept, facts: EngineFacts | None) -> Version | None:
    versions: list[Version] = rooms.concepts.in_use(concept.id)
    base = None if facts is None else (facts.base_id, facts.base_revision)
    return next((one for one in versions if base in (None, (one.base_model, one.base_revision))), None)


def unclear_in(
    rooms: Any, asker: Asker, words: Iterable[Word], facts: EngineFacts | None, meanings: Meanings
) -> Unclear | None:
    """The first word of a prompt that must be asked about."""
    for word in words:
        found = [] if word.name in meanings else candidates(rooms, asker, word.name, facts)
        if len(found) > 1:
            return Unclear(word.name, [version.id for version in found])
    return None


def put_aside(rooms: Any, asker: Asker, unclear: Unclear, request: Mapping[str, Any]) -> Pending:
    """Let an order wait until its word is chosen."""
    asked = {"name": unclear.name, "versions": list(unclear.versions)}
    new = NewPending(
        owner=asker.member,
        guild=asker.actor.guild,
        channel=asker.channel,
        key=asker.key,
        request=dict(request) | {"unclear": asked},
    )
    pending: Pending = rooms.pending.put(new)[0]
    return pending


def pending_of(rooms: Any, asker: Asker, pending: str) -> Pending:
    """The asker's order that waits for a choice.

    Raises: NotFound(E_ORDER_GONE), the same whether it is over or somebody else's.
    """
    found: Pending | None = rooms.pending.get(pending)
    if found is None or found.owner != asker.member or "unclear" not in found.request:
        raise NotFound("E_ORDER_GONE")
    return found


def meanings_with(pending: Pending, n: int) -> dict[str, VersionId]:
    """What is known about the words once candidate `n` is chosen.

    Raises: NotFound(E_NOT_FOUND) when there is no such candidate.
    """
    asked = pending.request["unclear"]
    if not 1 <= n <= min(len(asked["versions"]), MOST_CANDIDATES):
        raise NotFound("E_NOT_FOUND")
    return dict(pending.request["meanings"]) | {asked["name"]: VersionId(asked["versions"][n - 1])}


def choice_card(rooms: Any, asker: Asker, pending: Pending) -> Card:
    """A button for each word that can be meant; what can be used no more meanwhile is left out."""
    asked = pending.request["unclear"]
    offered = [_candidate(rooms, asker, n, VersionId(one)) for n, one in enumerate(asked["versions"], 1)]
    shown = [one for one in offered[:MOST_CANDIDATES] if one is not None]
    return cards.choice_card(pending.id, asked["name"], shown, more=len(offered) - MOST_CANDIDATES)


def _candidate(rooms: Any, asker: Asker, n: int, version_id: VersionId) -> Candidate | None:
    version: Version | None = rooms.concepts.version(version_id)
    concept: Concept | None = rooms.concepts.get(version.concept) if version else None
    if version is None or concept is None or not may(asker.actor, Action.USE, rooms.sharing.held(concept)):
        return None
    return Candidate(
        n=n,
        owner=rooms.names.of(asker.actor.guild, concept.owner),
        is_mine=concept.owner == asker.member,
        kind=concept.kind,
        class_word=version.class_word,
        version=version.n,
    )
