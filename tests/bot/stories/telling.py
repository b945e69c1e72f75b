"""Stories: what members type, see and press, played on the whole bot and written down as they read it."""

from __future__ import annotations

import asyncio
import difflib
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox, serve
from bot.sandbox.cards import as_card
from bot.sandbox.client import Member
from bot.sandbox.views import Answer, Button, Message, Modal
from bot.store import open_rooms
from storage.clock import SystemClock
from storage.records import GuildId
from tests.bot import mentions
from tests.bot.limits import pictures_without_words
from tests.bot.operator import whole_bot

PAGES = Path(__file__).parents[3] / "docs" / "stories"
REWRITE = "TINTYPE_TELL_STORIES"
#: how a story is told, by its language; the stand-in's own words in a card, too
TOLD = {
    "en": {
        "types": "**{who}** types `{what}`",
        "in": " in #{what}",
        "alone": " in direct messages",
        "presses": "**{who}** presses *{what}*",
        "chooses": " and chooses {what}",
        "fills": "**{who}** fills the form: {what}",
        "files": ", {what} files",
        "sees": "**{who}** sees",
        "killed": "*The bot is killed (kill -9) and started again.*",
        "only you see this": "only you see this",
        "form": "form",
    },
    "de": {
        "types": "**{who}** tippt `{what}`",
        "in": " in #{what}",
        "alone": " in Direktnachrichten",
        "presses": "**{who}** drückt auf *{what}*",
        "chooses": " und wählt {what}",
        "fills": "**{who}** füllt das Formular aus: {what}",
        "files": ", {what} Dateien",
        "sees": "**{who}** sieht",
        "killed": "*Der Bot wird abgeschossen (kill -9) und neu gestartet.*",
        "only you see this": "nur du siehst das",
        "form": "Formular",
    },
}
#: what differs each time: ids, moments, spans, how far a training is
FLEETING = (
    (re.compile(r"\b[0-9a-f]{16}\b"), "5f0c…"),
    (re.compile(r"\b[0-9a-f]{8}\b"), "a31b…"),
    (re.compile(r"<t:\d+(:\w)?>|\(\d{10}\)"), "(when)"),
    (re.compile(r"<#\d+>"), "#channel"),
    (re.compile(r"<@&\d+>"), "@role"),
    (re.compile(r"<@(\d+)>|\b\d{17,20}\b"), "@member"),
    (re.compile(r"\bseed \d{4,}\b"), "seed 12345"),
    (re.compile(r"about (?:a minute|\d+ (?:seconds|minutes))"), "about a minute"),
    (re.compile(r"etwa (?:eine Minute|\d+ (?:Sekunden|Minuten))"), "etwa eine Minute"),
    (re.compile(r"\bStartwert \d{4,}\b"), "Startwert 12345"),
    (re.compile(r"\b\d+(?:\.\d+)? s\b"), "1 s"),
)


