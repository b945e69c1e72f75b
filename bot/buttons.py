"""Every button: a verb and an id in its `custom_id`, so that it works after a restart, or says that it is too old."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from storage.errors import TintypeError

if TYPE_CHECKING:
    from bot.studio import Studio

log = logging.getLogger(__name__)

TEMPLATE = r"t1:(?P<verb>[a-z_]{2,24}):(?P<id>[0-9a-f]{16})(?::(?P<n>[0-9]{1,3}))?"
MENU = TEMPLATE.replace("t1:", "t1m:", 1)  # of what is chosen in: a menu is no button, and is rebuilt as a menu
LABEL_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One press of a button, or one submitted modal: what its `custom_id` says. It is a stranger's input."""

    verb: str
    id: str
    n: int = 0

    @classmethod
    def of(cls, custom_id: str) -> Press | None:
        """Read a `custom_id`; None when it is none of ours."""
        match = re.fullmatch(TEMPLATE, custom_id) or re.fullmatch(MENU, custom_id)
        return None if match is None else cls.of_match(match)

    @classmethod
    def of_match(cls, match: re.Match[str]) -> Press:
        """From what TEMPLATE found."""
        return cls(verb=match["verb"], id=match["id"], n=int(match["n"] or 0))

    def __str__(self) -> str:
        return f"t1:{self.verb}:{self.id}" + (f":{self.n}" if self.n else "")

    @property
    def of_menu(self) -> str:
        """The `custom_id` of a menu."""
        return str(self).replace("t1:", "t1m:", 1)


Handler = Callable[["Studio", discord.Interaction[Any], Press], Awaitable[None]]
_handlers: dict[str, Handler] = {}


def on_press(verb: str) -> Callable[[Handler], Handler]:
    """Make a function the answer to all buttons of a verb."""

    def keep(handler: Handler) -> Handler:
        if verb in _handlers:
            raise ValueError(f"two answers to the button {verb!r}")
        _handlers[verb] = handler
        return handler

    return keep


def verbs() -> frozenset[str]:
    """All verbs that have an answer."""
    return frozenset(_handlers)


def answers() -> dict[str, str]:
    """What each verb does, in its answer's own words."""
    return {verb: (handler.__doc__ or "").strip() for verb, handler in _handlers.items()}


async def pressed(studio: Studio, interaction: discord.Interaction[Any], press: Press) -> None:
    """Answer one press.

    Raises: TintypeError(E_OLD_BUTTON) for a verb that no longer exists, and whatever the answer raises.
    """
    handler = _handlers.get(press.verb)
    if handler is None:
        raise TintypeError("E_OLD_BUTTON")
    await handler(studio, interaction, press)


class Button(discord.ui.DynamicItem[discord.ui.Button[Any]], template=TEMPLATE):
    """The one kind of button there is; discord.py rebuilds it from the `custom_id` at each press."""

    def __init__(
        self,
        press: Press,
        label: str,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        *,
        disabled: bool = False,
    ) -> None:
        super().__init__(
            discord.ui.Button(label=label[:LABEL_CHARACTERS], custom_id=str(press), style=style, disabled=disabled)
        )
        self.press = press

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Button:
        """Rebuild the button from what was pressed."""
        return cls(Press.of_match(match), getattr(item, "label", None) or "…")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Nothing: `Tintype.on_interaction` answers all presses, also those discord.py would drop without a word."""
