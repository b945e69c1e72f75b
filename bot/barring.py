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
    what = request.get("what", "list")
    if what == "add":
        reason = str(request.get("reason") or "")[:REASON_CHARACTERS]
        rooms.moderation.block(EVERYWHERE, _member(request), None, until=_until(request, now), reason=reason)
    elif what == "remove":
        if not rooms.moderation.unblock(EVERYWHERE, _member(request), None):
            raise TintypeError("E_BARRED_NONE", member=str(request["member"]))
    elif what != "list":
        raise TintypeError("E_CONTROL", request=f"blocks {what}"[:40])
    blocks = rooms.moderation.blocks(EVERYWHERE)
    return {"blocks": [{"member": one.member, "until": one.until, "reason": one.reason} for one in blocks]}


def _member(request: Mapping[str, Any]) -> MemberId:
    member = request.get("member")
    if not isinstance(member, int):
        raise TintypeError("E_CONTROL", request="blocks of whom")
    return MemberId(member)


def _until(request: Mapping[str, Any], now: float) -> float | None:
    days = request.get("days")
    if days is None:
        return None
    if not (isinstance(days, int) and 1 <= days <= MOST_DAYS):
        raise TintypeError("E_CONTROL", request="blocks --days")
    return now + days * DAY_S
