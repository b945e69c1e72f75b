"""Whom the operator keeps out of every server: what `tintype blocks` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.store import Rooms
from storage.errors import TintypeError
from storage.moderation import DAY_S, EVERYWHERE
from storage.records import MemberId

MOST_DAYS = 3650
REASON_CHARACTERS = 200


def barred(rooms: Rooms, request: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Keep a member out, or let one in again; then who is kept out.

    Raises: TintypeError(E_CONTROL) for a request that is none, E_BARRED_NONE for whoever was not kept out.
    """
    what, member, days = request.get("what", "list"), request.get("member"), request.get("days")
    if what not in {"list", "add", "remove"} or (what != "list" and not isinstance(member, int)):
        raise TintypeError("E_CONTROL", request=f"blocks {what}"[:40])
    if days is not None and not (isinstance(days, int) and 1 <= days <= MOST_DAYS):
        raise TintypeError("E_CONTROL", request="blocks --days")
    if what == "add":
        until = None if days is None else now + days * DAY_S
        reason = str(request.get("reason") or "")[:REASON_CHARACTERS]
        rooms.moderation.block(EVERYWHERE, MemberId(member), None, until=until, reason=reason)
    elif what == "remove" and not rooms.moderation.unblock(EVERYWHERE, MemberId(member), None):
        raise TintypeError("E_BARRED_NONE", member=str(member))
    blocks = rooms.moderation.blocks(EVERYWHERE)
    return {"blocks": [{"member": one.member, "until": one.until, "reason": one.reason} for one in blocks]}
