"""Who is notified by what the bot says: whoever asked for it, if they asked for that too, and nobody else."""

from __future__ import annotations

import pytest

from bot.outbox import Outbox
from bot.sandbox.mentions import notified
from storage.clock import SystemClock
from tests.bot.commands.stage import Stage

pytestmark = pytest.mark.asyncio

LOUD = "@everyone @here <@{ben}> <@&{role}> a cup"


async def said(stage: Stage, *, wants_ping: bool, is_drawn: bool = True) -> list[set[str]]:
    """Whom each message of the bot's notifies, of a member who wants it so, up to the final one."""
    ana = stage.id_of(stage.ana)
    await stage.run(lambda rooms: rooms.wishes.change(ana, wants_ping=wants_ping))
    await stage.ana.command("imagine", prompt=LOUD.format(ben=stage.id_of(stage.ben), role=stage.guild))
    job = await stage.job()
    if is_drawn:
        await stage.draw(job)
    else:
        await stage.fail(job)
    await Outbox(stage.store, stage.bot, lambda: stage.facts, SystemClock()).deliver()
    await stage.ana.command("show", public=True)
    return [notified(message) for message in stage.box.messages.values()]


async def test_nobody_is_notified_unless_that_was_asked_for(stage: Stage) -> None:
    told = await said(stage, wants_ping=False)

    assert len(told) >= 3
    assert set().union(*told) == set()


@pytest.mark.parametrize("is_drawn", [True, False], ids=["pictures", "a failure"])
async def test_who_asked_for_it_is_notified_once_and_nobody_else(stage: Stage, *, is_drawn: bool) -> None:
    told = await said(stage, wants_ping=True, is_drawn=is_drawn)

    assert [one for one in told if one] == [{f"user {stage.id_of(stage.ana)}"}]
    finals = [one for one in await stage.ben.read() if "you asked to be told when it is done" in one.text]
    assert len(finals) == 1


async def test_who_makes_more_of_it_is_not_notified_by_anothers_wish(stage: Stage) -> None:
    await said(stage, wants_ping=True)
    job = (await stage.job()).id

    await stage.forge(stage.ben, f"t1:again:{job}")

    assert (await stage.job(stage.ben)).request["ping"] is False
