from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, deeds, serve
from bot.sandbox.state import Interaction, Message, Person
from tests.bot.commands.stage import Stage, on_stage

COUNT = 2_000
A_SECOND = 80.0  # as they come in, whether or not the ones before are answered
MEMBERS = 50
DISCORDS_S = 3.0  # to the first answer
GOAL_P99_S = 0.3
BUSY = "while True: pass"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    box = Sandbox()
    box.limits.is_on = False
    async with serve(box) as url, on_stage(box, url, tmp_path) as prepared:
        await prepared.run(lambda rooms: rooms.db.conn.execute("pragma synchronous = full"))
        async with prepared.running():
            yield prepared


@pytest.fixture
def busy_cores() -> Iterator[None]:
    hogs = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    yield
    for hog in hogs:
        hog.kill()
        hog.wait()


def people(stage: Stage) -> list[Person]:
    guild = stage.box.guilds[stage.guild]
    made = [stage.box.add_person(f"member-{number}") for number in range(MEMBERS)]
    guild.members.update(person.id for person in made)
    return made


def deed(stage: Stage, number: int, person: Person, grid: Message) -> Interaction:
    """One of what members do most."""
    commands: list[dict[str, Any]] = [
        {"name": "imagine", "options": {"prompt": f"<ana-dog> at the beach, {number}"}},
        {"name": "queue"},
        {"name": "words mine"},
        {"name": "help"},
    ]
    if number % 5 == 0:
        return deeds.press(stage.box, person, {"message": grid.id, "custom_id": button(grid, "again")})
    if number % 5 in {1, 2}:
        body = {"name": "imagine", "options": {"prompt": "<ana"}, "focused": "prompt", "channel": "general"}
        return deeds.use_command(stage.box, person, body, completing=True)
    return deeds.use_command(stage.box, person, commands[number // 5 % len(commands)] | {"channel": "general"})


def button(message: Message, verb: str) -> str:
    def found(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if str(part.get("custom_id", "")).startswith(f"t1:{verb}:"):
                yield part["custom_id"]
            for inner in part.values():
                yield from found(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from found(inner)

    return next(found(message.components))


async def send_all(stage: Stage, grid: Message) -> list[Interaction]:
    """Two thousand at a steady pace, or as fast as this process can when it falls behind."""
    sent, began = [], time.perf_counter()
    for number, person in zip(range(COUNT), itertools.cycle(people(stage)), strict=False):
        await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
        sent.append(deed(stage, number, person, grid))
    return sent


@pytest.mark.asyncio
async def test_two_thousand_interactions_are_acknowledged_in_time_while_all_cores_are_busy(
    stage: Stage, busy_cores: None, capsys: pytest.CaptureFixture[str]
) -> None:
    await stage.taught()
    grid = stage.box.messages[int((await stage.grid()).id)]
    ledger = stage.box.ledger
    ledger.acks_s.clear()

    began = time.perf_counter()
    sent = await send_all(stage, grid)
    await asyncio.gather(*(asyncio.wait_for(one.settled.wait(), 2 * DISCORDS_S) for one in sent))
    told = ledger.latencies()

    took_s, (p50, p99, most) = time.perf_counter() - began, (told[name] * 1000 for name in ("p50", "p99", "max"))
    with capsys.disabled():
        print(
            f"\n{told['count']} interactions in {took_s:.0f} s beside {os.cpu_count()} busy loops, acknowledged after "
            f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {most:.0f} ms (goal: p99 {GOAL_P99_S * 1000:.0f} ms)"
        )
    assert (told["count"], told["unanswered"]) == (COUNT, 0)
    assert [one.outcome for one in sent if (one.outcome or {}).get("outcome") == "failed"] == []
    assert told["max"] < DISCORDS_S
