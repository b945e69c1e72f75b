"""A whole bot on the stand-in, over a real store; the engine's and the scheduler's parts are played by the test."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.attachments import ALL_BYTES, Attachments
from bot.client import Tintype
from bot.retelling import retold
from bot.sandbox import Sandbox
from bot.sandbox.client import Answer, Member, Message, Modal
from bot.sandbox.state import COMPONENT, MODAL_SUBMIT
from bot.store import Rooms, Store
from bot.studio import EngineFacts, Studio
from storage.clock import SystemClock
from storage.errors import PhotoRejected
from storage.inspection_client import InspectedPhoto
from storage.records import (
    ChannelId,
    Concept,
    GuildId,
    Image,
    Job,
    JobId,
    JobState,
    MemberId,
    Progress,
    Version,
)
from storage.records import Message as Told
from tests.bot.commands import engine_play
from tests.bot.commands.engine_play import PNG

FACTS = EngineFacts.from_ping(
    {
        "state": "ready",
        "base_model": {"id": "miniature", "revision": "1", "title": "Miniature", "size_px": 64},
        "device": {"name": "cpu"},
        "methods": [
            {"name": "lora", "title": "LoRA", "summary": "learns best", "min_photos": 3},
            {"name": "textual_inversion", "title": "Textual inversion", "summary": "tiny files", "min_photos": 1},
            {"name": "pivotal", "title": "Pivotal tuning", "summary": "both", "min_photos": 1},
        ],
        "class_words": {"animal": ["dog", "cat"], "object": ["mug"], "person": ["person"], "style": ["pastel"]},
        "output_check": "off",
    }
)


class QuickInspector:
    """Takes every upload that begins as a PNG; its last bytes are the picture, so equal ones are copies."""

    async def inspect_photo(self, data: bytes, name: str, *, size_px: int) -> InspectedPhoto:
        if not data.startswith(b"\x89PNG"):
            raise PhotoRejected("E_FORMAT", photo=name)
        digest = hashlib.sha256(data).hexdigest()
        facts = {"phash": digest[:16], "sharpness": float(data[-1]), "remarks": []}
        return InspectedPhoto(
            name=name, image=data, thumbnail=PNG, width_px=640, height_px=480, sha256=digest, facts=facts
        )


def photo(number: int) -> bytes:
    return PNG + bytes([number])


def photos(count: int) -> dict[str, tuple[str, bytes]]:
    """Options photo1, photo2, … of /train."""
    return {f"photo{n}": file for n, file in enumerate(files(1, count), 1)}


def files(first: int, last: int) -> list[tuple[str, bytes]]:
    """Uploads in a form."""
    return [(f"dog-{n}.png", photo(n)) for n in range(first, last + 1)]


@dataclass
class Stage:
    """The stand-in, the bot on it, and two members."""

    box: Sandbox
    url: str
    store: Store
    folder: Path
    inspect: Any = field(default_factory=QuickInspector)
    facts: EngineFacts | None = FACTS
    owners: frozenset[int] = frozenset()
    guilds: frozenset[int] = frozenset()
    all_bytes: int = ALL_BYTES
    woken: int = 0
    bot: Tintype = field(init=False)
    ana: Member = field(init=False)
    ben: Member = field(init=False)

    # ---- the bot

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Tintype]:
        """The bot, logged in; again and again, as after restarts."""
        attachments = Attachments(f"{self.url}/api/v10", all_bytes=self.all_bytes)
        self.bot = Tintype(self._studio(attachments), self.folder / "commands.sha256", guild_ready_timeout=0.01)
        task = asyncio.create_task(self.bot.start(self.box.discord_token))
        ready = asyncio.create_task(self._ready())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        try:
            if task.done():
                task.result()
            yield self.bot
        finally:
            await self.bot.close()
            ready.cancel()
            await asyncio.gather(task, ready, return_exceptions=True)
            await attachments.close()

    async def _ready(self) -> None:
        while not self.bot.is_ready():
            await asyncio.sleep(0.005)

    def _studio(self, attachments: Attachments) -> Studio:
        return Studio(
            self.store, facts=lambda: self.facts, wake=self._wake, clock=SystemClock(), attachments=attachments,
            inspect=self.inspect, guilds=self.guilds, owners=self.owners,
        )  # fmt: skip

    def _wake(self) -> None:
        self.woken += 1

    # ---- people and places

    def id_of(self, member: Member | str) -> MemberId:
        person = self.box.person(member if isinstance(member, str) else member.name)
        assert person is not None
        return MemberId(person.id)

    @property
    def guild(self) -> GuildId:
        return GuildId(next(iter(self.box.guilds)))

    def channel(self, name: str = "general") -> ChannelId:
        return ChannelId(next(one.id for one in self.box.channels.values() if one.name == name))

    # ---- presses that the app would not offer

    async def forge_there(self, member: Member, custom_id: str, channel: str = "after-dark") -> str:
        """The same in another channel."""
        return await self.forge(member, custom_id, channel=channel)

    async def forge(
        self,
        member: Member,
        custom_id: str,
        message: Message | None = None,
        *,
        form: Any = None,
        channel: str = "general",
    ) -> str:
        """What a member is told who sends a press, or a form, of their own making."""
        person = self.box.people[self.id_of(member)]
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": 2, "id": 1}
        under = self.box.messages[int(message.id)] if message else None
        if form is not None:
            data = {"custom_id": custom_id, "components": form}
        one = self.box.interact(
            COMPONENT if form is None else MODAL_SUBMIT, person, self.box.channels[self.channel(channel)], data, under
        )
        await asyncio.wait_for(one.settled.wait(), 10)
        assert one.outcome is not None
        if one.outcome["outcome"] == "modal":
            return str(one.outcome["modal"]["title"])
        told = await member._until(lambda: _answer(member, str(one.id)), 10, "no answer to a forged press")
        return told.text

    # ---- the store

    async def run(self, work: Callable[[Rooms], Any]) -> Any:
        return await self.store.run(work)

    async def jobs(self, member: Member | str | None = None) -> list[Job]:
        """All jobs of a member, the newest first."""
        owner = self.id_of(member or self.ana)
        return list(await self.run(lambda rooms: rooms.queue.of_owner(owner, 100)))

    async def job(self, member: Member | str | None = None) -> Job:
        return (await self.jobs(member))[0]

    async def concept(self, name: str, member: Member | None = None) -> Concept | None:
        owner = self.id_of(member or self.ana)
        found: Concept | None = await self.run(lambda rooms: rooms.concepts.named(owner, self.guild, name))
        return found

    # ---- the engine's part

    async def start(self, job: Job, *, done: int = 0, total: int = 0) -> Job:
        def work(rooms: Rooms) -> Job:
            claimed = rooms.queue.claim(job.id, "engine-1", 60.0)
            assert claimed is not None
            if total:
                progress = Progress(phase="train", done=done, total=total, loss=0.5, seconds_left=90.0)
                preview = rooms.vault.put(job.owner, PNG + b"preview")
                rooms.queue.beat(job.id, claimed.attempt, 60.0, progress=progress, preview=preview)
            return rooms.queue.get(job.id) or claimed

        started: Job = await self.run(work)
        return started

    async def learn(self, job: Job) -> Version:
        """Finish a training as the engine would."""
        started = job if job.state is JobState.RUNNING else await self.start(job)
        version: Version = await self.run(lambda rooms: engine_play.learn(rooms, started, self.facts or FACTS))
        return version

    async def draw(self, job: Job) -> list[Image]:
        """Finish an /imagine as the engine would."""
        started = job if job.state is JobState.RUNNING else await self.start(job)
        images: list[Image] = await self.run(lambda rooms: engine_play.draw(rooms, started))
        return images

    async def fail(self, job: Job, code: str = "E_NO_MEMORY", **facts: Any) -> None:
        started = job if job.state is JobState.RUNNING else await self.start(job)
        await self.run(lambda rooms: engine_play.fail(rooms, started, code, facts))

    async def post(self, job: JobId) -> Message:
        """Post the job's card in its channel, as the outbox would; as ana sees it."""
        now = SystemClock().now()
        found = await self.run(lambda rooms: rooms.queue.get(job))
        card = await self.run(lambda rooms: retold(rooms, found, self.facts, now))
        posted = await self.bot.get_partial_messageable(found.channel).send(view=card.view, files=card.files)
        told = Told(job=job, channel=found.channel, message=posted.id, role="final")
        await self.run(lambda rooms: rooms.queue.remember(told))
        return await self.ana.wait_for(lambda message: message.id == str(posted.id))

    # ---- shortcuts through the main job

    async def report(self, count: int = 5, word: str = "ana-dog", **options: Any) -> Message:
        return shown(await self.ana.command("train", word=word, **({"kind": "animal"} | options), **photos(count)))

    async def taught(self, word: str = "ana-dog", kind: str = "animal") -> Version:
        """A word of ana's, learned."""
        card = await self.report(word=word, kind=kind)
        await self.ana.press(card, label_of(card, "train"))
        return await self.learn(await self.job())

    async def grid(self, prompt: str = "<ana-dog> on the beach", **options: Any) -> Message:
        """A grid of ana's, drawn and posted."""
        await self.ana.command("imagine", prompt=prompt, **options)
        job = await self.job()
        await self.draw(job)
        return await self.post(job.id)


