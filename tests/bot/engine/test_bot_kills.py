"""The bot is killed at every kind of moment, and its engine with it; each job still ends once and is told once."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.sandbox import Sandbox, serve
from bot.sandbox.state import EPHEMERAL
from bot.store import open_rooms
from storage.clock import SystemClock
from storage.database import rows
from storage.queue import nonce_of
from storage.records import ChannelId, Job, JobKind, JobState, MemberId
from tests.bot.engine import keeper
from tests.bot.engine.fake_engine import weights_of
from tests.bot.engine.stage import PHOTOS, put_pictures, put_training
from tests.bot.engine.stage import weights_of as kept_weights_of
from tests.bot.engine.test_engine_kills import every_job

pytestmark = pytest.mark.asyncio

KILLS = 54
OPEN_JOBS = 5
FEW_USES, MANY_USES = 4, 100  # of the store in one life


@asynccontextmanager
async def kept(data: Path, url: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", keeper.__name__, str(data), f"{url}/api/v10", stdin=PIPE, stdout=PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()


async def live(process: Process, line: str) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{line}\n".encode())
    async with asyncio.timeout(60):
        return int(await process.stdout.readline())


def with_jobs(data: Path, box: Sandbox, name: str) -> None:
    """What members ask for: always enough to do."""
    channel = next(one.id for one in box.channels.values() if one.name == "general")
    rooms = open_rooms(data, data / "master.key", SystemClock())
    for n in range(len(rooms.queue.ready()) + len(rooms.queue.active()), OPEN_JOBS):
        owner = MemberId(101 + n % 4)
        is_picture = n % 2 == 0
        key = f"{name}-{n}"
        job = put_pictures(rooms, key, owner) if is_picture else put_training(rooms, f"word-{key}", owner)
        rows(rooms.db, "update jobs set channel = :channel where id = :job", channel=ChannelId(channel), job=job.id)
    rooms.db.conn.close()


def ended(data: Path) -> tuple[list[Job], str]:
    """All jobs, and what is not over, said or closed yet."""
    rooms = open_rooms(data, data / "master.key", SystemClock())
    jobs = every_job(rooms)
    waiting = [job for job in jobs if not job.state.is_over]
    left = [*waiting, *rooms.queue.unsent(), *rooms.queue.with_open_card()]
    for job in jobs:
        if job.kind is JobKind.TRAIN and job.state is JobState.SUCCEEDED:
            assert kept_weights_of(rooms, job.concept) == [weights_of(int(job.id[:8], 16), PHOTOS)]
    rooms.db.conn.close()
    return jobs, "\n".join(map(str, left))


async def quiet(process: Process, data: Path) -> None:
    """One life that is left alone until there is nothing to do any more, and then stopped."""
    assert process.stdin is not None
    process.stdin.write(b"0\n")
    async with asyncio.timeout(90):
        while is_busy(data):
            await asyncio.sleep(0.2)
    assert await live(process, "") == 0


def is_busy(data: Path) -> bool:
    """Looks from outside, without writing: the database is the bot's."""
    sql = """select 1 from jobs where state in ('queued', 'running')
        union select 1 from outbox where sent_at is null and undeliverable is null
        union select 1 from messages where role = 'card'"""
    with closing(sqlite3.connect(f"file:{data / 'tintype.db'}?mode=ro", uri=True)) as db:
        return bool(db.execute(sql).fetchall())


async def test_nothing_is_lost_and_nothing_said_twice_when_the_bot_is_killed(
    tmp_path: Path, measured: Callable[[str], None]
) -> None:
    chance, data, box = random.Random(13), tmp_path / "data", Sandbox()
    box.limits.is_on = False
    codes: Counter[int] = Counter()
    async with serve(box) as url, kept(data, url) as process:
        for n in range(KILLS):
            with_jobs(data, box, f"{n}")
            codes[await live(process, str(chance.randint(FEW_USES, MANY_USES)))] += 1
        await quiet(process, data)
        jobs, left = ended(data)

    assert codes == {-9: KILLS}
    assert left == ""
    shown = [one for one in box.messages.values() if not one.is_deleted and not one.flags & EPHEMERAL]
    finals = Counter(one.nonce for one in shown if one.nonce and not one.nonce.startswith("c"))
    assert finals == Counter(nonce_of(job) for job in jobs)
    cards = Counter(one.nonce for one in shown if one.nonce and one.nonce.startswith("c"))
    assert set(cards.values()) <= {1}
    assert len(shown) == finals.total() + cards.total()
    assert {job.state for job in jobs} == {JobState.SUCCEEDED}
    measured(f"{KILLS} kills of the bot: {len(jobs)} jobs, one message each, {cards.total()} live cards")
