"""The bot process: connects Discord, store and engine, keeps them going, and takes them down in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from bot import connection, inspection, texts
from bot.attachments import Attachments
from bot.attempts import Attempts
from bot.client import Tintype
from bot.connection import Place, Say
from bot.control import ControlServer
from bot.engine_link import EngineLink, Patience
from bot.errors import sentence_of
from bot.following import Following
from bot.letters import Letters
from bot.lock import held
from bot.machine import savings_said
from bot.notices import tell
from bot.outbox import Outbox
from bot.rechecking import NOWHERE, Scene, depends_on_place, scene_of
from bot.remembering import Remembering
from bot.roll_call import RollCall
from bot.scheduler import Scheduler
from bot.store import Store
from bot.studio import Studio
from bot.takedown import take_down
from bot.watcher import Watcher
from storage.clock import Clock, SystemClock
from storage.queue import InLine

log = logging.getLogger(__name__)

UPKEEP_S = 300.0
TAKEDOWN_S = 60.0
CHECKPOINT_S = 5.5  # for what runs, when Tintype is stopped
TURN_S = 0.5  # for the scheduler to put it back in line
ENDING_S = 8.5  # for these two and all the rest; after ten seconds Tintype must be gone, with its database closed

WORK = (
    "scheduler",
    "engine",
    "remembering",
    "upkeep",
    "outbox",
    "watcher",
    "letters",
    "following",
    "takedowns",
    "rolls",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOf:
    """How its engine is started."""

    command: Sequence[str]
    environ: Mapping[str, str]
    patience: Patience | None = None


class Tasks:
    """What goes on beside; when one of them ends by itself, so does the bot."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def go(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin it."""
        task = self._tasks[name] = asyncio.create_task(work, name=name)
        return task

    async def first_end(self, stop: asyncio.Event) -> None:
        """Wait until somebody wants us to stop, or a part has ended.

        Raises: what that part raised.
        """
        wanted = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait([wanted, *self._tasks.values()], return_when=asyncio.FIRST_COMPLETED)
            for task in done - {wanted}:
                await task
        finally:
            wanted.cancel()

    async def end(self, *names: str) -> None:
        """Cancel these parts and wait for them."""
        tasks = [self._tasks.pop(name) for name in names if name in self._tasks]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def over_by(moment_s: float, **parts: Coroutine[Any, Any, None]) -> None:
    """Let these parts end beside each other; at that moment of the loop's time, what has not ended is given up."""
    tasks = [asyncio.create_task(part, name=name) for name, part in parts.items()]
    done, late = await asyncio.wait(tasks, timeout=max(0.0, moment_s - asyncio.get_running_loop().time()))
    for task in late:
        log.warning("%s did not end in time and is given up", task.get_name())
        task.cancel()
    for task in done:
        if error := task.exception():
            log.error("%s ended badly", task.get_name(), exc_info=error)


