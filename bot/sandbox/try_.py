"""`tintype try`: a member at the keyboard, line by line, against a running stand-in."""

from __future__ import annotations

import asyncio
import shlex
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TextIO

import aiohttp

from bot.sandbox import menus
from bot.sandbox.cards import as_card
from bot.sandbox.client import DidNotRespond, Member, NotAllowed
from bot.sandbox.forms import Form
from bot.sandbox.lines import options_of
from bot.sandbox.options import NotPossible
from bot.sandbox.state import Json
from bot.sandbox.views import Answer, Button, Message, Modal

HELP = """\
/train photos/*.png word:ana-dog kind:animal   use a command; files fill its uploads, plain words the first text
?/imagine a <ana                               show the completions of the last option
3                                              press button 3, or see menu 3 and choose from it
save DIR                                       save the pictures of your newest card
save DIR 3 · save DIR all                      save those of the card with button 3, or of every card
show                                           show all cards of the channel again
wait [SECONDS] [TEXT]                          wait until a card shows TEXT, or until nothing has changed for 2 s
channel NAME                                   go there; without a name, list the channels
as NAME · as NAME --manager                    be another member; one who may manage the server
manager · manager no                           may manage the server from now on; no longer
role NAME · role -NAME                         have a role, made if there is none of that name; have it no longer
help · quit"""
Typed = asyncio.Queue[str | None]  #: lines from the keyboard, then None
Role = tuple[str, Json]  #: a member's name, and what is to be told about them
QUIET_S = 2.0  # a card that has not changed for so long is called settled
WAIT_S = 600.0  # what `wait` waits at most, unless told


