"""What a word that came from a pack brought along: its licence, which nobody may widen, and whom one names for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from storage.concepts import Concepts
from storage.errors import WordRefused
from storage.queue import Queue
from storage.records import Concept, ConceptId, Version

FREEDOM = ("here", "cc-by-nc", "cc-by", "cc0")  # the licences, each allows what those before it allow


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What the packs say that a word's versions were taken from."""

    licence: str | None = None  #: the narrowest; None when the word came from no pack
    credits: tuple[str, ...] = ()  #: as strangers wrote them


def came_with(queue: Queue, version: Version) -> Origin:
    """What one version brought along."""
    job = queue.get(version.job)
    card: Mapping[str, Any] = ((job.request.get("told") or {}).get("card") or {}) if job else {}
    licence = card.get("licence")
    return Origin(
        licence=licence if licence in FREEDOM else None, credits=tuple(str(one) for one in card.get("credits", ()))
    )


def origin_of(queue: Queue, concepts: Concepts, concept: ConceptId) -> Origin:
    """What all versions together brought along that the word can mean."""
    found = [came_with(queue, version) for version in concepts.in_use(concept)]
    licences = [one.licence for one in found if one.licence is not None]
    return Origin(
        licence=min(licences, key=FREEDOM.index, default=None),
        credits=tuple(dict.fromkeys(name for one in found for name in one.credits)),
    )


def refuse_freer(origin: Origin, concept: Concept, licence: str | None) -> None:
    """Let nobody allow more with a word than the pack does that it came from.

    Raises: WordRefused(E_LICENCE_FREER) with the licence that the pack has.
    """
    if origin.licence and licence in FREEDOM and FREEDOM.index(licence) > FREEDOM.index(origin.licence):
        raise WordRefused("E_LICENCE_FREER", word=concept.name, licence=origin.licence)
