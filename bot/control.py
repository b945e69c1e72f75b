"""Lets `backup`, `guilds` and `doctor` ask a running Tintype over `data/control.sock`; it alone opens the database.

One connection carries one request and one answer, each a line of JSON:
`{"do": "backup", "to": "/mnt/b"}` -> `{"ok": true, "folder": …}`, or `{"ok": false, "code": "E_…", "facts": {…}}`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
import secrets
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import lock
from bot.barring import barred
from bot.store import Rooms, Store
from bot.studio import EngineFacts
from storage.backup import fill
from storage.clock import Clock
from storage.database import rows
from storage.errors import TintypeError
from storage.notes import UNREADABLE
from storage.records import GuildId

log = logging.getLogger(__name__)

SOCKET = "control.sock"
LONGEST_ADDRESS = 107  # bytes; `sun_path` of Linux less its closing zero
LINE_BYTES = 64 * 2**10  # of a request
PATIENCE_S = 10.0  # for the request, once somebody has connected
CLOSING_S = 2.0  # for answers under way when Tintype is stopped
RECENT_S = 7 * 86400.0  # what was met longer ago may have been mended since
BACKUP_S = 3600.0  # the longest deed

Answer = dict[str, Any]


class Deeds:
    """What can be asked; done by the running bot, or by a command that holds the lock itself."""

    def __init__(
        self,
        store: Store,
        facts: Callable[[], EngineFacts | None],
        clock: Clock,
        *,
        is_bot: bool,
        trouble: Callable[[], TintypeError | None] = lambda: None,
        look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`look` lets the running bot know at once who is let in and who is blocked."""
        self._store, self._facts, self._clock, self._is_bot, self._trouble = store, facts, clock, is_bot, trouble
        self._look = look
        self._since_s = clock.monotonic()
        self._is_ending = threading.Event()
        self._deeds: Mapping[str, Callable[[Answer], Awaitable[Answer]]] = {
            "backup": self._backup,
            "check": self._check,
            "status": self._status,
            "guilds": self._guilds,
            "blocks": self._blocks,
        }

    async def do(self, request: Answer) -> Answer:
        """The facts of the answer.

        Raises: TintypeError E_CONTROL for what nobody can ask, and whatever the deed raises.
        """
        deed = self._deeds.get(str(request.get("do")))
        if deed is None:
            raise TintypeError("E_CONTROL", request=str(request.get("do"))[:40])
        return await deed(request)

    def end(self) -> None:
        """Give up what takes long: Tintype is being stopped."""
        self._is_ending.set()

    async def _backup(self, request: Answer) -> Answer:
        """The database is copied on the store's thread, the files beside it while members go on."""
        if not isinstance(request.get("to"), str):
            raise TintypeError("E_CONTROL", request="backup")
        folder = Path(request["to"])
        begun = await self._store.run(lambda rooms: rooms.backup.begin(folder))
        made = await asyncio.to_thread(fill, begun, self._is_ending.is_set)
        return {"folder": str(made.folder), "files": made.files, "bytes": made.bytes}

    async def _status(self, request: Answer) -> Answer:
        facts, trouble = self._facts(), self._trouble()
        return {
            "pid": os.getpid(),
            "is_running": self._is_bot,
            "uptime_s": round(self._clock.monotonic() - self._since_s, 1),
            "engine": dataclasses.asdict(facts) if facts else None,
            "trouble": {"code": trouble.code, "facts": trouble.facts} if trouble else None,
            **await self._store.run(lambda rooms: _counts(rooms, self._clock.now())),
        }

    async def _check(self, request: Answer) -> Answer:
        found = await self._store.run(lambda rooms: rows(rooms.db, "pragma quick_check(1)"))
        return {"database": str(found[0]["quick_check"])}

    async def _guilds(self, request: Answer) -> Answer:
        what, guild = request.get("what", "list"), request.get("guild")
        if what not in {"list", "allow", "forbid"} or (what != "list" and not isinstance(guild, int)):
            raise TintypeError("E_CONTROL", request=f"guilds {what}"[:40])
        return await self._told(lambda rooms: _changed(rooms, str(what), guild))

    async def _blocks(self, request: Answer) -> Answer:
        return await self._told(lambda rooms: barred(rooms, request, self._clock.now()))

    async def _told(self, work: Callable[[Rooms], Answer]) -> Answer:
        """Do it, and let it hold from now on."""
        done = await self._store.run(work)
        if self._look is not None:
            await self._look()
        return done


def _counts(rooms: Rooms, now: float) -> Answer:
    unsent = len(rooms.queue.unsent())
    states = rows(rooms.db, "select state, count(*) n from jobs where state in ('queued', 'running') group by state")
    unreadable = [channel for channel, at in rooms.notes.of(UNREADABLE).items() if now - at < RECENT_S]
    return {"jobs": {str(row["state"]): row["n"] for row in states}, "unsent": unsent, "unreadable": unreadable}