class Bot:
    """The bot's process; it can be killed and started again on what it left."""

    def __init__(self, data: Path, url: str) -> None:
        self._data, self._url = data, url
        self._process: Process | None = None

    async def start(self, **settings: object) -> None:
        """Begin a life; returns once it is logged in and its engine is awake."""
        command = [sys.executable, "-m", whole_bot.__name__, str(self._data), f"{self._url}/api/v10"]
        self._process = await asyncio.create_subprocess_exec(*command, json.dumps(settings), stdout=PIPE)
        assert self._process.stdout is not None
        told = ""
        async with asyncio.timeout(60):
            while "awake" not in told or "Logged in" not in told:
                line = await self._process.stdout.readline()
                assert line, f"the bot ended: {told}"
                told += line.decode()

    async def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the life."""
        if self._process is not None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.communicate(), 30)
            self._process = None


@dataclass
class Telling:
    """One story while it is played: its people, the bot, and the page so far."""

    box: Sandbox
    url: str
    bot: Bot
    title: str
    language: str = "en"
    _parts: list[str] = field(default_factory=list)

    # ---- what happens

    def tell(self, text: str) -> None:
        """A paragraph between the deeds."""
        self._parts.append(text)

    async def types(self, who: Member, command: str, /, **options: Any) -> Answer:
        """A slash command, and what it is answered with; `channel` is where, and an option only within `also`."""
        where = options.pop("channel", None)
        self._tell("types", who, f"/{command}{''.join(map(_typed, options.items()))}")
        self._parts[-1] += self._words("alone" if where == "dm" else "in", where) if where else ""
        return self._shown(await who.command(command, channel=where, **options))

    async def presses(self, who: Member, message: Message, label: str, values: Sequence[str] = ()) -> Answer:
        """A button, or a choice from a menu, and what follows."""
        self._tell("presses", who, label)
        self._parts[-1] += self._words("chooses", ", ".join(values)) if values else ""
        return self._shown(await who.press(who.messages.get(message.id, message), label, values=values))

    async def fills(self, who: Member, form: Answer, values: Mapping[str, Any], **files: Any) -> Answer:
        """A form filled in and sent, and what follows."""
        said = ", ".join(f"{name}: {value}" for name, value in values.items())
        handed = "".join(self._words("files", str(len(some))) for some in files.values())
        self._tell("fills", who, f"{said}{handed}")
        return self._shown(await who.submit(form, values, files))

    async def sees(self, who: Member, text: str, within_s: float = 30.0) -> Message:
        """A message in the channel, as soon as it shows the text."""
        message = await who.wait_for(lambda one: text in one.text and not one.is_loading, within_s)
        self._tell("sees", who)
        self._shown(message)
        return message

    async def killed(self, **settings: object) -> None:
        """The bot dies in the middle, kill -9, and is started again."""
        await self.bot.end(signal.SIGKILL)
        self.tell(self._words("killed"))
        await begin(self.box, self.bot, settings)

    # ---- the page

    def _tell(self, deed: str, who: Member, what: str = "") -> None:
        self._parts.append(TOLD[self.language][deed].format(who=who.name, what=what))

    def _words(self, name: str, what: str = "") -> str:
        return TOLD[self.language][name].format(what=what)

    def _shown(self, answer: Answer) -> Answer:
        shown = as_form(answer, self._words("form")) if isinstance(answer, Modal) else as_card(answer, self._number)
        told = steady(shown).replace("· only you see this", f"· {self._words('only you see this')}", 1)
        self._parts.append(f"```text\n{told}\n```")
        return answer

    def _number(self, message: Message, button: Button) -> int:
        return [one.custom_id for one in message.buttons].index(button.custom_id) + 1

    def page(self) -> str:
        """The whole story as Markdown."""
        return "\n\n".join([f"# {self.title}", *self._parts]) + "\n"


def _typed(option: tuple[str, Any]) -> str:
    name, value = option
    if name == "also":  # options that are called like something else here
        return "".join(map(_typed, value.items()))
    return steady(f" {name}:{value[0] if isinstance(value, tuple) else value}")


def as_form(form: Modal, name: str = "form") -> str:
    """A form as text: its title and the labels of its fields."""
    fields = [f"│ {label}: {part.get('value') or ''}".rstrip(": ") for label, part in form.fields]
    return "\n".join([f"┌ {name} · {form.title}", *fields, "└"])


def steady(text: str) -> str:
    """The text without what differs each time."""
    for pattern, instead in FLEETING:
        text = pattern.sub(instead, text)
    return text


@asynccontextmanager
async def story(
    folder: Path, name: str, title: str, *, language: str = "en", **settings: object
) -> AsyncIterator[Telling]:
    """Play a story on a bot of its own; its page must be the one in docs/stories, or is written there if asked for."""
    box = Sandbox()
    data = folder / "data"
    approved(data, GuildId(next(iter(box.guilds))))
    async with serve(box) as url:
        bot = Bot(data, url)
        await begin(box, bot, settings)
        try:
            telling = Telling(box, url, bot, title, language)
            yield telling
        finally:
            await bot.end()
    assert box.ledger.violations == []
    assert pictures_without_words([one["json"] for one in box.ledger.requests]) == []
    assert mentions.of_others_in(box, data) == []
    compared(PAGES / f"{name}.md", telling.page())


async def begin(box: Sandbox, bot: Bot, settings: Mapping[str, object]) -> None:
    """Start the bot, and return once it is told of what members do: that is a moment after its login."""
    before = set(box.sessions.all)
    await bot.start(**settings)
    async with asyncio.timeout(30):
        while set(box.sessions.all) <= before:
            await asyncio.sleep(0.01)


def approved(data: Path, guild: GuildId) -> None:
    """What the operator did once: `tintype guilds allow`."""
    data.mkdir(mode=0o700)
    rooms = open_rooms(data, data / "master.key", SystemClock())
    rooms.guilds.allow(guild)
    rooms.db.conn.close()


def compared(page: Path, text: str) -> None:
    if os.environ.get(REWRITE):
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
    lines = difflib.unified_diff(page.read_text("utf-8").splitlines(), text.splitlines(), lineterm="", n=1)
    changed = "\n".join(lines)
    assert not changed, f"the story has changed; `make stories` writes {page.name} anew:\n{changed}"
