"""`tintype try`: a member at the keyboard, line by line, against a running stand-in."""

from __future__ import annotations

import asyncio
import glob
import shlex
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TextIO

from bot.sandbox.cards import as_card
from bot.sandbox.checks.components import RADIO, STRING_SELECT, TICK, TICKS, UPLOAD
from bot.sandbox.client import DidNotRespond, Member, NotAllowed
from bot.sandbox.lines import options_of
from bot.sandbox.options import NotPossible
from bot.sandbox.state import Json
from bot.sandbox.views import Answer, Button, Message, Modal

HELP = """\
/train photos/*.png word:ana-dog kind:animal   use a command; files fill its uploads, plain words the first text
?/imagine a <ana                               show the completions of the last option
3                                              press button 3, or choose from menu 3
save DIR                                       save all pictures of the newest card (save DIR all: of every card)
show                                           show all cards of the channel again
wait [SECONDS] [TEXT]                          wait until a card shows TEXT, or until nothing has changed for 2 s
channel NAME · help · quit"""
QUIET_S = 2.0  # a card that has not changed for so long is called settled
WAIT_S = 600.0  # what `wait` waits at most, unless told


class Session:
    """What is on the screen of one member."""

    def __init__(self, member: Member, stdin: TextIO, stdout: TextIO) -> None:
        self.member, self._stdout = member, stdout
        self._typed = _lines_of(stdin)
        self.buttons: list[tuple[Message, Button]] = []
        self.newest: Message | None = None
        self._shown: dict[str, str] = {}  # message id -> the card last printed
        self._numbers: dict[tuple[str, str], int] = {}  # (message id, custom_id) -> button number

    def say(self, text: str) -> None:
        """Print a line."""
        self._stdout.write(text + "\n")
        self._stdout.flush()

    async def ask(self, prompt: str) -> str | None:
        """One line from the keyboard; None at the end of the input."""
        self._stdout.write(prompt)
        self._stdout.flush()
        return await self._typed.get()

    def show(self, message: Message) -> None:
        """Print a card when it looks different from before."""
        card = as_card(message, self._number)
        if message.is_loading or self._shown.get(message.id) == card:
            return
        self.say(("· changed ·\n" if message.id in self._shown else "") + card)
        self._shown[message.id] = card
        self.newest = message

    def _number(self, message: Message, button: Button) -> int:
        """The number by which a button is pressed; it stays with the button while its card changes."""
        key = (message.id, button.custom_id or button.label)
        if key not in self._numbers:
            self.buttons.append((message, button))
            self._numbers[key] = len(self.buttons)
        number = self._numbers[key]
        self.buttons[number - 1] = (message, button)
        return number

    async def watch(self) -> None:
        """Print cards as they come and change, for ever."""
        seen = 0
        while True:
            await self.member.moved(seen)
            events, seen = self.member.events[seen:], len(self.member.events)
            for number in dict.fromkeys(
                event["message"]["id"] for event in events if event["type"] in {"message", "edit"}
            ):
                if number in self.member.messages:
                    self.show(self.member.messages[number])

    # ---- the lines one can type

    async def obey(self, line: str) -> bool:
        """Do what a line says; False to quit."""
        word, _, rest = line.partition(" ")
        deeds: dict[str, Callable[[str], Awaitable[None]]] = {
            "help": self._help,
            "save": self._save,
            "show": self._show_all,
            "channel": self._channel,
            "wait": self._wait,
        }
        if word in {"quit", "exit"}:
            return False
        try:
            if line.startswith("?"):
                await self._complete(line[1:])
            elif line.startswith("/"):
                await self._command(line)
            elif line.isdigit():
                await self._press(int(line))
            else:
                await deeds.get(word, self._help)(rest)
        except (NotAllowed, NotPossible, DidNotRespond, TimeoutError, OSError, ValueError) as error:
            self.say(f"! {error}")
        return True

    async def _help(self, rest: str) -> None:
        self.say(HELP)

    async def _channel(self, rest: str) -> None:
        self.member.channel = rest.strip() or None

    async def _show_all(self, rest: str) -> None:
        self._shown.clear()
        for message in await self.member.read():
            self.show(message)

    async def _wait(self, rest: str) -> None:
        first, _, text = rest.partition(" ")
        limit_s, text = (float(first), text) if first.replace(".", "", 1).isdigit() else (WAIT_S, rest)
        if text.strip():
            await self.member.wait_for(lambda message: text.strip() in message.text, limit_s)
            return
        async with asyncio.timeout(limit_s):
            while await self.member.changes_within(QUIET_S):
                pass

    async def _save(self, rest: str) -> None:
        parts = shlex.split(rest)
        if not parts:
            raise ValueError("save where?")
        folder = Path(parts[0])
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        newest = [self.newest] if self.newest is not None else []
        messages = list(self.member.messages.values()) if parts[1:] == ["all"] else newest
        for message in messages:
            for number, picture in enumerate(message.files, start=1):
                target = folder / f"{message.id}-{number}-{Path(picture.name).name}"
                data = await picture.read()
                await asyncio.to_thread(target.write_bytes, data)
                self.say(f"saved {target} ({len(data)} bytes)")

    async def _command(self, line: str) -> None:
        name, options = options_of(await self.member.commands(), line)
        await self._answer(await self.member.command(name, **options))

    async def _complete(self, line: str) -> None:
        line = line if line.startswith("/") else f"/imagine {line}"
        name, options = options_of(await self.member.commands(), line)
        if not options:
            raise ValueError("begin the option to complete, such as ?/words card my")
        for title, value in await self.member.complete(name, **options):
            self.say(f"  {title}" + ("" if title == value else f"  →  {value}"))

    async def _press(self, number: int) -> None:
        if not 1 <= number <= len(self.buttons):
            raise ValueError(f"there is no button {number}")
        message, button = self.buttons[number - 1]
        if button.url is not None:
            self.say(button.url)
            return
        values = shlex.split(await self.ask(f"{', '.join(button.options)}? ") or "") if button.options else []
        await self._answer(await self.member.press(message, custom_id=button.custom_id, values=values))

    async def _answer(self, answer: Answer) -> None:
        if isinstance(answer, Modal):
            await self._fill(answer)
        else:
            self.show(self.member.messages.get(answer.id, answer))

    async def _fill(self, modal: Modal) -> None:
        """Ask for each field; an empty line keeps what is there, `-` on the first field closes the form."""
        self.say(f"┌ {modal.title}   (empty = leave as it is, - = close the form)")
        values: Json = {}
        files: dict[str, list[Path]] = {}
        for label, field in modal.fields:
            said = await self.ask(f"│ {label}{_hint(field)}: ")
            if said is None or said == "-":
                self.say("└ closed")
                return
            if not said:
                continue
            if field["type"] == UPLOAD:
                files[field["custom_id"]] = files_of(said)
            else:
                values[field["custom_id"]] = _value(field, said)
        await self._answer(await self.member.submit(modal, values, files))


