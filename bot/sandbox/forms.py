"""A form at the keyboard: one line for each field, asked again until it can be sent."""

from __future__ import annotations

import glob
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.sandbox.checks.components import RADIO, STRING_SELECT, TEXT_INPUT, TICK, TICKS, UPLOAD
from bot.sandbox.client import Member, NotAllowed
from bot.sandbox.state import Json
from bot.sandbox.views import Answer, Modal

CLOSE = "-"
YES = frozenset({"y", "yes", "x", "true", "1"})

Ask = Callable[[str], Awaitable[str | None]]
Say = Callable[[str], None]


class Form:
    """A form that a member fills in; what was said once stays when a field has to be asked again."""

    def __init__(self, member: Member, modal: Modal, ask: Ask, say: Say) -> None:
        self._member, self._modal, self._ask, self._say = member, modal, ask, say
        self._values: Json = {}
        self._files: dict[str, list[Path]] = {}

    async def filled(self) -> Answer | None:
        """Ask for each field and send the form, all over again when it is refused; None when the member closed it."""
        self._say(f"┌ {self._modal.title}   (empty = leave as it is, {CLOSE} = close the form)")
        while True:
            for label, field in self._modal.fields:
                if not await self._one(label, field):
                    self._say("└ closed")
                    return None
            try:
                return await self._member.submit(self._modal, self._values, self._files)
            except NotAllowed as refused:
                self._say(f"! {refused}")

    async def _one(self, label: str, field: Json) -> bool:
        """Ask for one field until it can be taken; False when the form is to be closed."""
        while True:
            said = await self._ask(f"│ {label}{self._hint(field)}: ")
            if said is None or said == CLOSE:
                return False
            if not said and self._is_missing(field):
                self._say("│ this must be filled in")
                continue
            try:
                self._take(field, said)
            except FileNotFoundError as missing:
                self._say(f"│ {missing}")
                continue
            return True

    def _take(self, field: Json, said: str) -> None:
        if said and field["type"] == UPLOAD:
            self._files[field["custom_id"]] = files_of(said)
        elif said:
            self._values[field["custom_id"]] = _value(field, said)

    def _is_missing(self, field: Json) -> bool:
        """Whether the app would not send the form with this field left as it is."""
        if field["type"] == TICK or not field.get("required", True):
            return False
        if field["custom_id"] in self._values or field["custom_id"] in self._files:
            return False
        if field["type"] in {RADIO, STRING_SELECT, TICKS}:
            return not any(option.get("default") for option in field["options"])
        return not (field["type"] == TEXT_INPUT and field.get("value"))

    def _hint(self, field: Json) -> str:
        if field["type"] == UPLOAD:
            return f" (files, up to {field.get('max_values', 1)}, * allowed)"
        if field["type"] == TICK:
            return " (yes or no)"
        if field["type"] in {RADIO, STRING_SELECT, TICKS}:
            return " (" + " | ".join(str(option["label"]) for option in field["options"]) + ")"
        before = self._values.get(field["custom_id"], field.get("value"))
        return f" [{before}]" if before else ""


def _value(field: Json, said: str) -> Any:
    if field["type"] == TICK:
        return said.lower() in YES
    if field["type"] in {STRING_SELECT, TICKS}:
        return [part.strip() for part in said.split(",")]
    return said


def files_of(text: str) -> list[Path]:
    """The files that patterns and paths name.

    Raises: FileNotFoundError when a part names none.
    """
    found: list[Path] = []
    for part in shlex.split(text):
        some = sorted(glob.glob(part))  # noqa: PTH207  Path.glob takes no absolute pattern
        if not some:
            raise FileNotFoundError(f"no file {part}")
        found += map(Path, some)
    return found