def shown(answer: Answer) -> Message:
    assert isinstance(answer, Message), f"a form opened: {answer}"
    return answer


def opened(answer: Answer) -> Modal:
    assert isinstance(answer, Modal), f"no form, but: {answer.text}"
    return answer


def label_of(message: Message, verb: str) -> str:
    return next(one.label for one in message.buttons if one.custom_id and one.custom_id.startswith(f"t1:{verb}:"))


def custom_id_of(message: Message, verb: str) -> str:
    return next(one.custom_id for one in message.buttons if one.custom_id and one.custom_id.startswith(f"t1:{verb}:"))


def _answer(member: Member, interaction: str) -> Message | None:
    for message in reversed(member.messages.values()):
        if message.interaction == interaction and not message.is_loading:
            return message
    return None


@asynccontextmanager
async def on_stage(box: Sandbox, url: str, folder: Path, **about: Any) -> AsyncIterator[Stage]:
    """The store opened, the server approved, the library pointed at the stand-in; the bot is not started yet."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws") + "/gateway")
    store = await Store.open(folder / "data", folder / "master.key", SystemClock())
    stage = Stage(box, url, store, folder, **about)
    await store.run(lambda rooms: rooms.db.conn.execute("pragma synchronous = off"))  # no test pulls the plug
    await store.run(lambda rooms: rooms.guilds.allow(stage.guild))
    try:
        async with Member.connect(url, "ana") as stage.ana, Member.connect(url, "ben") as stage.ben:
            yield stage
    finally:
        await store.close()
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
