"""The versions of a member's word: which one it means, and dropping one."""

from __future__ import annotations

from typing import Any

from bot import dictionary
from bot.studio import Asker
from storage.errors import NotFound
from storage.permissions import Action
from storage.records import Concept, Version, VersionId


def own(rooms: Any, asker: Asker, version_id: str, action: Action) -> tuple[Version, Concept]:
    """A version of the asker's, with its word, when they may do that with it.

    Raises: NotFound(E_NOT_FOUND), the same whether it is missing or somebody else's; E_VERSION_GONE of a dropped one.
    """
    version: Version | None = rooms.concepts.version(VersionId(version_id))
    if version is None:
        raise NotFound("E_NOT_FOUND")
    concept = dictionary.own(rooms, asker, version.concept, action)
    if version.is_dropped:
        raise NotFound("E_VERSION_GONE", word=concept.name)
    return version, concept


def use(rooms: Any, asker: Asker, version_id: str) -> tuple[Version, Concept]:
    """Let the word mean this version from now on.

    Raises: as `own`.
    """
    version, concept = own(rooms, asker, version_id, Action.CHANGE)
    rooms.concepts.choose(version)
    return version, concept


def drop(rooms: Any, asker: Asker, version_id: str) -> tuple[Version, Concept]:
    """Delete a version's weights and all that was drawn with them alone, for real.

    Raises: as `own`, TintypeError(E_LAST_VERSION).
    """
    version, concept = own(rooms, asker, version_id, Action.DELETE)
    for blob in rooms.concepts.drop_version(version):
        rooms.vault.delete(blob)
    if version.job not in [one.job for one in rooms.concepts.versions(concept.id)]:
        rooms.points.drop(version.job)
    return version, concept