def _changed(rooms: Rooms, what: str, guild: Any) -> Answer:
    if what == "allow":
        rooms.guilds.allow(GuildId(guild))
    elif what == "forbid":
        rooms.guilds.forbid(GuildId(guild))
    return {"allowed": rooms.guilds.allowed(), "waiting": rooms.guilds.waiting()}


class ControlServer:
    """The bot's side; `start` after the store is open, `close` before it is closed."""

    def __init__(
        self,
        data_dir: Path,
        store: Store,
        facts: Callable[[], EngineFacts | None],
        clock: Clock,
        trouble: Callable[[], TintypeError | None] = lambda: None,
        look: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`trouble` is why the engine cannot work; `look` lets it know at once whom it keeps out."""
        self._data_dir = data_dir
        self._deeds = Deeds(store, facts, clock, is_bot=True, trouble=trouble, look=look)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; a socket that a killed Tintype left is taken away, for whoever calls this holds the lock."""
        (self._data_dir / SOCKET).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _address(self._data_dir) as address:
            listening.bind(address)
            (self._data_dir / SOCKET).chmod(0o600)
        self._server = await asyncio.start_unix_server(self._begin, sock=listening, limit=LINE_BYTES)

    async def close(self) -> None:
        """Stop listening, take the socket away, and let who still asks have a short time for the answer."""
        if self._server is None:
            return
        self._server.close()
        (self._data_dir / SOCKET).unlink(missing_ok=True)
        self._deeds.end()
        if self._serving:
            await asyncio.wait(self._serving, timeout=CLOSING_S)
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)
        self._server = None

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answer = await self._answer(reader)
            writer.write(json.dumps(answer, default=str).encode() + b"\n")
            await writer.drain()
        except ConnectionError:
            log.info("a command left before it was answered")
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> Answer:
        try:
            return {"ok": True, **await self._deeds.do(await _request(reader))}
        except TintypeError as error:
            return {"ok": False, "code": error.code, "facts": error.facts}
        except Exception:
            number = secrets.token_hex(3)
            log.exception("error %s, while a command was answered", number)
            return {"ok": False, "code": "E_UNKNOWN", "facts": {"number": number}}


async def _request(reader: asyncio.StreamReader) -> Answer:
    """Raises: TintypeError E_CONTROL when what comes is no JSON object, or too much, or nothing for too long."""
    try:
        told = json.loads(await asyncio.wait_for(reader.readline(), PATIENCE_S))
    except (ValueError, TimeoutError) as error:
        raise TintypeError("E_CONTROL", request="?") from error
    if not isinstance(told, dict):
        raise TintypeError("E_CONTROL", request=str(told)[:40])
    return told


@contextmanager
def _address(data_dir: Path) -> Iterator[str]:
    """What to bind or connect to; a folder whose name is too long for a socket is gone through by its descriptor."""
    direct = str(data_dir / SOCKET)
    if len(os.fsencode(direct)) <= LONGEST_ADDRESS:
        yield direct
        return
    folder = os.open(data_dir, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


# --- the commands' side ----------------------------------------------------------------------------------------------


def ask(data_dir: Path, request: Answer) -> Answer | None:
    """The running bot's answer; None when no bot listens.

    Raises: TintypeError as the deed raised it, E_CONTROL_LOST when the bot ended before it answered.
    """
    told = _asked(data_dir, json.dumps(request).encode() + b"\n")
    if told is None:
        return None
    try:
        answer: Answer = json.loads(told)
    except ValueError as error:
        raise TintypeError("E_CONTROL_LOST") from error
    if not answer.pop("ok"):
        raise TintypeError(answer["code"], **answer["facts"])
    return answer


def _asked(data_dir: Path, line: bytes) -> bytes | None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        wire.settimeout(BACKUP_S)
        try:
            with _address(data_dir) as address:
                wire.connect(address)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        try:
            wire.sendall(line)
            return wire.makefile("rb").readline()
        except (ConnectionError, TimeoutError) as error:
            raise TintypeError("E_CONTROL_LOST") from error


def ask_or_do(data_dir: Path, master_key_file: Path, clock: Clock, request: Answer) -> Answer:
    """Ask the running bot; when none runs, take the lock and do it here.

    Raises: TintypeError as the deed, E_LOCKED when a Tintype holds the data and does not listen (yet).
    """
    told = ask(data_dir, request)
    if told is not None:
        return told
    with lock.held(data_dir):
        return asyncio.run(_done_here(data_dir, master_key_file, clock, request))


async def _done_here(data_dir: Path, master_key_file: Path, clock: Clock, request: Answer) -> Answer:
    store = await Store.open(data_dir, master_key_file, clock)
    try:
        return await Deeds(store, lambda: None, clock, is_bot=False).do(request)
    finally:
        await store.close()
