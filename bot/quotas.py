"""What the managers of a server see of its daily limits, and change in them."""

from __future__ import annotations

from typing import Any

from bot import texts
from bot.cards import Card, layout
from bot.moderating import needs_manager
from bot.studio import Asker
from storage.errors import NotAllowed
from storage.rules import EVERYBODY, Quota


def told(rooms: Any, asker: Asker, change: Quota | None = None) -> Card:
    """The limits of this server, after the change.

    Raises: NotAllowed(E_NOT_MANAGER, E_NOT_ALLOWED), TintypeError(E_QUOTA_MANY).
    """
    needs_manager(asker)
    guild = asker.actor.guild
    if guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    if change is not None:
        rooms.rules.set_quota(guild, change, actor=asker.member)
    lines = [_line(quota) for quota in rooms.rules.quotas(guild)]
    title = texts.say("quota-title") if lines else texts.say("quota-none")
    return layout.card(layout.text(layout.lines(title, *lines, texts.say("quota-help"))))


def _line(quota: Quota) -> str:
    who = texts.say("quota-everybody") if quota.role == EVERYBODY else f"<@&{quota.role}>"
    return texts.say(
        "quota-line",
        who=who,
        trainings=_most(quota.trainings),
        pictures=_most(quota.pictures),
        at_once=_most(quota.at_once),
    )


def _most(count: int | None) -> str:
    return texts.say("quota-any") if count is None else str(count)
