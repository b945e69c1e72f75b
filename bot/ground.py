"""Whether something may be begun where a member asks, by what the server's managers have set up there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.studio import Asker
from storage.errors import NotAllowed
from storage.permissions import Action, can
from storage.records import Kind, Relation
from storage.setups import QUALITIES, Place


def may_begin(rooms: Any, asker: Asker, action: Action) -> None:
    """Raises: NotAllowed(E_BLOCKED, E_ROLE_TRAIN, E_ROLE_IMAGINE, E_HERE_TRAIN, E_HERE_IMAGINE)."""
    can(asker.actor, action, rooms.setups.ground(asker.actor.guild, asker.room))


def may_teach(rooms: Any, asker: Asker, kind: str | None) -> None:
    """Whether words of this kind may be taught here; None while it is not chosen yet.

    Raises: as `may_begin`, NotAllowed(E_NO_PEOPLE).
    """
    may_begin(rooms, asker, Action.TRAIN)
    if kind == Kind.PERSON and not teaches_people(rooms, asker):
        raise NotAllowed("E_NO_PEOPLE")


def teaches_people(rooms: Any, asker: Asker) -> bool:
    """Whether people may be taught here."""
    return bool(rooms.setups.of(asker.actor.guild).has_people)


def place_of(rooms: Any, asker: Asker) -> Place:
    """The rules of the channel where somebody asks."""
    found: Place = rooms.setups.place(asker.actor.guild, asker.room)
    return found


def refuse_over_caps(place: Place, *, count: int | None, quality: str | None) -> None:
    """What a member asks for in so many words is refused when it is too much, never quietly made less.

    Raises: NotAllowed(E_CAP_COUNT, E_CAP_QUALITY).
    """
    if count is not None and count > place.count:
        raise NotAllowed("E_CAP_COUNT", most=place.count)
    if quality in QUALITIES and place.capped(quality) != quality:
        raise NotAllowed("E_CAP_QUALITY", most=place.quality)


def texts_of(request: Mapping[str, Any]) -> list[str]:
    """All that a member wrote for an order, for the server's filter."""
    return [str(request.get(name) or "") for name in ("prompt", "negative_prompt", "said")]


def fitted(rooms: Any, asker: Asker, request: Mapping[str, Any]) -> dict[str, Any]:
    """An order as the channel lets it be: what was taken from a preference or an earlier order is brought down to it.

    Raises: as `may_begin`, NotAllowed(E_CAP_ENLARGE).
    """
    may_begin(rooms, asker, Action.IMAGINE)
    place, relation = place_of(rooms, asker), request.get("relation") or {}
    if relation.get("kind") == Relation.ENLARGE and not place.enlarge:
        raise NotAllowed("E_CAP_ENLARGE")
    return dict(request) | {
        "count": min(int(request["count"]), place.count),
        "quality": place.capped(str(request.get("quality") or QUALITIES[1])),
        "weight": rooms.setups.weight(asker.actor),
    }
