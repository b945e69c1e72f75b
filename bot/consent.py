"""What a person agrees to before their likeness is learned; each wording is a version and stands in the catalogue."""

from __future__ import annotations

from typing import Any

from bot import texts
from storage.records import Concept, Consent, MemberId

TEXT_VERSION = 2  # raise it with every change of the wording, and add `consent-<version>`; old ones stay


def standing(rooms: Any, concept: Concept | None, person: MemberId) -> Consent | None:
    """The agreement to today's wording that this person gave for an earlier version of a word, if it is in force."""
    held: Consent | None = rooms.concepts.consent(concept.id) if concept else None
    is_theirs = held is not None and held.person == person and held.text_version == str(TEXT_VERSION)
    return held if is_theirs else None


def text(version: int = TEXT_VERSION) -> str:
    """The wording of one version."""
    return texts.say(f"consent-{version}")
