"""A menu at the keyboard: what it offers, and what a line chooses from it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from bot.sandbox.views import Offer

NOTHING = "none"
SEPARATOR = " · "


def listed(offers: Sequence[Offer]) -> str:
    """Everything that is offered, in one line, and what of it is chosen now.

    Raises: ValueError when nothing is.
    """
    if not offers:
        raise ValueError("this menu offers nothing here")
    chosen = ", ".join(one.label for one in offers if one.is_chosen)
    return SEPARATOR.join(one.label for one in offers) + (f"   (now: {chosen})" if chosen else "")


def chosen(offers: Sequence[Offer], said: str) -> list[str]:
    """The values that a line names by label or value: one, or several with commas or blanks; `none` for nothing.

    Raises: ValueError for what is not offered.
    """
    if said == NOTHING:
        return []
    known = {one.value: one.value for one in offers} | {one.label.casefold(): one.value for one in offers}
    for names in ([said], said.split(","), shlex.split(said)):
        found = [known.get(name.strip().casefold()) for name in names]
        if all(found):
            return [value for value in found if value]
    raise ValueError(f"{said} is not offered; there are {SEPARATOR.join(one.label for one in offers)}")