class Bot:
    """All parts of one running Tintype, built once; `run` brings them to life."""

    def __init__(self, place: Place, store: Store, engine: EngineOf, clock: Clock, say: Say) -> None:
        self._place, self._store, self._clock, self._say = place, store, clock, say
        self._tasks = Tasks()
        self._told_engine = ""
        self._client_here: Tintype | None = None
        self._outbox: Outbox | None = None
        self._watcher: Watcher | None = None
        self._letters: Letters | None = None
        self.link = EngineLink(engine.command, engine.environ, clock, changed=self._changed, patience=engine.patience)
        self._remembering = Remembering(store, self.link, engine.command)
        self._attempts = Attempts(store, place.data_dir / "run")
        self._scheduler = Scheduler(store, self.link, self._attempts, clock, told=self._tell, scene_of=self._scene_of)
        self._attachments = Attachments(place.api_url)
        self._following = Following(store, lambda: self.link.facts, clock)
        self._studio = Studio(
            store,
            facts=lambda: self.link.facts,
            wake=self.wake,
            clock=clock,
            attachments=self._attachments,
            inspect=inspection,
            guilds=place.guilds,
            owners=place.owners,
            takes_photos=place.takes_photos,
            follow=self._following.follow,
        )

    def _scene_of(self, job: InLine) -> Scene | None:
        return scene_of(self._client_here, job) if depends_on_place(job) else NOWHERE

    def wake(self) -> None:
        """Something was queued, cancelled or wished."""
        self._scheduler.wake()
        self._tell()

    def _tell(self) -> None:
        """Something must be said or shown."""
        for teller in (self._outbox, self._watcher, self._letters):
            if teller is not None:
                teller.wake()

    def _changed(self) -> None:
        """The engine came, went, or failed."""
        self.wake()
        self._remembering.wake()
        told = engine_lines(self.link)
        if told and told != self._told_engine:
            self._told_engine = told
            self._say(told)

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set.

        Raises: TintypeError E_TOKEN, E_INTENTS when Discord will not have us; whatever broke a part.
        """
        await self._remembering.recall()
        control = ControlServer(
            self._place.data_dir,
            self._store,
            lambda: self.link.facts,
            self._clock,
            trouble=lambda: self.link.trouble,
            look=self._studio.door.look,
        )
        await control.start()
        self._tasks.go("remembering", self._remembering.run())
        scheduled = self._tasks.go("scheduler", self._scheduler.run())
        self._tasks.go("engine", self.link.run())
        self._tasks.go("upkeep", self._keep_up())
        client: Tintype | None = None
        try:
            client = await connection.logged_in(self._client, self._place, stop, self._say)
            if client is not None:
                self._serve(client)
                with connection.advising():
                    await self._tasks.first_end(stop)
        finally:
            await self._end(client, scheduled, control)

    def _client(self) -> Tintype:
        return Tintype(self._studio, self._place.data_dir / "commands.sha256")

    def _serve(self, client: Tintype) -> None:
        self._client_here = client
        facts = lambda: self.link.facts  # noqa: E731 – asked each time
        self._outbox = Outbox(self._store, client, facts, self._clock)
        self._watcher = Watcher(self._store, client, facts, self._clock)
        self._letters = Letters(self._store, client, self._clock)
        self._say(texts.say("run-connected", name=str(client.user)))
        if self._place.is_invited:
            self._say(texts.say("run-invite", url=connection.invite(client)))
        self._tasks.go("discord", client.connect(reconnect=True))
        self._tasks.go("outbox", self._outbox.run())
        self._tasks.go("watcher", self._watcher.run())
        self._tasks.go("letters", self._letters.run())
        self._tasks.go("following", self._following.run(client))
        self._tasks.go("takedowns", self._take_messages_down(client))
        self._tasks.go("rolls", RollCall(self._store, client).run())

    async def _keep_up(self) -> None:
        while True:
            swept = await self._store.run(lambda rooms: rooms.upkeep.run())
            told = "upkeep removed %d photos, %d files, and by the rules of servers %d pictures and words"
            log.info(told, swept.photos, swept.files, swept.by_rule)
            await asyncio.sleep(UPKEEP_S)

    async def _take_messages_down(self, client: Tintype) -> None:
        """What a deletion still owes after an outage, and what members must still be told."""
        while True:
            await asyncio.sleep(TAKEDOWN_S)
            await take_down(client, self._store.run)
            await tell(client, self._store.run)

    async def _end(self, client: Tintype | None, scheduled: asyncio.Task[None], control: ControlServer) -> None:
        """Put what runs back in line, then let go of everything; whatever hangs, it is over at one moment."""
        moment_s = asyncio.get_running_loop().time() + ENDING_S
        self._scheduler.stop(CHECKPOINT_S)
        await asyncio.wait([scheduled], timeout=CHECKPOINT_S + TURN_S)
        await over_by(
            moment_s,
            work=self._tasks.end(*WORK),
            discord=self._leave(client),
            control=control.close(),
        )
        self._attempts.sweep_all()  # what a scheduler that was not done in time has left in the clear

    async def _leave(self, client: Tintype | None) -> None:
        """Leave Discord; the answers under way still use what is closed after it."""
        try:
            if client is not None:
                await client.close()
        finally:
            await self._tasks.end("discord")
            await self._attachments.close()


def engine_lines(link: EngineLink) -> str:
    """What the operator wants to know of the engine: device, memory, base model, what fits; or what is wrong."""
    if link.trouble is not None:
        return sentence_of(link.trouble)
    if link.process is None or link.facts is None:
        return ""
    device = link.told.get("device") or {}
    lines = [
        texts.say(
            "run-engine",
            base=link.facts.title or link.facts.base_id,
            device=link.facts.device,
            free_mib=int(device.get("free_mib") or 0),
            total_mib=int(device.get("total_mib") or 0),
        )
    ]
    lines += [
        texts.say(
            "run-fits",
            what=what,
            need_mib=int(need["needs_mib"]),
            enough="yes" if need["is_enough"] else "no",
            savings=savings_said(need),
        )
        for what, need in link.facts.fits.items()
    ]
    if link.facts.output_check:
        lines.append(texts.say("run-check", check=link.facts.output_check))
    return "\n".join(lines)


async def serve(place: Place, engine: EngineOf, stop: asyncio.Event, say: Say, clock: Clock | None = None) -> None:
    """Be the Tintype of a data folder until `stop` is set.

    Raises: TintypeError E_LOCKED, E_TOKEN, E_INTENTS, and those of `open_rooms`.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        stack.enter_context(held(place.data_dir))
        await stack.enter_async_context(connection.talking_to(place.api_url))
        store = await Store.open(place.data_dir, place.master_key_file, clock)
        stack.push_async_callback(store.close)
        await Bot(place, store, engine, clock, say).run(stop)
