"""Keeping order: from the reporting member's side, the manager's, and the side of who is reported."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.client import Member, Message
from bot.store import Rooms
from storage.records import Scope
from tests.bot.commands.stage import Stage, custom_id_of, label_of, opened, shown

pytestmark = pytest.mark.asyncio

MANAGERS = "Only members who may manage this server"
BLOCKED = "The moderators of this server have blocked you"


@pytest_asyncio.fixture
async def mia(stage: Stage) -> AsyncIterator[Member]:
    """A member who may manage the server."""
    async with Member.connect(stage.url, "mia", is_manager=True) as mia:
        yield mia


async def reported(stage: Stage, grid: Message, member: Member | None = None) -> Message:
    who = member or stage.ben
    return shown(await who.submit(opened(await who.press(grid, "Report")), {"reason": "It is rude."}))


async def blocked(mia: Member, **form: str) -> Message:
    """The card after mia has blocked whose thing is reported."""
    return shown(await mia.submit(opened(await mia.press(await queue_of(mia), "Block the owner")), form))


async def queue_of(mia: Member) -> Message:
    return shown(await mia.command("studio reports"))


async def test_a_manager_sees_what_was_reported_and_keeps_it(stage: Stage, mia: Member) -> None:
    await stage.taught()
    grid = await stage.grid()

    thanks = await reported(stage, grid)
    card = await queue_of(mia)
    settled = shown(await mia.press(card, "Keep"))

    assert "Thank you. The moderators of this server see your report" in thanks.body
    assert thanks.is_ephemeral
    assert card.is_ephemeral
    assert all(part in card.body for part in ("Reported 1 of 1", "on the beach", "It is rude.", "one member"))
    assert len(card.files) == 1
    assert "Nothing is reported" in settled.body
    assert "on the beach" in stage.ana.newest(grid).body


async def test_removed_pictures_are_deleted_and_their_message_blanked(stage: Stage, mia: Member) -> None:
    await stage.taught()
    grid = await stage.grid()
    await reported(stage, grid)

    settled = shown(await mia.press(await queue_of(mia), "Remove"))

    assert "Nothing is reported" in settled.body
    await stage.ana.wait_for(lambda one: one.id == grid.id and "A moderator deleted these pictures" in one.body)
    assert await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana))) == []


async def test_three_members_hide_pictures_until_a_manager_keeps_them(stage: Stage, mia: Member) -> None:
    await stage.taught()
    grid = await stage.grid()
    await stage.ana.press(grid, "★ 1")
    assert "on the beach" in shown(await stage.ana.command("favourites")).body
    async with Member.connect(stage.url, "cy") as cy:
        for member in (stage.ben, cy):
            await reported(stage, grid, member)
        assert "were reported" not in stage.ana.newest(grid).body
        await reported(stage, grid, mia)

    await stage.ana.wait_for(lambda one: one.id == grid.id and "These pictures were reported" in one.body)
    again = custom_id_of(grid, "again")
    told = [shown(await stage.ana.command("show")).body, await stage.forge(stage.ana, again)]
    assert all("kept from view" in one for one in told)
    assert "on the beach" not in shown(await stage.ana.command("favourites")).body
    card = await queue_of(mia)
    assert "It is hidden until you decide" in card.body

    await mia.press(card, "Keep")

    assert "on the beach" in shown(await stage.ana.command("show")).body
    assert "on the beach" in shown(await stage.ana.command("favourites")).body


async def test_a_strike_is_counted_and_the_third_one_blocks(stage: Stage, mia: Member) -> None:
    await stage.taught()
    for count in (0, 1, 2):
        await reported(stage, await stage.grid())
        card = await queue_of(mia)
        assert ("strike" in card.body.split("**What is wrong")[0]) == (count > 0)
        card = shown(await mia.press(card, "Remove and strike"))

    assert "**Blocked here:**" in card.body
    assert BLOCKED in shown(await stage.ana.command("imagine", prompt="<ana-dog>")).body


async def test_a_blocked_member_makes_nothing_more_but_reaches_what_is_theirs(stage: Stage, mia: Member) -> None:
    await stage.taught()
    await reported(stage, await stage.grid())

    card = await blocked(mia)
    with_server: dict[str, Any] = {"word": "ana-dog", "with": "This server"}
    told = [
        shown(await stage.ana.command("imagine", prompt="<ana-dog>")),
        shown(await stage.ana.command("words share", **with_server)),
        await stage.report(3, word="ana-cup"),
    ]
    own = shown(await stage.ana.command("words export", word="ana-dog"))
    asked = shown(await stage.ana.command("words delete", word="ana-dog"))
    deleted = shown(await stage.ana.press(asked, label_of(asked, "delete_word")))

    assert f"<@{stage.id_of(stage.ana)}>" in card.body
    assert [BLOCKED in one.body for one in told] == [True] * 3
    assert own.files
    assert "deleted" in deleted.body


async def test_a_member_who_is_let_in_again_may_all_they_might(stage: Stage, mia: Member) -> None:
    await stage.taught()
    await reported(stage, await stage.grid())
    card = await blocked(mia)

    card = shown(await mia.press(card, label_of(card, "unblock")))

    assert "Blocked here" not in card.body
    assert BLOCKED not in shown(await stage.ana.command("imagine", prompt="<ana-dog>")).body


async def test_a_block_holds_after_a_restart(idle: Stage) -> None:
    ana = idle.id_of(idle.ana)
    await idle.run(lambda rooms: rooms.moderation.block(idle.guild, ana, ana))

    async with idle.running():
        assert BLOCKED in shown(await idle.ana.command("imagine", prompt="a dog")).body


async def test_a_style_that_is_removed_is_its_owners_alone(stage: Stage, mia: Member) -> None:
    version = await stage.taught()
    await stage.run(lambda rooms: rooms.sharing.share(version.concept, Scope.GUILD, stage.guild))
    page = shown(await stage.ben.command("styles browse"))
    await stage.ben.submit(opened(await stage.ben.press(page, "Report")), {"reason": "It shows my own dog."})

    card = await queue_of(mia)
    await mia.press(card, "Remove")

    assert all(part in card.body for part in ("**A style:** <ana-dog>", "It shows my own dog."))
    assert "There is no style" in shown(await stage.ben.command("styles browse")).body
    assert "There is no word <ana-dog>" in shown(await stage.ben.command("imagine", prompt="<ana-dog>")).body


async def test_a_person_in_a_report_is_covered(stage: Stage, mia: Member) -> None:
    card = await stage.report(word="ana-me", kind="person")
    await stage.ana.press(card, label_of(card, "train"))
    await stage.learn(await stage.job())
    grid = await stage.grid("<ana-me> on the beach")

    await reported(stage, grid)
    card = await queue_of(mia)

    assert [file.name.startswith("SPOILER_") for file in card.files] == [True]


async def test_nobody_decides_about_what_is_their_own(stage: Stage, mia: Member) -> None:
    await mia.command("imagine", prompt="a house")
    job = await stage.job(mia)
    await stage.draw(job)
    await reported(stage, await stage.post(job.id))

    told = shown(await mia.press(await queue_of(mia), "Keep"))

    assert "another manager of this server decides" in told.body


async def test_only_managers_keep_order(stage: Stage, mia: Member) -> None:
    await stage.taught()
    await reported(stage, await stage.grid())
    (report,) = await stage.run(lambda rooms: rooms.moderation.open_reports(stage.guild))

    assert not [one for one in await stage.ben.commands() if one["name"] == "studio"]
    for verb in ("keep_reported", "remove_reported", "strike", "block"):
        assert MANAGERS in await stage.forge(stage.ben, f"t1:{verb}:{report.id}")
    assert [one.id for one in await stage.run(lambda rooms: rooms.moderation.open_reports(stage.guild))] == [report.id]


async def test_the_log_tells_who_decided_and_not_who_reported(stage: Stage, mia: Member) -> None:
    await stage.taught()
    await reported(stage, await stage.grid())
    await mia.press(await queue_of(mia), "Keep")

    log = shown(await mia.command("studio audit"))

    assert f"<@{stage.id_of(mia)}> kept what was reported" in log.body
    assert f"<@{stage.id_of(stage.ben)}>" not in log.body
    assert "Somebody reported something" in log.body


async def log_of(mia: Member) -> list[str]:
    """The lines of the log without their moment, the newest first."""
    log = shown(await mia.command("studio audit")).body
    return [line.split(" · ", 1)[1] for line in log.splitlines() if " · " in line]


async def test_the_log_tells_what_was_decided(stage: Stage, mia: Member) -> None:
    me, ben = f"<@{stage.id_of(mia)}>", f"<@{stage.id_of(stage.ben)}>"
    for limits in ({"trainings": 1, "pictures": 6}, {"trainings": 1, "pictures": 9}, {"trainings": 1, "pictures": 9}):
        await mia.command("studio limits", **limits)
    for name in ("add", "add", "remove"):
        await mia.command(f"studio filter {name}", text="badcat")
    for wish in ({"block": "ben"}, {"block": "ben"}, {"unblock": "ben"}):
        await mia.command("studio reports", **wish)

    assert await log_of(mia) == [
        f"{me} let {ben} in again",
        f"{me} blocked {ben}",
        f"{me} took “badcat” out of the filter, a word",
        f"{me} added “badcat” to the filter, a word",
        f"{me} changed the limits of everybody: pictures 6 → 9",
        f"{me} changed the limits of everybody: trainings any number → 1 and pictures any number → 6",
    ]


async def test_the_log_names_no_member_who_was_forgotten(stage: Stage, mia: Member) -> None:
    await mia.command("studio reports", block="ben")
    await stage.run(lambda rooms: rooms.privacy.forget(stage.id_of(stage.ben)))

    assert await log_of(mia) == [f"<@{stage.id_of(mia)}> blocked a member"]


async def test_a_manager_is_asked_before_another_members_pictures_go_and_it_is_told_who_did_it(
    stage: Stage, mia: Member
) -> None:
    await stage.taught()
    grid = await stage.grid()
    (job,) = {image.job for image in await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana)))}

    asked = shown(await mia.press(grid, "Delete"))
    kept = await stage.run(lambda rooms: rooms.images.of_job(job))
    await mia.press(asked, "Delete them for good")

    assert asked.is_ephemeral
    assert f"Delete these pictures of <@{stage.id_of(stage.ana)}>?" in asked.body
    assert len(kept) == 4
    await stage.ana.wait_for(lambda one: one.id == grid.id and "A moderator deleted these pictures" in one.body)
    assert await stage.run(lambda rooms: rooms.images.of_job(job)) == []
    assert (await log_of(mia))[0] == f"<@{stage.id_of(mia)}> deleted 4 pictures of <@{stage.id_of(stage.ana)}>"
    assert "A moderator deleted these pictures" in shown(await stage.ana.command("show", job=job)).body


async def test_ones_own_pictures_go_at_once_and_leave_no_line_in_the_log(stage: Stage, mia: Member) -> None:
    await stage.taught()

    await stage.ana.press(await stage.grid(), "Delete")

    assert await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana))) == []
    assert await log_of(mia) == []


async def test_a_long_log_has_pages(stage: Stage, mia: Member) -> None:
    def fill(rooms: Rooms) -> None:
        for _ in range(11):
            rooms.audit.note("unblock", guild=stage.guild, actor=stage.id_of(mia))

    await stage.run(fill)

    first = shown(await mia.command("studio audit"))
    second = shown(await mia.press(first, "Next ›"))

    assert (first.body.count("let a blocked"), second.body.count("let a blocked")) == (10, 1)


async def test_ones_own_pictures_are_not_reported_but_deleted(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid()

    assert "These are your own pictures" in shown(await stage.ana.press(grid, "Report")).body


async def test_a_manager_limits_what_members_may_ask_for_in_a_day(stage: Stage, mia: Member) -> None:
    await stage.taught()
    shown_limits = shown(await mia.command("studio limits", trainings=1, pictures=6))
    await stage.grid()

    drawn = shown(await stage.ana.command("imagine", prompt="<ana-dog>"))
    fewer = shown(await stage.ana.command("imagine", prompt="<ana-dog>", count=2))
    card = await stage.report(word="ana-cup")
    trained = shown(await stage.ana.press(card, label_of(card, "train")))

    assert "Everybody · trainings: 1 · pictures: 6" in shown_limits.body
    assert "This server's limit for you is pictures: 6 within" in drawn.body
    assert "This server's limit" not in fewer.body
    assert "This server's limit for you is trainings: 1 within" in trained.body


async def test_a_limit_is_shown_and_taken_away(stage: Stage, mia: Member) -> None:
    await mia.command("studio limits", pictures=0)
    assert "This server's limit for you is 0 of these" in shown(await stage.ana.command("imagine", prompt="a dog")).body

    before = shown(await mia.command("studio limits"))
    after = shown(await mia.command("studio limits", lift=True))

    assert "Everybody · trainings: any number · pictures: 0" in before.body
    assert "This server has no limits of its own" in after.body
    assert "This server's limit" not in shown(await stage.ana.command("imagine", prompt="a dog")).body
