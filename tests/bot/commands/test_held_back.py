"""Where pictures are posted that are not for every place, and how strictly they are looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.attempts import plan_of
from bot.outbox import Outbox
from bot.studio import EngineFacts
from storage.clock import SystemClock
from tests.bot.commands.stage import FACTS, Stage, photo, shown

pytestmark = pytest.mark.asyncio
CUP = ("my cup.png", photo(7))


async def delivered(stage: Stage) -> tuple[int, int]:
    """How many grids stand in channels that all read, and in direct messages, after the outbox has worked."""
    await Outbox(stage.store, stage.bot, lambda: stage.facts, SystemClock()).deliver()
    public = [one for name in ("general", "after-dark") for one in await stage.ana.read(name) if not one.is_ephemeral]
    alone = await stage.ana.read("dm")
    return tuple(sum("Enlarge 1" in one.text for one in some) for some in (public, alone))  # type: ignore[return-value]


def turn(stage: Stage, *, is_nsfw: bool, channel: str) -> None:
    """A manager changes a channel while pictures are drawn; the bot has heard of it."""
    stage.box.channels[stage.channel(channel)].is_nsfw = is_nsfw
    found = stage.bot.get_channel(stage.channel(channel))
    assert found is not None
    found.nsfw = is_nsfw  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("channel", "becomes_adult", "options", "where"),
    [
        ("general", None, {"image": CUP}, (1, 0)),
        ("general", True, {"image": CUP}, (0, 1)),
        ("general", True, {}, (1, 0)),
        ("after-dark", None, {}, (1, 0)),
        ("after-dark", False, {}, (0, 1)),
    ],
)
async def test_pictures_that_are_not_for_the_channel_as_it_is_now_come_to_their_member_alone(
    stage: Stage, channel: str, becomes_adult: bool | None, options: dict[str, Any], where: tuple[int, int]
) -> None:
    await stage.ana.command("imagine", prompt="a cup", count=1, channel=channel, **options)
    await stage.draw(await stage.job())
    if becomes_adult is not None:
        turn(stage, is_nsfw=becomes_adult, channel=channel)

    assert await delivered(stage) == where


@pytest.mark.parametrize(("channel", "is_strict"), [("general", True), ("after-dark", False), ("dm", True)])
async def test_pictures_are_looked_at_more_strictly_outside_of_channels_for_adults(
    stage: Stage, channel: str, is_strict: bool
) -> None:
    await stage.ana.command("help", channel="general")  # who was never seen here is not known in a direct message
    await stage.ana.command("imagine", prompt="a cup", channel=channel)
    job = await stage.job()

    assert (await stage.run(lambda rooms: plan_of(rooms, job, FACTS))).order["is_strict"] is is_strict


async def test_a_person_is_looked_at_strictly_wherever_the_order_says_it_came_from(stage: Stage) -> None:
    await stage.taught(word="ana-me", kind="person")
    await stage.ana.command("imagine", prompt="<ana-me>")
    job = await stage.job()
    forged = replace(job, request={**job.request, "is_adult": True})

    assert (await stage.run(lambda rooms: plan_of(rooms, forged, FACTS))).order["is_strict"] is True


@pytest.mark.parametrize(
    ("check", "told"),
    [("off", "**Output check: off.**"), ("safety_checker", "**Output check: on** (safety_checker)"), ("", "not known")],
)
async def test_privacy_says_plainly_whether_pictures_are_looked_at(stage: Stage, check: str, told: str) -> None:
    stage.facts = replace(FACTS, output_check=check)

    assert told in shown(await stage.ana.command("privacy")).body


@pytest.mark.parametrize("compares", [True, False])
async def test_privacy_says_when_faces_are_compared(stage: Stage, compares: bool) -> None:
    stage.facts = EngineFacts.from_ping({"compares_faces": compares})

    assert ("faces in the samples are compared" in shown(await stage.ana.command("privacy")).body) == compares
