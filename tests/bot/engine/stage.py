"""The real store, link and scheduler around the fake engine, and jobs to give them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import comparing
from bot.attempts import Attempts
from bot.engine_link import EngineLink, Patience
from bot.engine_process import environment
from bot.rechecking import NOWHERE
from bot.scheduler import SceneOf, Scheduler
from bot.store import Rooms, Store
from storage.clock import Clock, SystemClock
from storage.records import ConceptId, Consent, Job, JobId, JobKind, Kind, MemberId, NewJob, Version
from tests.bot.engine import fake_engine
from tests.storage.rooms import ANA, CHANNEL, HOME, add_photo, open_draft

FAKE = Path(fake_engine.__file__)
COMMAND = [sys.executable, str(FAKE)]
QUICK = Patience(ping_s=0.5, loading_ping_s=0.01, silent_s=5.0, first_again_s=0.01, most_again_s=0.05)


def fake_environment(**settings: object) -> dict[str, str]:
    told = {f"FAKE_ENGINE_{name}": str(value) for name, value in settings.items()}
    return environment({}, Path("models")) | told


@dataclass
class Stage:
    store: Store
    link: EngineLink
    scheduler: Scheduler
    run_dir: Path

    async def job(self, job: JobId) -> Job:
        found = await self.store.run(lambda rooms: rooms.queue.get(job))
        assert found is not None
        return found

    async def until(self, is_so: Callable[[Rooms], bool], within_s: float = 20.0) -> None:
        async with asyncio.timeout(within_s):
            while not await self.store.run(is_so):
                await asyncio.sleep(0.02)

    async def end_of(self, job: JobId, within_s: float = 20.0) -> Job:
        await self.until(lambda rooms: bool((found := rooms.queue.get(job)) and found.state.is_over), within_s)
        return await self.job(job)

    async def put(self, put: Callable[..., Job], *values: Any, **more: Any) -> Job:
        job = await self.store.run(lambda rooms: put(rooms, *values, **more))
        self.scheduler.wake()
        return job


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    command: list[str] | None = None,
    clock: Clock | None = None,
    stop_s: float = 5.0,
    told: Callable[[], None] = lambda: None,
    scene_of: SceneOf = lambda job: NOWHERE,
    **settings: object,
) -> AsyncIterator[Stage]:
    clock = clock or SystemClock()
    store = await Store.open(folder / "data", folder / "data" / "master.key", clock)
    await store.run(lambda rooms: rooms.db.conn.execute("pragma synchronous = off"))
    woken: list[Callable[[], None]] = []
    link = EngineLink(
        command or COMMAND,
        fake_environment(**settings),
        clock,
        changed=lambda: [wake() for wake in woken],
        patience=QUICK,
    )
    attempts = Attempts(store, folder / "data" / "run")
    scheduler = Scheduler(store, link, attempts, clock, told=told, scene_of=scene_of, poll_s=0.01)
    woken.append(scheduler.wake)
    linked, scheduled = asyncio.create_task(link.run()), asyncio.create_task(scheduler.run())
    try:
        yield Stage(store, link, scheduler, folder / "data" / "run")
    finally:
        scheduler.stop(stop_s)
        await scheduled
        linked.cancel()
        await asyncio.gather(linked, return_exceptions=True)
        await store.close()


PHOTOS = [b"photo one", b"photo two", b"photo three"]


def put_training(
    rooms: Rooms, word: str = "ana-dog", owner: MemberId = ANA, kind: Kind = Kind.ANIMAL, key: str | None = None
) -> Job:
    draft = open_draft(rooms.photos, owner, word=word, kind=kind)
    for content in PHOTOS:
        add_photo(rooms.photos, draft, content)
    concept = rooms.concepts.create(owner, HOME, word, kind, "dog")
    if kind is Kind.PERSON:
        rooms.concepts.agree(Consent(concept=concept.id, person=owner, text_version="1", given_at=1.0))
    request = {
        "draft": draft.id, "concept": concept.id, "word": word, "kind": str(kind), "class_word": "dog",
        "method": "lora", "photos": [photo.id for photo in rooms.photos.of(draft.id)], "consent": None,
    }  # fmt: skip
    rooms.photos.change_draft(draft.id, state="training")
    job, _ = rooms.queue.put(
        NewJob(
            kind=JobKind.TRAIN, owner=owner, guild=HOME, channel=CHANNEL, key=key or word, request=request,
            concept=concept.id,
        )
    )  # fmt: skip
    return job


def put_pictures(rooms: Rooms, key: str, owner: MemberId = ANA, words: tuple[Version, ...] = (), **more: Any) -> Job:
    rows = [{"version": version.id, "name": f"word-{n}", "strength": 0.8} for n, version in enumerate(words)]
    request = {
        "prompt": "a <dog>", "negative_prompt": "", "count": 4, "seed": 7, "shape": "square", "words": rows,
        "relation": None,
    } | more  # fmt: skip
    job, _ = rooms.queue.put(
        NewJob(kind=JobKind.IMAGINE, owner=owner, guild=HOME, channel=CHANNEL, key=key, request=request)
    )
    return job


def put_sheet(rooms: Rooms, version: Version) -> Job:
    concept = rooms.concepts.get(version.concept)
    assert concept is not None
    request = {
        "version": version.id, "word": concept.name, "kind": str(concept.kind),
        "rows": comparing.rows_of(rooms, version), "strengths": [0.6, 1.0],
    }  # fmt: skip
    job, _ = rooms.queue.put(
        NewJob(
            kind=JobKind.SHEET, owner=concept.owner, guild=HOME, channel=CHANNEL, key=version.id, request=request,
            concept=concept.id,
        )
    )  # fmt: skip
    return job


def weights_of(rooms: Rooms, concept: ConceptId | None) -> list[bytes]:
    assert concept is not None
    return [rooms.vault.open(version.blob) for version in rooms.concepts.versions(concept)]


def blobs_on_disk(rooms: Rooms, owner: MemberId = ANA) -> set[str]:
    return set(rooms.vault.held(owner))
