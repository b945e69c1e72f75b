"""Whose words pictures were made with: read from the rows as they are today, told by name and without a mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cards import Credit
from bot.orders import name_today, readers_of
from storage.origins import came_with
from storage.records import Actor, Concept, Job, Version, VersionId
from storage.words import written


def credits_of(rooms: Any, job: Job, reader: Actor | None = None) -> list[Credit]:
    """A credit for each word of an order, for one reader or for its channel, with versions other than today's."""
    return [_credit(rooms, job, word, reader, is_whole=False) for word in job.request.get("words", ())]


def whole_credits_of(rooms: Any, job: Job, reader: Actor) -> list[Credit]:
    """The same with strengths and every version, as it takes to make the pictures again."""
    return [_credit(rooms, job, word, reader, is_whole=True) for word in job.request.get("words", ())]


def _credit(rooms: Any, job: Job, word: Mapping[str, Any], reader: Actor | None, *, is_whole: bool) -> Credit:
    name = name_today(rooms, word, reader or readers_of(job))
    told = written(name, float(word["strength"]) if is_whole else 1.0).strip("<>")
    version: Version | None = rooms.concepts.version(VersionId(word["version"]))
    concept: Concept | None = rooms.concepts.get(version.concept) if version else None
    if version is None or concept is None:
        return Credit(word=told, is_gone=True)
    return Credit(
        word=told,
        owner=rooms.names.of(job.guild, concept.owner),
        is_mine=reader is not None and concept.owner == reader.member,
        version=version.n if is_whole or not _is_todays(rooms, version) else 0,
        is_dropped=version.is_dropped,
        names=came_with(rooms.queue, version).credits,
    )


def _is_todays(rooms: Any, version: Version) -> bool:
    """Whether the word still means this version."""
    return bool(version.id == rooms.concepts.in_use(version.concept)[0].id)
