"""What moderators removed: its owner is told, sees who did, and can use it again when a manager lets it in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.notices import tell
from bot.sandbox.client import Member, Message
from storage.moderation import Verdict
from storage.records import Scope
from storage.records import Version as Taught
from tests.bot.commands.stage import Stage, label_of, opened, shown

pytestmark = pytest.mark.asyncio
SERVER: dict[str, Any] = {"with": "This server"}


@pytest_asyncio.fixture
async def mia(stage: Stage) -> AsyncIterator[Member]:
    """A member who may manage the server."""
    async with Member.connect(stage.url, "mia", is_manager=True) as mia:
        yield mia


@pytest_asyncio.fixture
async def removed(stage: Stage, mia: Member) -> Message:
    """The manager's card after ana's style was removed."""
    await shared(stage)
    page = shown(await stage.ben.command("styles browse"))
    await stage.ben.submit(opened(await stage.ben.press(page, "Report")), {"reason": "It is rude."})
    return shown(await mia.press(shown(await mia.command("studio reports")), "Remove"))


async def shared(stage: Stage) -> Taught:
    version = await stage.taught()
    await stage.run(lambda rooms: rooms.sharing.share(version.concept, Scope.GUILD, stage.guild))
    return version


def server_of(stage: Stage) -> str:
    return stage.box.guilds[stage.guild].name


async def test_the_owner_is_told_and_sees_on_the_card_who_removed_it(stage: Stage, removed: Message) -> None:
    told = await stage.ana.wait_for(lambda one: "was reported" in one.body)
    card = shown(await stage.ana.command("words card", word="ana-dog"))
    again = shown(await stage.ana.command("words share", word="ana-dog", **SERVER))

    by = f"a moderator of {server_of(stage)}"
    assert f"Your word <ana-dog> was reported, and {by} removed it." in told.body
    assert f"Removed by {by}" in card.body
    assert "until a moderator has looked at it" not in card.body
    assert f"<ana-dog> was removed by {by}, so it cannot be shared" in again.body


async def test_a_manager_lets_it_in_again_which_its_owner_is_told(stage: Stage, mia: Member, removed: Message) -> None:
    listed = shown(await mia.press(removed, "Removed styles (1)"))
    after = shown(await mia.press(listed, "Let in again"))

    told = await stage.ana.wait_for(lambda one: "let your word" in one.body)
    log = shown(await mia.command("studio audit"))
    card = shown(await stage.ana.command("words card", word="ana-dog"))
    assert f"<ana-dog> of <@{stage.id_of(stage.ana)}>, removed by <@{stage.id_of(mia)}>" in listed.body
    assert "This server keeps no style out" in after.body
    assert f"A moderator of {server_of(stage)} let your word <ana-dog> in again." in told.body
    assert f"<@{stage.id_of(mia)}> let in again what had been removed" in log.body
    assert "Removed by" not in card.body
    assert "<ana-dog>" in shown(await stage.ben.command("styles browse")).body
    assert "Nothing is reported" in shown(await mia.press(after, label_of(after, "reports"))).body


async def test_nobody_lets_in_what_is_their_own(stage: Stage, removed: Message) -> None:
    stage.box.people[stage.id_of(stage.ana)].is_manager = True
    (found,) = await stage.run(lambda rooms: rooms.moderation.removals.in_guild(stage.guild))

    told = await stage.forge(stage.ana, f"t1:readmit:{found.id}")

    assert "another manager of this server decides" in told
    assert len(await stage.run(lambda rooms: rooms.moderation.removals.in_guild(stage.guild))) == 1


async def test_whose_pictures_are_removed_is_told_too(stage: Stage, mia: Member) -> None:
    await stage.taught()
    grid = await stage.grid()
    await stage.ben.submit(opened(await stage.ben.press(grid, "Report")), {"reason": "It is rude."})

    await mia.press(shown(await mia.command("studio reports")), "Remove")

    told = await stage.ana.wait_for(lambda one: "Pictures of yours were reported" in one.body)
    assert f"a moderator of {server_of(stage)} removed them" in told.body


async def test_a_notice_whose_first_try_ended_in_a_crash_is_sent_once(stage: Stage, removed: Message) -> None:
    first = await stage.ana.wait_for(lambda one: "was reported" in one.body)
    (found,) = await stage.run(lambda rooms: rooms.moderation.removals.in_guild(stage.guild))

    def crashed(rooms: Any) -> None:
        rooms.moderation.notices.owe(
            found.owner, "style", report=found.id, guild=found.guild, concept=found.concept
        )  # fmt: skip
        (notice,) = rooms.moderation.notices.owed()
        rooms.moderation.notices.tried(notice)

    await stage.run(crashed)
    await tell(stage.bot, stage.run)

    assert [one.id for one in stage.ana.messages.values() if "was reported" in one.body] == [first.id]
    assert await stage.run(lambda rooms: rooms.moderation.notices.owed()) == []


async def test_whoever_takes_no_messages_from_the_bot_sees_it_on_the_card_alone(stage: Stage, mia: Member) -> None:
    version = await shared(stage)
    stage.box.people[stage.id_of(stage.ana)].dms_open = False

    def decided(rooms: Any) -> None:
        about = {"guild": stage.guild, "channel": stage.channel(), "reason": "odd", "concept": version.concept}
        report = rooms.moderation.report(stage.id_of(stage.ben), **about)
        rooms.moderation.close(report, Verdict.REMOVE, stage.id_of(mia))

    await stage.run(decided)
    await tell(stage.bot, stage.run)

    assert await stage.run(lambda rooms: rooms.moderation.notices.owed()) == []
    assert "Removed by a moderator of" in shown(await stage.ana.command("words card", word="ana-dog")).body
