"""A word's weights as a file for its owner, when it fits into one message."""

from __future__ import annotations

from typing import Any

from bot import dictionary, texts
from bot.cards import Card, layout
from bot.orders import newest
from bot.plain import plain
from bot.studio import Asker
from storage.errors import TintypeError
from storage.permissions import Action
from storage.records import Concept, Version

EMBEDDING_METHODS = frozenset({"textual_inversion"})  # whose weights are rows of an embedding


def exported(rooms: Any, asker: Asker, word: str) -> Card:
    """The card with the newest weights of a word.

    Raises: NotFound, TintypeError(E_WORD_NOT_LEARNED, E_EXPORT_BIG).
    """
    concept = dictionary.own_named(rooms, asker, word, Action.EXPORT)
    version = newest(rooms.concepts.versions(concept.id), concept.name, None)
    if version.bytes > asker.limit_bytes:
        facts = {"size": texts.size(version.bytes), "most": texts.size(asker.limit_bytes)}
        raise TintypeError("E_EXPORT_BIG", word=concept.name, **facts)
    name = f"{concept.name}.safetensors"
    is_embedding = version.method in EMBEDDING_METHODS
    told = texts.say(
        "word-exported-embedding" if is_embedding else "word-exported",
        name=plain(concept.name),
        file=name,
        size=texts.size(version.bytes),
        trigger=concept.name if is_embedding else f"{_learned_as(rooms, concept, version)} {version.class_word}",
    )
    return layout.file_card(told, name, rooms.vault.open(version.blob))


def _learned_as(rooms: Any, concept: Concept, version: Version) -> str:
    """The name that the weights know, which a renaming does not change."""
    job = rooms.queue.get(version.job)
    return str(job.request["word"]) if job else concept.name