def _lines_of(stdin: TextIO) -> asyncio.Queue[str | None]:
    """Lines as they are typed, then None; read by a thread that nobody waits for, so that Ctrl-C works at once."""
    typed: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(line: str | None) -> bool:
        if loop.is_closed():
            return False
        loop.call_soon_threadsafe(typed.put_nowait, line)
        return True

    def listen() -> None:
        while line := stdin.readline():
            if not put(line.strip()):
                return
        put(None)

    threading.Thread(target=listen, daemon=True, name="keyboard").start()
    return typed


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


def _hint(field: Json) -> str:
    if field["type"] == UPLOAD:
        return f" (files, up to {field.get('max_values', 1)}, * allowed)"
    if field["type"] == TICK:
        return " (yes or no)"
    if field["type"] in {RADIO, STRING_SELECT, TICKS}:
        return " (" + " | ".join(str(option["label"]) for option in field["options"]) + ")"
    return f" [{field['value']}]" if field.get("value") else ""


def _value(field: Json, said: str) -> Any:
    if field["type"] == TICK:
        return said.lower() in {"y", "yes", "x", "true", "1"}
    if field["type"] in {STRING_SELECT, TICKS}:
        return [part.strip() for part in said.split(",")]
    return said


async def main(url: str, member: str, stdin: TextIO, stdout: TextIO) -> int:
    """Read lines until `quit` or the end of the input; the exit status."""
    async with Member.connect(url, member) as someone:
        session = Session(someone, stdin, stdout)
        session.say(f"You are {member}. Type help for help.")
        watching = asyncio.create_task(session.watch())
        try:
            while (line := await session.ask("> ")) is not None:
                if line and not line.startswith("#") and not await session.obey(line):
                    break
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    return 0
