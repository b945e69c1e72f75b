"""The card of the styles that a server's moderators removed, with the way back."""

from __future__ import annotations

from dataclasses import dataclass

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

NAME_CHARACTERS = 32
MOST_TURNS = 999  # what fits into a button


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A style that is kept out."""

    report: str
    owner: int
    name: str
    by: int | None  #: None since they were forgotten
    when: float  #: unix seconds
    picture: Picture | None


def removed_card(removed: Removed | None, *, place: str, n: int, total: int) -> Card:
    """The removed style that is looked at, and what can be done about it."""
    pictures = [removed.picture] if removed and removed.picture else []
    return layout.card(
        layout.text(_told(removed, n, total) if removed else texts.say("removed-none")),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(_buttons(removed, place)),
        *layout.rows(_turns(place, n, min(total, MOST_TURNS)) if total > 1 else []),
        pictures=pictures,
    )


def _told(removed: Removed, n: int, total: int) -> str:
    by = texts.say("audit-nobody") if removed.by is None else f"<@{removed.by}>"
    name = plain(removed.name, NAME_CHARACTERS)
    return layout.lines(
        texts.say("removed-title", n=n, total=total),
        texts.say("removed-style", name=name, owner=str(removed.owner), by=by, when=str(int(removed.when))),
        texts.say("removed-help"),
    )


def _buttons(removed: Removed | None, place: str) -> list[Button]:
    back = layout.button("reports", place, texts.say("btn-reports"), n=1)
    if removed is None:
        return [back]
    return [layout.button("readmit", removed.report, texts.say("btn-readmit"), style=layout.SUCCESS), back]


def _turns(place: str, n: int, total: int) -> list[Button]:
    back = layout.button("removed", place, texts.say("btn-back"), n=n - 1, disabled=n == 1)
    return [back, layout.button("removed", place, texts.say("btn-next"), n=n + 1, disabled=n >= total)]