class Session:
    """What is on the screen of one member."""

    def __init__(self, member: Member, typed: Typed, stdout: TextIO) -> None:
        self.member, self._stdout = member, stdout
        self._typed = typed
        self.becomes: Role | None = None  #: who is played when this session ends
        self.buttons: list[tuple[Message, Button]] = []
        self._shown: dict[str, str] = {}  # message id -> the card last printed, the newest last
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
        card = as_card(message, self._number, time.time())
        if message.is_loading or self._shown.get(message.id) == card:
            return
        self.say(("· changed ·\n" if self._shown.pop(message.id, None) else "") + card)
        self._shown[message.id] = card

    def show_gone(self, number: str) -> None:
        """Tell that a card which was printed is not there any more."""
        card = self._shown.pop(number, None)
        if card is not None:
            self.say("\n".join(["· deleted ·", *card.splitlines()[1:2]]))

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
            for number in dict.fromkeys(_message_of(event) for event in events):
                if number in self.member.messages:
                    self.show(self.member.messages[number])
                elif number is not None:
                    self.show_gone(number)

    # ---- the lines one can type

    async def obey(self, line: str) -> bool:
        """Do what a line says; False to quit."""
        word, _, rest = line.partition(" ")
        deeds: dict[str, Callable[[str], Awaitable[None]]] = {
            "help": self._help,
            "save": self._save,
            "show": self._show_all,
            "channel": self._channel,
            "as": self._as,
            "manager": self._manager,
            "role": self._role,
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
        except aiohttp.ClientError:
            self.say("! the stand-in does not answer; it is tried again")
        except (NotAllowed, NotPossible, DidNotRespond, TimeoutError, OSError, ValueError) as error:
            self.say(f"! {error}")
        return self.becomes is None

    async def _help(self, rest: str) -> None:
        self.say(HELP)

    async def _channel(self, rest: str) -> None:
        name, there = rest.strip().removeprefix("#"), await self.member.channels()
        if not name:
            self.say(f"You are in {self.member.channel or there[0]}. There are: {', '.join(there)}")
        elif name not in there:
            raise ValueError(f"there is no channel {name}; there are: {', '.join(there)}")
        else:
            self.member.channel = name

    async def _as(self, rest: str) -> None:
        name, *more = shlex.split(rest) or [""]
        if not name or set(more) - {"--manager"}:
            raise ValueError("as whom? such as: as mia, or: as mia --manager")
        self.becomes = name, {"is_manager": True} if more else {}

    async def _manager(self, rest: str) -> None:
        await self.member.change(is_manager=rest.strip() != "no")
        self.say(f"You are {described(self.member)}.")

    async def _role(self, rest: str) -> None:
        name = rest.strip()
        if not name.removeprefix("-"):
            raise ValueError("which role? such as: role artists, or: role -artists")
        lost = name.startswith("-")
        await self.member.change(**({"without_roles": [name[1:]]} if lost else {"roles": [name]}))
        self.say(f"You are {described(self.member)}.")

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
        for message in self._meant(parts[1:]):
            for number, picture in enumerate(message.files, start=1):
                target = folder / f"{message.id}-{number}-{Path(picture.name).name}"
                data = await picture.read()
                await asyncio.to_thread(target.write_bytes, data)
                self.say(f"saved {target} ({len(data)} bytes)")

    def _meant(self, which: list[str]) -> list[Message]:
        """The cards of a `save`: every one, the one with a button, or the newest of this member that shows pictures.

        Raises: ValueError when there is none.
        """
        if which == ["all"]:
            return list(self.member.messages.values())
        if which and which[0].isdigit():
            return [self._button(int(which[0]))[0]]
        cards = [self.member.messages[number] for number in reversed(self._shown) if number in self.member.messages]
        mine = [card for card in cards if card.files and self.member.is_mine(card)]
        if not mine:
            raise ValueError("no card of yours shows pictures; name one by a button on it, such as: save DIR 3")
        return mine[:1]

    def _button(self, number: int) -> tuple[Message, Button]:
        if not 1 <= number <= len(self.buttons):
            raise ValueError(f"there is no button {number}")
        return self.buttons[number - 1]

    async def _command(self, line: str) -> None:
        name, options = options_of(await self.member.commands(), line)
        await self._answer(await self.member.command(name, also=options))

    async def _complete(self, line: str) -> None:
        line = line if line.startswith("/") else f"/imagine {line}"
        name, options = options_of(await self.member.commands(), line)
        if not options:
            raise ValueError("begin the option to complete, such as ?/words card my")
        for title, value in await self.member.complete(name, also=options):
            self.say(f"  {title}" + ("" if title == value else f"  →  {value}"))

    async def _press(self, number: int) -> None:
        message, button = self._button(number)
        if button.url is not None:
            self.say(button.url)
            return
        values = await self._choice(message, button) if button.is_menu else []
        if values is None:
            self.say("└ left as it is")
            return
        await self._answer(await self.member.press(message, custom_id=button.custom_id, values=values))

    async def _choice(self, message: Message, menu: Button) -> list[str] | None:
        """What is chosen from a menu; None when it is left as it is."""
        offers = await self.member.offers(message, menu.custom_id)
        self.say(f"┌ {menu.label}   (several with commas, none = nothing, empty = leave it)\n│ {menus.listed(offers)}")
        said = await self.ask("│ ")
        return menus.chosen(offers, said) if said else None

    async def _answer(self, answer: Answer) -> None:
        if isinstance(answer, Modal):
            filled = await Form(self.member, answer, self.ask, self.say).filled()
            if filled is not None:
                await self._answer(filled)
        else:
            self.show(self.member.messages.get(answer.id, answer))


def _message_of(event: Json) -> str | None:
    """The id of the message that an event is about."""
    if event["type"] in {"message", "edit"}:
        return str(event["message"]["id"])
    return str(event["id"]) if event["type"] == "delete" else None


def _lines_of(stdin: TextIO) -> Typed:
    """Lines as they are typed, then None; read by a thread that nobody waits for, so that Ctrl-C works at once."""
    typed: Typed = asyncio.Queue()
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


def described(member: Member) -> str:
    """Who one is: `mia, who may manage the server, with the role artists`."""
    manages = ", who may manage the server" if member.about.get("is_manager") else ""
    roles = member.about.get("roles") or []
    has = f", with the role{'s' if len(roles) > 1 else ''} {', '.join(roles)}" if roles else ""
    return f"{member.name}{manages}{has}"


async def main(url: str, member: str, stdin: TextIO, stdout: TextIO, about: Json | None = None) -> int:
    """Read lines until `quit` or the end of the input, as one member after the other; the exit status."""
    typed = _lines_of(stdin)
    role: Role | None = (member, about or {})
    while role is not None:
        role = await played(url, role, typed, stdout)
    return 0


async def played(url: str, role: Role, typed: Typed, stdout: TextIO) -> Role | None:
    """Be one member until `quit`, or until another is to be played, who is returned."""
    name, about = role
    async with Member.connect(url, name, **about) as someone:
        session = Session(someone, typed, stdout)
        someone.lost = session.say
        session.say(f"You are {described(someone)}. Type help for help.")
        watching = asyncio.create_task(session.watch())
        try:
            while (line := await session.ask("> ")) is not None:
                if line and not line.startswith("#") and not await session.obey(line):
                    break
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    return session.becomes
