"""Menus to choose from, of a card: a verb and an id in their `custom_id`, as buttons have them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.buttons import MENU, Press

PLACEHOLDER_CHARACTERS = 150
LABEL_CHARACTERS = 100
ROOMS = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
)  # where commands can be used; a thread is what is around it


class Menu(ui.DynamicItem[ui.Item[Any]], template=MENU):
    """The one kind of menu there is, whatever is chosen from; what a press means is decided as for buttons."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Menu:
        """Rebuild the menu from what was chosen in."""
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Nothing: `Tintype.on_interaction` answers all presses."""


def choices(verb: str, of: str, n: int, told: str, options: Sequence[tuple[str, str]], chosen: str) -> Menu:
    """A menu of (value, label), one of which is chosen; it says `verb` about the thing with this id."""
    press = Press(verb=verb, id=of, n=n)
    shown = [discord.SelectOption(value=v, label=label[:LABEL_CHARACTERS], default=v == chosen) for v, label in options]
    return Menu(ui.Select(custom_id=press.of_menu, placeholder=told[:PLACEHOLDER_CHARACTERS], options=shown))


def roles(verb: str, of: str, n: int, told: str, chosen: Sequence[int], most: int) -> Menu:
    """A menu of the server's roles, of which none to `most` are chosen."""
    marked = _marked(chosen, discord.SelectDefaultValueType.role)
    return Menu(
        ui.RoleSelect(
            custom_id=Press(verb=verb, id=of, n=n).of_menu,
            placeholder=told[:PLACEHOLDER_CHARACTERS],
            min_values=0,
            max_values=most,
            default_values=marked,
        )
    )


def channels(verb: str, of: str, n: int, told: str, chosen: Sequence[int], most: int) -> Menu:
    """A menu of the server's channels, of which none to `most` are chosen."""
    marked = _marked(chosen, discord.SelectDefaultValueType.channel)
    return Menu(
        ui.ChannelSelect(
            custom_id=Press(verb=verb, id=of, n=n).of_menu,
            placeholder=told[:PLACEHOLDER_CHARACTERS],
            channel_types=list(ROOMS),
            min_values=0,
            max_values=most,
            default_values=marked,
        )
    )


def _marked(chosen: Sequence[int], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    """What is chosen already; Discord's own description of its API wants the id as text, discord.py takes numbers."""
    return [discord.SelectDefaultValue(id=str(one), type=kind) for one in chosen]  # type: ignore[arg-type]


def chosen_in(interaction: discord.Interaction[Any]) -> list[str]:
    """What was chosen; a stranger's input."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values") or ()]


def only_choice_in(interaction: discord.Interaction[Any]) -> str:
    """The same of a menu that takes one; empty when nothing was chosen."""
    return "".join(chosen_in(interaction)[:1])
