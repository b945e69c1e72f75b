"""A message as a card of text, for the terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator

from bot.sandbox.checks.components import BUTTON, FILE, GALLERY, SELECTS, SEPARATOR, TEXT, THUMBNAIL, walk
from bot.sandbox.state import Json
from bot.sandbox.views import Button, Message, Picture

WIDTH = 96


def as_card(message: Message, number: Callable[[Message, Button], int]) -> str:
    """Text, pictures as `[name: alt text]`, buttons as `[3] label`; "only you" when ephemeral."""
    head = "┌ tintype" + (" · only you see this" if message.is_ephemeral else "")
    return "\n".join([head, *(f"│ {line}" for line in _lines(message, number)), "└"])


def _lines(message: Message, number: Callable[[Message, Button], int]) -> list[str]:
    lines: list[str] = []
    if message.raw["content"]:
        lines += _wrapped(message.raw["content"])
    buttons, pictures, row = iter(message.buttons), iter(message.files), []
    for file in message.raw["attachments"]:
        next(pictures)
        lines.append(f"[{file['filename']}: {file.get('description') or ''}]")
    for part in walk(message.raw["components"]):
        if part["type"] in {BUTTON, *SELECTS}:
            row.append(_button(message, next(buttons), number))
            continue
        if row:
            lines.append("  ".join(row))
            row = []
        lines += _part(part, pictures)
    return [*lines, "  ".join(row)] if row else lines


def _part(part: Json, pictures: Iterator[Picture]) -> list[str]:
    if part["type"] == TEXT:
        return _wrapped(part["content"])
    if part["type"] == SEPARATOR:
        return ["─" * 20]
    if part["type"] not in {GALLERY, THUMBNAIL, FILE}:
        return []
    shown = [next(pictures) for _ in part.get("items", [part])]
    return [line for picture in shown for line in _wrapped(f"[{picture.name}: {picture.alt_text or ''}]")]


def _button(message: Message, button: Button, number: Callable[[Message, Button], int]) -> str:
    if button.is_disabled:
        return f"( {button.label} )"
    return f"[{number(message, button)}] {button.label}" + (" ▾" if button.options else "")


def _wrapped(text: str) -> list[str]:
    plain = re.sub(r"<t:(\d+)(?::\w)?>", r"(\1)", text)
    return [line for part in plain.splitlines() for line in textwrap.wrap(part, WIDTH) or [""]]
