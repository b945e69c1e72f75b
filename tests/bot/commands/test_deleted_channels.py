"""What managers have set up for a channel goes with it, and with nothing less than Discord's word that it is gone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.roll_call import RollCall
from storage.records import ChannelId
from tests.bot.commands.stage import Stage

pytestmark = pytest.mark.asyncio

HIDDEN = ChannelId(4242)


async def set_up(stage: Stage, *channels: ChannelId) -> None:
    """A rule of its own for each; the server names all of them."""

    def work(rooms: Any) -> None:
        for channel in channels:
            rooms.setups.change_place(stage.guild, channel, "count", "2", seen=1, actor=stage.id_of("ana"))
        rooms.setups.change(stage.guild, "channels", channels, seen=1, actor=stage.id_of("ana"))

    await stage.run(work)


async def known(stage: Stage) -> set[int]:
    return set(await stage.run(lambda rooms: rooms.setups.known_channels(stage.guild)))


async def test_a_channel_that_is_deleted_takes_its_rules_with_it(stage: Stage) -> None:
    general, dark = stage.channel(), stage.channel("after-dark")
    await set_up(stage, general, dark)

    async with stage.ana._session.patch(f"{stage.url}/sandbox/channels/after-dark", json={"gone": True}) as answer:
        assert answer.status == 200

    async with asyncio.timeout(5):
        while await known(stage) != {general}:
            await asyncio.sleep(0.01)
    assert (await stage.run(lambda rooms: rooms.setups.of(stage.guild))).channels == (general,)


async def test_what_was_deleted_while_the_bot_was_away_is_found_at_the_start(idle: Stage) -> None:
    general, dark = idle.channel(), idle.channel("after-dark")
    await set_up(idle, general, dark)
    del idle.box.channels[dark]

    async with idle.running() as bot:
        await RollCall(idle.store, bot).look_for_channels()

    assert await known(idle) == {general}


async def test_a_channel_that_is_only_hidden_keeps_its_rules(stage: Stage) -> None:
    await set_up(stage, stage.channel(), HIDDEN)
    stage.box.faults.add({"action": "status", "status": 403, "method": "GET", "path": f"/channels/{HIDDEN}"})

    await RollCall(stage.store, stage.bot).look_for_channels()

    assert await known(stage) == {stage.channel(), HIDDEN}


async def test_in_an_outage_nothing_is_taken_for_deleted(stage: Stage) -> None:
    await set_up(stage, stage.channel(), HIDDEN)
    guild = stage.bot.get_guild(stage.guild)
    assert guild is not None
    guild.unavailable = True

    await RollCall(stage.store, stage.bot).look_for_channels()

    assert await known(stage) == {stage.channel(), HIDDEN}


async def test_the_roll_call_begins_with_the_channels(stage: Stage) -> None:
    await set_up(stage, stage.channel(), HIDDEN)
    calling = asyncio.create_task(RollCall(stage.store, stage.bot).run())
    try:
        async with asyncio.timeout(5):
            while await known(stage) != {stage.channel()}:
                await asyncio.sleep(0.01)
    finally:
        calling.cancel()
        await asyncio.gather(calling, return_exceptions=True)
