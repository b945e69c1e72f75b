"""The engine is killed again and again, at random and at named points; nothing is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.store import Rooms
from storage.database import rows
from storage.records import Job, JobKind, JobState, MemberId
from tests.bot.engine.fake_engine import POINTS, weights_of
from tests.bot.engine.stage import PHOTOS, Stage, put_pictures, put_training, staged
from tests.bot.engine.stage import weights_of as kept_weights_of

pytestmark = pytest.mark.asyncio

SEEDS = (11, 12, 13, 14)
KILLS = 65  # with each seed
OPEN_JOBS = 6
AT_RANDOM = "at random"
RANDOM_S = (0.03, 0.3)  # of life once it can work
NAMED_S = 10.0  # there is always work, so that a named point is reached long before


def plan(chance: random.Random) -> list[str]:
    """Each named point equally often, and as many lives that end at random, in any order."""
    named = [point for point in POINTS for _ in range(KILLS // (2 * len(POINTS)))]
    whole = named + [AT_RANDOM] * (KILLS - len(named))
    chance.shuffle(whole)
    return whole


async def kill_at_random(stage: Stage, lives: list[str], chance: random.Random) -> None:
    """End each life that does not end itself at a named point."""
    while True:
        engine = stage.link.process
        if engine is None or engine.ended.is_set():  # an event that is set lets nobody else go on
            await asyncio.sleep(0.005)
            continue
        planned = lives[stage.link.starts - 1 : stage.link.starts]
        longest_s = chance.uniform(*RANDOM_S) if planned == [AT_RANDOM] else NAMED_S
        try:
            async with asyncio.timeout(longest_s):
                await engine.ended.wait()
        except TimeoutError:
            engine.kill()
            await engine.ended.wait()


async def keep_busy(stage: Stage, numbers: itertools.count[int]) -> None:
    waiting = await stage.store.run(lambda rooms: len(rooms.queue.ready()) + len(rooms.queue.active()))
    for n in itertools.islice(numbers, max(0, OPEN_JOBS - waiting)):
        owner = MemberId(101 + n % 4)
        if n % 2:
            await stage.put(put_pictures, f"p{n}", owner)
        else:
            await stage.put(put_training, f"word-{n}", owner)


def every_job(rooms: Rooms) -> list[Job]:
    ids = [str(row["id"]) for row in rows(rooms.db, "select id from jobs order by rowid")]
    return [job for one in ids if (job := rooms.queue.get(one))]  # type: ignore[arg-type]


def check(rooms: Rooms, jobs: list[Job]) -> None:
    said = Counter(str(row["job"]) for row in rows(rooms.db, "select job from outbox"))
    assert said == Counter(job.id for job in jobs)
    assert {job.state for job in jobs} <= {JobState.SUCCEEDED, JobState.FAILED}
    assert {job.code for job in jobs if job.state is JobState.FAILED} <= {"E_POISON"}
    for job in jobs:
        is_made = job.state is JobState.SUCCEEDED
        if job.kind is JobKind.TRAIN:
            expected = [weights_of(int(job.id[:8], 16), PHOTOS)] if is_made else []
            assert kept_weights_of(rooms, job.concept) == expected
            assert len(rooms.photos.of(job.request["draft"])) == (0 if is_made else 3)
        else:
            assert len(rooms.images.of_job(job.id)) == (4 if is_made else 0)
    held = {blob for owner in range(101, 105) for blob in rooms.vault.held(MemberId(owner))}
    assert held == rooms.privacy.known_blobs()


async def live_and_die(stage: Stage, lives: list[str], chance: random.Random) -> None:
    """Give it work until it has been killed often enough; a killer that fails ends this too."""
    numbers = itertools.count()
    async with asyncio.TaskGroup() as group:
        killer = group.create_task(kill_at_random(stage, lives, chance))
        while stage.link.starts <= KILLS:
            await keep_busy(stage, numbers)
            await asyncio.sleep(0.05)
        killer.cancel()


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_and_nothing_doubled_when_the_engine_is_killed(
    tmp_path: Path, seed: int, measured: Callable[[str], None]
) -> None:
    chance = random.Random(seed)
    planned, lives = tmp_path / "plan", plan(chance)
    planned.write_text("\n".join(lives))
    async with staged(tmp_path, PLAN=planned, STEP_S=0.002) as stage:
        await live_and_die(stage, lives, chance)
        jobs = await stage.store.run(every_job)
        for job in jobs:
            await stage.end_of(job.id, within_s=60)

        jobs = await stage.store.run(every_job)
        await stage.store.run(lambda rooms: check(rooms, jobs))
        assert list(stage.run_dir.iterdir()) == []
        counts = Counter(job.state for job in jobs)
        states = ", ".join(f"{count} {state}" for state, count in counts.items())
        measured(f"{stage.link.starts - 1} kills of an engine: {len(jobs)} jobs, {states}, one message each")
        reached = Counter(Path(f"{planned}.reached").read_text().split())
        assert set(reached) == set(POINTS)
        measured(f"{reached.total()} of these kills at {len(reached)} named points")
        assert counts[JobState.SUCCEEDED] >= 0.8 * len(jobs)
