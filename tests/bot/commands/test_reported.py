"""The entry of a reported thing: all who reported it and why, and the block of its owner that asks first."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Member
from storage.clock import SystemClock
from tests.bot.commands.stage import Stage, opened, shown
from tests.bot.commands.test_studio import blocked, mia, queue_of, reported

__all__ = ["mia"]
pytestmark = pytest.mark.asyncio


async def test_who_reported_one_thing_and_why_stands_in_one_entry_that_one_decision_settles(
    stage: Stage, mia: Member
) -> None:
    await stage.taught()
    grid = await stage.grid()
    other = await stage.grid()
    async with Member.connect(stage.url, "cy") as cy:
        await reported(stage, grid)
        form = opened(await cy.press(grid, "Report"))
        await cy.submit(form, {"reason": "It is mine."})
    await reported(stage, other)

    card = await queue_of(mia)
    after = shown(await mia.press(card, "Keep"))

    said = [f"<@{stage.id_of('ben')}>: It is rude.", f"<@{stage.id_of('cy')}>: It is mine."]
    assert all(part in card.body for part in ("Reported 1 of 2", "reported by 2 members", *said))
    assert "*Keep* leaves it as it is" in card.body
    assert "Reported 1 of 1" in after.body
    assert "It is mine" not in after.body


async def test_blocking_asks_first_and_takes_days_and_a_reason(stage: Stage, mia: Member) -> None:
    await stage.taught()
    await reported(stage, await stage.grid())
    wrong = await blocked(mia, days="400")
    assert await stage.run(lambda rooms: rooms.moderation.blocks(stage.guild)) == []

    card = await blocked(mia, days="7", reason="Spams the channel")

    (block,) = await stage.run(lambda rooms: rooms.moderation.blocks(stage.guild))
    assert "a number of days from 1 to 365" in wrong.body
    assert 6.9 * 86400 < block.until - SystemClock().now() <= 7 * 86400
    assert all(part in card.body for part in ("– Spams the channel", " until <t:", "It is rude."))
