"""The parts that cards are laid out from: text, galleries with alt texts, rows of buttons, a bar made of characters."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.buttons import Button, Press
from bot.plain import quoted

CARD_CHARACTERS = 4000  # of all text in one message, Discord's limit
ALT_CHARACTERS = 1024
GALLERY_ITEMS = 10
ROW_BUTTONS = 5
BAR_CELLS = 20
SPOILER = "SPOILER_"
VIEW_TIMEOUT_S = 60.0  # all items are dynamic, so nothing is lost when discord.py forgets the view

PRIMARY = discord.ButtonStyle.primary
SUCCESS = discord.ButtonStyle.success
DANGER = discord.ButtonStyle.danger
PLAIN = discord.ButtonStyle.secondary


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A finished picture file and the sentence for those who cannot see it."""

    name: str  #: ASCII file name with its ending
    data: bytes
    alt: str

    @property
    def is_spoiler(self) -> bool:
        """Whether it is covered until somebody wants to see it; Discord reads that from the name."""
        return self.name.startswith(SPOILER)

    @classmethod
    def named(cls, stem: str, data: bytes, alt: str, *, is_spoiler: bool = False) -> Picture:
        """With the ending that its first bytes tell."""
        return cls(name=f"{SPOILER if is_spoiler else ''}{stem}.{ending(data)}", data=data, alt=alt)


def ending(data: bytes) -> str:
    """The file ending of one of our own pictures, by its first bytes."""
    if data.startswith(b"\xff\xd8"):
        return "jpg"
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else "png"


@dataclass(frozen=True, slots=True)
class Card:
    """One message: its layout and the files it refers to."""

    view: ui.LayoutView
    files: list[discord.File]


def bar(done: float, total: float) -> str:
    """Progress in characters, readable without colour."""
    full = 0 if total <= 0 else min(BAR_CELLS, max(0, round(BAR_CELLS * done / total)))
    return "█" * full + "░" * (BAR_CELLS - full)


def percent(done: float, total: float) -> int:
    """Whole per cent, 0 to 100; 100 only when it is finished."""
    return 0 if total <= 0 else max(0, min(100, int(100 * done / total)))


def cut(text: str, limit: int = CARD_CHARACTERS) -> str:
    """The text, or its beginning with an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip("\\") + "…"


def lines(*parts: str | None) -> str:
    """The parts that are there, one a line."""
    return "\n".join(part for part in parts if part)


def text(content: str) -> ui.TextDisplay[Any]:
    """A block of text."""
    return ui.TextDisplay(content)


def gallery(pictures: Sequence[Picture]) -> ui.MediaGallery[Any]:
    """Up to ten pictures, each with its alt text."""
    if not 1 <= len(pictures) <= GALLERY_ITEMS:
        raise ValueError(f"a gallery holds 1 to {GALLERY_ITEMS} pictures, not {len(pictures)}")
    return ui.MediaGallery(
        *(
            discord.MediaGalleryItem(
                f"attachment://{picture.name}",
                description=quoted(picture.alt, ALT_CHARACTERS),
                spoiler=picture.is_spoiler,
            )
            for picture in pictures
        )
    )


def beside(content: str, picture: Picture | None) -> ui.TextDisplay[Any] | ui.Section[Any]:
    """Text with a small picture at its right, or without one."""
    if picture is None:
        return text(content)
    small: ui.Thumbnail[Any] = ui.Thumbnail(
        f"attachment://{picture.name}", description=quoted(picture.alt, ALT_CHARACTERS)
    )
    return ui.Section(text(content), accessory=small)


def button(
    verb: str, of: str, label: str, *, n: int = 0, style: discord.ButtonStyle = PLAIN, disabled: bool = False
) -> Button:
    """A button that says `verb` about the thing with this id."""
    return Button(Press(verb=verb, id=of, n=n), label, style, disabled=disabled)


Row = ui.ActionRow[Any]


def rows(buttons: Sequence[Button]) -> list[Row]:
    """The buttons in rows of five."""
    return [ui.ActionRow(*buttons[at : at + ROW_BUTTONS]) for at in range(0, len(buttons), ROW_BUTTONS)]


def card(*items: ui.Item[Any] | None, pictures: Iterable[Picture] = ()) -> Card:
    """Put the items that are there into one container, and the pictures' bytes beside it.

    Raises: ValueError when the message would be over Discord's limits (discord.py counts components only).
    """
    view = ui.LayoutView(timeout=VIEW_TIMEOUT_S)
    view.add_item(ui.Container(*(item for item in items if item is not None)))
    if view.content_length() > CARD_CHARACTERS:
        raise ValueError(f"card of {view.content_length()} characters")
    files = [
        discord.File(io.BytesIO(picture.data), filename=picture.name, description=quoted(picture.alt, ALT_CHARACTERS))
        for picture in pictures
    ]
    return Card(view, files)


def file_card(told: str, *files: tuple[str, bytes]) -> Card:
    """A sentence and files to keep, each a name and its bytes."""
    shown = card(text(cut(told)), *(ui.File(f"attachment://{name}") for name, _ in files))
    return Card(shown.view, [discord.File(io.BytesIO(data), filename=name) for name, data in files])
