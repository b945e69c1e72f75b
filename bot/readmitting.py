"""What a server's managers removed, and how they let it in again; that they may is asked anew at every press."""

from __future__ import annotations

from typing import Any

from bot.belongings import key_of
from bot.cards import Card
from bot.cards.removals import Removed, removed_card
from bot.moderating import needs_manager, sample_of
from bot.studio import Asker
from storage.errors import NotAllowed
from storage.removals import Removal


def removed_of(rooms: Any, asker: Asker, n: int = 1) -> Card:
    """Removed style `n` of this server, or the nearest there is.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    needs_manager(asker)
    found: list[Removal] = rooms.moderation.removals.in_guild(asker.actor.guild)
    n = min(max(n, 1), max(1, len(found)))
    removed = _removed(rooms, found[n - 1]) if found else None
    return removed_card(removed, place=key_of(asker.member), n=n, total=len(found))


def readmitted(rooms: Any, asker: Asker, report_id: str) -> None:
    """Let a removed style in again.

    Raises: NotAllowed(E_NOT_MANAGER, E_REPORT_MINE), NotFound(E_REMOVAL_GONE).
    """
    needs_manager(asker)
    removal: Removal = rooms.moderation.removals.get(asker.actor.guild, report_id)
    if removal.owner == asker.member and not asker.actor.is_instance_owner:
        raise NotAllowed("E_REPORT_MINE")
    rooms.moderation.readmit(removal, asker.member)


def _removed(rooms: Any, removal: Removal) -> Removed:
    return Removed(
        report=removal.id,
        owner=removal.owner,
        name=removal.name,
        by=removal.actor,
        when=removal.at,
        picture=sample_of(rooms, removal.concept, removal.id),
    )
