"""A message as a card of text, for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from bot.sandbox import moments
from bot.sandbox.checks.components import BUTTON, FILE, GALLERY, SELECTS, SEPARATOR, TEXT, THUMBNAIL, walk
from bot.sandbox.state import Json
from bot.sandbox.views import Button, Message, Picture

WIDTH = 96


Number = Callable[[Message, Button], int]


def as_card(message: Message, number: Number, now_s: float | None = None) -> str:
    """Text, pictures as `[name: alt text]`, buttons as `[3] label`; "only you" when ephemeral.

    With `now_s`, in Unix seconds, moments are told as a member of this time zone reads them then; else as numbers.
    """
    head = "┌ tintype" + (" · only you see this" if message.is_ephemeral else "")
    return "\n".join([head, *(f"│ {line}" for line in _lines(message, number, now_s)), "└"])


def _lines(message: Message, number: Number, now_s: float | None) -> list[str]:
    lines: list[str] = []
    if message.raw["content"]:
        lines += _wrapped(message.raw["content"], now_s)
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
        lines += _part(part, pictures, now_s)
    return [*lines, "  ".join(row)] if row else lines


def _part(part: Json, pictures: Iterator[Picture], now_s: float | None) -> list[str]:
    if part["type"] == TEXT:
        return _wrapped(part["content"], now_s)
    if part["type"] == SEPARATOR:
        return ["─" * 20]
    if part["type"] not in {GALLERY, THUMBNAIL, FILE}:
        return []
    shown = [next(pictures) for _ in part.get("items", [part])]
    return [line for picture in shown for line in _wrapped(f"[{picture.name}: {picture.alt_text or ''}]")]


def _button(message: Message, button: Button, number: Number) -> str:
    if button.is_disabled:
        return f"( {button.label} )"
    return f"[{number(message, button)}] {button.label}" + (" ▾" if button.is_menu else "")


def _wrapped(text: str, now_s: float | None = None) -> list[str]:
    plain = moments.as_numbers(text) if now_s is None else moments.told(text, now_s)
    return [line for part in plain.splitlines() for line in textwrap.wrap(part, WIDTH) or [""]]
