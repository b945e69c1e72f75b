"""The whole bot – a process of its own with store, scheduler, outbox and engine – answers in time on a busy machine."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, deeds, serve
from bot.sandbox.client import Member
from bot.sandbox.state import COMPONENT, LOADING, Channel, Interaction, Message, Person
from bot.store import Rooms, open_rooms
from storage.clock import SystemClock
from storage.database import rows
from storage.records import GuildId, Kind, MemberId, Scope
from tests.bot.runtime.whole import photo
from tests.storage.rooms import add_version
from trainers.engine import NICE

ROOT = Path(__file__).parents[3]
COUNT = 2_000
A_SECOND = 80.0  # as they come in, whether or not the ones before are answered
MEMBERS = 200
WORDS = 3  # of each
SHARED_BY = 10  # every so many members share a word with the server
CHANNELS = 40
GRIDS = 8  # whose buttons are pressed, each in a channel of its own: what follows is posted there
DISCORDS_S = 3.0  # to the first answer
GOAL_P99_S = 0.3
QUIET_S = 90.0  # by then all that was asked for is made and posted
BUSY = f"import os; os.nice({NICE})\nwhile True: pass"  # as an engine that trains
ENGINE = json.dumps({"STEPS": 8, "STEP_S": 0.001})  # the pictures of minutes in seconds
PHOTOS = {f"photo{n}": photo(n) for n in (1, 2, 3)}
COMMANDS: list[dict[str, Any]] = [
    {"name": "queue"},
    {"name": "words mine"},
    {"name": "styles browse"},
    {"name": "settings show"},
    {"name": "show"},
    {"name": "help"},
]


@dataclass
class Scene:
    """The stand-in in this process, a bot in another, members with words, grids to press in some of the channels."""

    box: Sandbox
    people: list[Person]
    styles: list[str]
    grids: list[Message]

    def deed(self, number: int, person: Person) -> Interaction:
        """One of what members do: of fifty two order pictures, one trains, and most of the rest look and type."""
        step, where = number % 50, {"channel": f"room-{number % CHANNELS}"}
        if step in {3, 23}:
            options = {"prompt": "<word-0> at the beach", "count": 1}
            return deeds.use_command(self.box, person, {"name": "imagine", "options": options} | where)
        if step == 43:
            files = {name: str(deeds.upload(self.box, f"{name}.png", data).id) for name, data in PHOTOS.items()}
            options = {"word": f"new-{number}", "kind": "animal"} | files
            return deeds.use_command(self.box, person, {"name": "train", "options": options} | where)
        if step % 5 == 0:
            return self._pressed(number, person)
        if step % 5 in {1, 2}:
            body = {"name": "imagine", "options": {"prompt": "<word-"}, "focused": "prompt"}
            return deeds.use_command(self.box, person, body | where, completing=True)
        return deeds.use_command(self.box, person, COMMANDS[number % len(COMMANDS)] | where)

    def _pressed(self, number: int, person: Person) -> Interaction:
        """A button of a grid, or one of a style in a message that nobody else sees."""
        style, grid = self.styles[number % len(self.styles)], self.grids[number // 25 % len(self.grids)]
        once_more, recipe = again(grid), again(grid).replace("again", "recipe")
        custom_ids = [once_more, f"t1:style:{style}", recipe, f"t1:like:{style}", recipe]
        data = {"custom_id": custom_ids[number // 5 % len(custom_ids)], "component_type": 2, "id": 1}
        under = None if style in data["custom_id"] else grid
        return self.box.interact(COMPONENT, person, self.box.channels[grid.channel_id], data, under)

    async def all_made(self) -> None:
        """Wait until every answer is filled in, and nothing was posted or edited for a while."""
        async with asyncio.timeout(QUIET_S):
            seen = -1
            while seen != len(self.box.ledger.requests) or self._loads():
                seen = len(self.box.ledger.requests)
                await asyncio.sleep(2.0)

    def _loads(self) -> bool:
        return any(message.flags & LOADING for message in self.box.messages.values())


def again(message: Message) -> str:
    """The custom_id of its button *Again*."""
    ids = (str(part.get("custom_id")) for part in parts(message.components))
    return next(one for one in ids if one.startswith("t1:again:"))


def parts(components: Any) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from parts(part.get("components") or ())


def lived_in(data: Path, guild: int, people: list[Person]) -> list[str]:
    """Words of everybody; the styles among them."""
    rooms: Rooms = open_rooms(data, data / "master.key", SystemClock())
    rooms.db.conn.execute("pragma synchronous = off")  # for this preparation only; the bot opens it anew
    rooms.guilds.allow(GuildId(guild))
    blobs = {person.id: rooms.vault.put(MemberId(person.id), b"weights") for person in people}
    styles = []
    for (at, person), number in itertools.product(enumerate(people), range(WORDS)):
        is_style = at % SHARED_BY == 0 and number == 1
        name = f"style-{at}" if is_style else f"word-{number}"
        concept = rooms.concepts.create(MemberId(person.id), GuildId(guild), name, Kind.ANIMAL, "dog")
        version = add_version(rooms.concepts, concept, blobs[person.id], job=f"{person.id}-{number}")
        rows(rooms.db, "update versions set base_model = 'fake' where id = :version", version=version.id)
        if is_style:
            rooms.sharing.share(concept.id, Scope.GUILD, guild)
            styles.append(str(concept.id))
    rooms.db.conn.close()
    return styles


def members_of(box: Sandbox) -> list[Person]:
    guild = next(iter(box.guilds.values()))
    people = [box.add_person(f"member-{number}") for number in range(MEMBERS)]
    guild.members.update(person.id for person in people)
    for number in range(CHANNELS):
        box.add_channel(Channel(id=box.new_id(), name=f"room-{number}", guild_id=guild.id))
    return people


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    box = Sandbox()
    people = members_of(box)
    styles = await asyncio.to_thread(lived_in, tmp_path / "data", next(iter(box.guilds)), people)
    async with serve(box) as url:
        command = [sys.executable, "-m", "tests.bot.operator.whole_bot", str(tmp_path / "data"), f"{url}/api/v10"]
        bot = subprocess.Popen([*command, ENGINE], cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            async with Member.connect(url, "ana", channel="general") as ana:
                await awake(box)
                rooms = [f"room-{number}" for number in range(GRIDS)]
                yield Scene(box, people, styles, await asyncio.gather(*(grid_in(box, ana, room) for room in rooms)))
        finally:
            bot.terminate()
            assert await asyncio.to_thread(bot.wait, 20) == 0


async def awake(box: Sandbox) -> None:
    async with asyncio.timeout(60):
        while not box.commands.get(None) or not box.sessions.all:
            await asyncio.sleep(0.05)


async def grid_in(box: Sandbox, ana: Member, room: str) -> Message:
    await ana.command("imagine", prompt="a dog", count=1, channel=room)
    channel = next(str(one.id) for one in box.channels.values() if one.name == room)
    posted = await ana.wait_for(
        lambda one: one.channel_id == channel and any("t1:again" in str(button.custom_id) for button in one.buttons)
    )
    return box.messages[int(posted.id)]


@contextmanager
def busy_cores() -> Iterator[None]:
    hogs = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()


def too_fast(box: Sandbox) -> list[str]:
    """Requests that Discord would have answered with 429."""
    return [f"{one['method']} {one['path']}" for one in box.ledger.requests if one["status"] == 429]


def edits(box: Sandbox) -> int:
    return sum(one["method"] == "PATCH" for one in box.ledger.requests)


@pytest.mark.alone
@pytest.mark.asyncio
async def test_two_thousand_interactions_of_200_members_are_acknowledged_in_time_while_all_cores_are_busy(
    scene: Scene, measured: Callable[[str], None]
) -> None:
    scene.box.ledger.acks_s.clear()
    sent, began = [], time.perf_counter()

    with busy_cores():
        for number, person in zip(range(COUNT), itertools.cycle(scene.people), strict=False):
            await asyncio.sleep(max(0.0, began + number / A_SECOND - time.perf_counter()))
            sent.append(scene.deed(number, person))
        await asyncio.gather(*(asyncio.wait_for(one.settled.wait(), 2 * DISCORDS_S) for one in sent))
    took_s, told = time.perf_counter() - began, scene.box.ledger.latencies()

    p50, p99, most = (told[name] * 1000 for name in ("p50", "p99", "max"))
    measured(
        f"{told['count']} interactions of {MEMBERS} members in {took_s:.0f} s beside {os.cpu_count()} busy loops, "
        f"acknowledged after p50 {p50:.0f} ms, p99 {p99:.0f} ms, at most {most:.0f} ms "
        f"(goal: p99 {GOAL_P99_S * 1000:.0f} ms)"
    )
    await scene.all_made()
    posted = [one for one in scene.box.messages.values() if one.nonce]
    measured(f"{len(posted)} messages and {edits(scene.box)} edits followed, none faster than Discord allows")

    assert (told["count"], told["unanswered"]) == (COUNT, 0)
    assert [one.outcome for one in sent if (one.outcome or {}).get("outcome") == "failed"] == []
    assert told["max"] < DISCORDS_S
    assert too_fast(scene.box) == []
    assert scene.box.ledger.violations == []
    assert len(posted) > COUNT // 20
