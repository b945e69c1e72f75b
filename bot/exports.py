"""A word's weights as a file for its owner, when it fits into one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import dictionary, texts
from bot.cards import Card, layout
from bot.orders import newest
from bot.plain import plain
from bot.studio import Asker
from storage import labels
from storage.errors import TintypeError
from storage.labels import Part
from storage.permissions import Action


def exported(rooms: Any, asker: Asker, word: str) -> Card:
    """The card with the newest weights of a word.

    Raises: NotFound, TintypeError(E_WORD_NOT_LEARNED, E_EXPORT_BIG), WeightsRefused(E_WEIGHTS_BROKEN).
    """
    concept = dictionary.own_named(rooms, asker, word, Action.EXPORT)
    version = newest(rooms.concepts.versions(concept.id), concept.name, None)
    if version.bytes > asker.limit_bytes:
        facts = {"size": texts.size(version.bytes), "most": texts.size(asker.limit_bytes)}
        raise TintypeError("E_EXPORT_BIG", word=concept.name, **facts)
    parts = labels.exported(rooms.vault.open(version.blob), concept.name)
    told = texts.say(
        _sentence(parts),
        name=plain(concept.name),
        file=parts[0].name,
        embedding=parts[-1].name,
        size=texts.size(version.bytes),
        trigger=parts[0].trigger,
    )
    return layout.file_card(told, *((part.name, part.content) for part in parts))


def _sentence(parts: Sequence[Part]) -> str:
    if len(parts) > 1:
        return "word-exported-both"
    return "word-exported-embedding" if parts[0].is_embedding else "word-exported"
