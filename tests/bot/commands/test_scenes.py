"""What is known of the place where pictures will stand, when it is their turn."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rechecking import Scene, depends_on_place, scene_of
from bot.sandbox.client import Member
from storage.queue import InLine
from storage.records import ChannelId, JobId, JobKind, Scope
from tests.bot.commands.leaves import ask_first
from tests.bot.commands.stage import Stage

pytestmark = pytest.mark.asyncio


def pictures(stage: Stage, channel: int, **more: Any) -> InLine:
    told: dict[str, Any] = {"kind": JobKind.IMAGINE, "guild": stage.guild} | more
    return InLine(
        id=JobId("0" * 16), owner=stage.id_of("ana"), channel=ChannelId(channel), attempt=0, predicted_s=1.0, **told
    )


async def test_a_channel_is_what_it_is_now(stage: Stage) -> None:
    general, dark = stage.channel(), stage.channel("after-dark")

    before = [scene_of(stage.bot, pictures(stage, one)) for one in (general, dark, 12345)]
    stage.box.channels[general].is_nsfw = True
    channel = stage.bot.get_channel(general)
    assert channel is not None
    channel.nsfw = True  # type: ignore[union-attr]  # as CHANNEL_UPDATE does

    assert before == [Scene(general, is_adult=False), Scene(dark, is_adult=True), Scene(None, is_adult=False)]
    assert scene_of(stage.bot, pictures(stage, general)) == Scene(general, is_adult=True)


async def test_in_an_outage_and_before_the_login_nothing_is_known(stage: Stage) -> None:
    job = pictures(stage, stage.channel())
    guild = stage.bot.get_guild(stage.guild)
    assert guild is not None

    guild.unavailable = True

    assert scene_of(stage.bot, job) is None
    assert scene_of(None, job) is None
    assert scene_of(stage.bot, pictures(stage, 1, guild=77)) == Scene()  # the bot is not there any more


async def test_only_pictures_in_a_server_depend_on_it(stage: Stage) -> None:
    job = pictures(stage, stage.channel())
    training = pictures(stage, stage.channel(), kind=JobKind.TRAIN)

    assert [depends_on_place(one) for one in (job, training, pictures(stage, 1, guild=None))] == [True, False, False]


async def test_an_order_keeps_of_its_members_roles_only_those_that_open_its_words(stage: Stage) -> None:
    async with Member.connect(stage.url, "rob", roles=["painters", "cooks"]) as rob:
        guild = stage.box.guilds[stage.guild]
        painters = next(number for number, name in guild.roles.items() if name == "painters")
        concept = await ask_first(stage, stage.ana)
        await stage.run(lambda rooms: rooms.sharing.share(concept.id, Scope.ROLE, painters, mixing="free"))

        await rob.command("imagine", prompt="<ana-dog>")
        await rob.command("imagine", prompt="a cup")
        kept = [job.request["roles"] for job in await stage.jobs("rob")]
        await stage.run(lambda rooms: rooms.sharing.unshare(concept.id, Scope.ROLE, painters))

    assert kept == [[], [painters]]
    assert [job.code for job in await stage.jobs("rob")] == [None, "E_WORD_CLOSED"]
