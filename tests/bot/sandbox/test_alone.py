from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from bot.sandbox import Sandbox
from bot.sandbox.client import Member


@pytest.mark.asyncio
async def test_the_stand_in_runs_alone_and_leaves_when_told() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        said = (await process.stdout.readline()).decode()
        api = said.strip().removeprefix("DISCORD_API_URL=")

        async with Member.connect(api, "ana") as ana:
            assert await ana.read("general") == []
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

    assert api.startswith("http://127.0.0.1:")
    assert api.endswith("/api/v10")


def test_members_servers_and_channels_are_the_same_after_a_restart_and_the_bot_is_new() -> None:
    before, after = Sandbox(), Sandbox()
    people = [(box.add_person("ana").id, box.add_person("ben").id, box.add_person("ana").id) for box in (before, after)]

    assert people[0][:2] == people[1][:2]
    assert len({*people[0]}) == 3
    assert before.guilds.keys() == after.guilds.keys()
    assert before.channels.keys() == after.channels.keys()
    assert before.bot.id != after.bot.id
