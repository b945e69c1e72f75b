"""The storage objects behind one connection on one thread, awaited from everywhere else."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlite_utils import Database

from bot.turns import Turns
from storage.answers import Answers
from storage.atomic import make_folder
from storage.audit import Audit
from storage.backup import BLOBS, DATABASE, KEYS, Backup
from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import open_database
from storage.guilds import Guilds
from storage.images import Images
from storage.imports import Imports
from storage.moderation import Moderation
from storage.names import Names
from storage.notes import Notes
from storage.pending import PendingOrders
from storage.photos import Photos
from storage.points import Points
from storage.preferences import Wishes
from storage.privacy import Privacy
from storage.questions import Questions
from storage.queue import Queue
from storage.retention import Retention
from storage.rules import Rules
from storage.setups import Setups
from storage.sharing import Sharing
from storage.steadiness import SteadyDate
from storage.styles import Styles
from storage.upkeep import Upkeep
from storage.vault import Vault

T = TypeVar("T")
Asked = tuple[Future[Any], Callable[["Rooms"], Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """All that keeps something, over one database and one vault."""

    db: Database
    queue: Queue
    concepts: Concepts
    photos: Photos
    points: Points
    images: Images
    imports: Imports
    vault: Vault
    privacy: Privacy
    guilds: Guilds
    sharing: Sharing
    styles: Styles
    wishes: Wishes
    moderation: Moderation
    rules: Rules
    audit: Audit
    setups: Setups
    notes: Notes
    names: Names
    pending: PendingOrders
    answers: Answers
    questions: Questions
    retention: Retention
    upkeep: Upkeep
    backup: Backup
    turns: Turns = field(default_factory=Turns)  #: of this run of the bot


def open_rooms(data_dir: Path, master_key_file: Path, clock: Clock) -> Rooms:
    """Open, or make, a data folder.

    Raises: TintypeError E_MASTER_KEY, E_DATABASE_BROKEN, E_DATABASE_NEWER, E_DISK_FULL.
    """
    make_folder(data_dir)
    vault = Vault(data_dir / BLOBS, data_dir / KEYS, master_key_file)
    vault.check_keys()
    db = open_database(data_dir / DATABASE)
    photos, backup = Photos(db, vault, clock), Backup(db, data_dir, vault, clock)
    questions = Questions(db, clock)
    privacy = Privacy(db, vault, clock, backup.rewrite_keys)
    retention = Retention(db, vault, clock, privacy)
    return Rooms(
        db=db,
        queue=Queue(db, clock),
        concepts=Concepts(db, clock),
        photos=photos,
        points=Points(db, vault, clock),
        images=Images(db),
        imports=privacy.imports,
        vault=vault,
        privacy=privacy,
        guilds=Guilds(db, clock),
        sharing=Sharing(db, clock),
        styles=Styles(db, clock),
        wishes=Wishes(db, clock),
        moderation=Moderation(db, clock),
        rules=Rules(db, clock),
        audit=Audit(db, clock),
        setups=Setups(db, clock),
        notes=Notes(db),
        names=Names(db),
        pending=PendingOrders(db, clock),
        answers=Answers(db, vault, clock),
        questions=questions,
        retention=retention,
        upkeep=Upkeep(photos, privacy, questions, retention, vault, SteadyDate(db, clock)),
        backup=backup,
    )


class Store:
    """Awaits work with the rooms on the one thread that touches them, so that the event loop never waits for a disk."""

    def __init__(self, thread: ThreadPoolExecutor, rooms: Rooms) -> None:
        self._thread, self._rooms = thread, rooms
        self._soon: deque[Asked] = deque()
        self._in_turn: deque[Asked] = deque()

    @classmethod
    async def open(cls, data_dir: Path, master_key_file: Path, clock: Clock) -> Self:
        """Open the data folder on a thread of its own.

        Raises: TintypeError as `open_rooms`.
        """
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        try:
            loop = asyncio.get_running_loop()
            rooms = await loop.run_in_executor(thread, open_rooms, data_dir, master_key_file, clock)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(thread, rooms)

    async def run(self, work: Callable[[Rooms], T], *, soon: bool = False) -> T:
        """Run the work with the rooms; one at a time, in the order of asking.

        Work that an interaction cannot be answered without is done `soon`, before all other. Once begun it is
        finished, even when whoever waits for it is cancelled. It speaks the language of whoever asked for it.
        """
        future: Future[T] = Future()
        context = copy_context()
        (self._soon if soon else self._in_turn).append((future, lambda rooms: context.run(work, rooms)))
        self._thread.submit(self._next)  # once for each that was asked for
        return await asyncio.wrap_future(future)

    def _next(self) -> None:
        future, work = (self._soon or self._in_turn).popleft()
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work(self._rooms))
        except BaseException as error:  # noqa: BLE001 – it belongs to whoever asked
            future.set_exception(error)

    async def close(self) -> None:
        """Finish what was asked for, and close the database."""
        await self.run(lambda rooms: rooms.db.conn.close())
        self._thread.shutdown(wait=True)
