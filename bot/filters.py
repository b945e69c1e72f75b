"""What the managers of a server see of its filter, and change in it."""

from __future__ import annotations

from typing import Any

from bot import texts
from bot.cards import Card, layout
from bot.moderating import needs_manager
from bot.plain import plain
from bot.studio import Asker
from storage.errors import NotAllowed
from storage.filtering import Filter, FilterKind, harmed
from storage.records import GuildId


def added(rooms: Any, asker: Asker, kind: FilterKind, text: str) -> Card:
    """Refuse one more word or pattern from now on, and say which harmless prompt that would refuse.

    Raises: NotAllowed(E_NOT_MANAGER), TintypeError as `Rules.add_filter`.
    """
    made: Filter = rooms.rules.add_filter(_guild(asker), kind, text, actor=asker.member)
    hits = [texts.say("filter-harms", prompt=prompt, text=plain(made.text)) for prompt in harmed(made)]
    return layout.card(layout.text(layout.lines(_said("filter-added", made), *hits)))


def removed(rooms: Any, asker: Asker, text: str) -> Card:
    """Refuse a word or pattern no longer.

    Raises: NotAllowed(E_NOT_MANAGER), NotFound(E_FILTER_NONE).
    """
    return _told("filter-removed", rooms.rules.drop_filter(_guild(asker), text, actor=asker.member))


def listed(rooms: Any, asker: Asker) -> Card:
    """All that the filter refuses, to a manager alone.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    filters: list[Filter] = rooms.rules.filters(_guild(asker))
    lines = [_said("filter-line", one) for one in filters]
    told = layout.lines(texts.say("filter-title", count=len(filters)), *lines)
    return layout.card(layout.text(layout.cut(told)))


def tried(rooms: Any, asker: Asker, text: str) -> Card:
    """Whether the filter would refuse a text, and which part of it would.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    found: Filter | None = rooms.rules.test_filter(_guild(asker), text)
    if found is None:
        return layout.card(layout.text(texts.say("filter-passes")))
    return _told("filter-refuses", found)


def _told(key: str, one: Filter) -> Card:
    return layout.card(layout.text(_said(key, one)))


def _said(key: str, one: Filter) -> str:
    return texts.say(key, text=plain(one.text), kind=texts.say(f"choice-filter-{one.kind}"))


def _guild(asker: Asker) -> GuildId:
    needs_manager(asker)
    if asker.actor.guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    return asker.actor.guild
