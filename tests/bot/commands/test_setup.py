"""Setting a server up: the manager's card, and what it means to the members."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.outbox import Outbox
from bot.roll_call import RollCall
from bot.sandbox.client import Member, Message, Modal
from bot.sandbox.state import ATTACH_FILES, INVITED_WITH
from storage.clock import SystemClock
from storage.database import rows
from storage.moderation import EVERYWHERE
from storage.setups import Setup
from tests.bot.commands.stage import FACTS, Stage, custom_id_of, label_of, opened, photos, shown

pytestmark = pytest.mark.asyncio

MANAGERS = "Only members who may manage this server"
STALE = "Nothing was changed by that"
TEACH, DRAW = "Who may teach words (none: everybody)", "Who may make pictures (none: everybody)"
FIRST, WHERE = "Who goes first (none: nobody)", "In which channels (none: in all)"
ONLY_ARTISTS = "In this server only members with"
ELSEWHERE = "No pictures are made in this channel."


@pytest_asyncio.fixture
async def mia(stage: Stage) -> AsyncIterator[Member]:
    """A member who may manage the server, and is one of its artists."""
    async with Member.connect(stage.url, "mia", is_manager=True, roles=["artists"]) as mia:
        yield mia


async def card_of(mia: Member, channel: str | None = None) -> Message:
    return shown(await mia.command("studio setup", also={"channel": channel}))


async def choose(mia: Member, card: Message, menu: str, *values: str) -> Message:
    return shown(await mia.press(mia.newest(card), menu, values=values))


async def set_up(mia: Member, menu: str, *values: str) -> Message:
    return await choose(mia, await card_of(mia), menu, *values)


async def setup_of(stage: Stage) -> Setup:
    found: Setup = await stage.run(lambda rooms: rooms.setups.of(stage.guild))
    return found


async def drawing(member: Member, **options: object) -> str:
    return shown(await member.command("imagine", prompt="a dog", **options)).body


# --- the card --------------------------------------------------------------------------------------------------------


async def test_a_manager_sees_the_rules_and_changes_them_one_by_one(stage: Stage, mia: Member) -> None:
    card = await card_of(mia)
    card = await choose(mia, card, TEACH, "artists")
    card = await choose(mia, card, WHERE, "general")
    card = await choose(mia, card, "How long pictures stay", "30")
    card = await choose(mia, card, "After a member has left", "7")
    card = await choose(mia, card, "How many reports hide a thing", "1")
    card = await choose(mia, card, FIRST, "artists")
    card = shown(await mia.press(card, label_of(card, "setup_people")))

    role = next(number for guild in stage.box.guilds.values() for number in guild.roles)
    assert card.is_ephemeral
    assert f"**Who may teach words:** <@&{role}>" in card.body
    assert f"**Where:** <#{stage.channel()}>" in card.body
    assert "are deleted 30 days after they were made" in card.body
    assert await setup_of(stage) == Setup(
        trainers=(role,), first=(role,), channels=(stage.channel(),), has_people=False, keep_days=30, left_days=7,
        threshold=1, revision=8,
    )  # fmt: skip
    log = shown(await mia.command("studio audit")).body
    told = [line.partition(f"<@{stage.id_of(mia)}> changed ")[2] for line in log.splitlines() if " changed " in line]
    assert told == [
        "whether people may be taught: Yes → No", f"whose jobs go first: nobody → <@&{role}>",
        "how many reports hide a thing: 3 reports → one report",
        "how long the things of those who left stay: 30 days → 7 days", "how long pictures stay: without end → 30 days",
        f"in which channels Tintype works: every channel → <#{stage.channel()}>",
        f"who may teach words: everybody → <@&{role}>",
    ]  # fmt: skip


async def test_a_choice_that_holds_already_is_no_change(stage: Stage, mia: Member) -> None:
    card = await set_up(mia, "How long pictures stay", "30")

    again = await choose(mia, card, "How long pictures stay", "30")
    place = await card_of(mia, "general")
    place = shown(await mia.press(place, label_of(place, "place_spoiler")))
    place = await choose(mia, place, "The most pictures at a time", "4")

    log = shown(await mia.command("studio audit")).body
    assert STALE not in again.body + place.body
    assert log.count("changed") == 2
    assert f"changed the rules of <#{stage.channel()}>: All covered: No → All covered: Yes" in log


async def test_a_card_that_is_not_new_any_more_changes_nothing_and_shows_what_holds(stage: Stage, mia: Member) -> None:
    async with Member.connect(stage.url, "moe", is_manager=True) as moe:
        old = await card_of(moe)
        await set_up(mia, TEACH, "artists")

        told = await choose(moe, old, TEACH)
        again = await choose(moe, told, TEACH)

    assert STALE in told.body
    assert "**Who may teach words:** <@&" in told.body
    assert "**Who may teach words:** everybody" in again.body


async def test_a_card_still_works_after_a_restart(idle: Stage) -> None:
    async with Member.connect(idle.url, "mia", is_manager=True, roles=["artists"]) as mia:
        async with idle.running():
            card = await card_of(mia)
        async with idle.running():
            card = await choose(mia, card, DRAW, "artists")

    assert STALE not in card.body
    assert "**Who may make pictures:** <@&" in card.body


async def test_only_managers_set_up_and_only_their_own_server(stage: Stage, mia: Member) -> None:
    card = await card_of(mia)
    elsewhere = stage.box.add_guild("Elsewhere", ("lobby", False))
    lobby = next(one.id for one in stage.box.channels.values() if one.guild_id == elsewhere.id)

    told = await stage.forge(stage.ben, custom_id_of(card, "setup_people"))
    foreign = await stage.forge(mia, f"t1:setup_people:{elsewhere.id:016x}:1")
    channel = await stage.forge(mia, f"t1:place_pictures:{lobby:016x}:1")
    forged = await stage.forge(mia, f"t1m:setup_keep:{stage.guild:016x}:1")

    assert MANAGERS in told
    assert all("There is no such thing" in one for one in (foreign, channel))
    assert "Choose one of the offered values" in forged
    assert (await setup_of(stage)).revision == 1


# --- what I may do there ---------------------------------------------------------------------------------------------


async def test_the_card_names_what_the_bot_lacks_and_how_to_allow_it(idle: Stage) -> None:
    hidden = idle.channel("after-dark")
    idle.box.channels[hidden].permissions = INVITED_WITH & ~ATTACH_FILES
    async with idle.running(), Member.connect(idle.url, "mia", is_manager=True) as mia:
        whole = await card_of(mia)
        one = await card_of(mia, "after-dark")
        well = await card_of(mia, "general")

    assert "In one channel I cannot post" in whole.body
    assert f"**How to fix <#{hidden}>:**" in whole.body
    assert "allow Attach Files" in one.body
    assert "✘ Attach Files – missing" in one.body
    assert "missing" not in well.body


# --- what it means ---------------------------------------------------------------------------------------------------


async def test_who_lacks_the_role_neither_draws_nor_presses_nor_completes(stage: Stage, mia: Member) -> None:
    await stage.taught()
    grid = await stage.grid()
    await set_up(mia, DRAW, "artists")

    told = [await drawing(stage.ana)]
    told += [await stage.forge(stage.ana, custom_id_of(grid, verb)) for verb in ("again", "vary", "enlarge", "edit")]
    version = (await stage.run(lambda rooms: rooms.concepts.mine(stage.id_of(stage.ana))))[0]
    told.append(await stage.forge(stage.ana, f"t1:try:{version.id}"))

    assert [ONLY_ARTISTS in one and "`/studio setup`" in one for one in told] == [True] * len(told)
    assert await stage.ana.complete("imagine", prompt="<ana") == []
    assert "queued" in await drawing(mia)


async def test_who_lacks_the_role_hands_in_no_photos_and_trains_no_older_ones(stage: Stage, mia: Member) -> None:
    report = await stage.report(3, word="ana-cup")
    await set_up(mia, TEACH, "artists")

    told = [
        shown(await stage.ana.command("train")).body,
        shown(await stage.ana.command("train", word="ana-dog", kind="animal", **photos(3))).body,
        shown(await stage.ana.press(report, label_of(report, "train"))).body,
    ]

    assert [ONLY_ARTISTS in one for one in told] == [True] * 3
    assert await stage.jobs() == []
    assert isinstance(await mia.command("train"), Modal)


async def test_where_nothing_may_be_made_a_member_is_told_where_it_may(stage: Stage, mia: Member) -> None:
    await set_up(mia, WHERE, "after-dark")

    told = await drawing(stage.ana)

    assert f"{ELSEWHERE} Use <#{stage.channel('after-dark')}>" in told
    assert "queued" in await drawing(stage.ana, channel="after-dark")


async def test_a_channel_can_be_for_pictures_or_for_teaching_alone(stage: Stage, mia: Member) -> None:
    card = await card_of(mia, "general")
    await mia.press(card, label_of(card, "place_pictures"))

    assert f"{ELSEWHERE} Use another channel" in await drawing(stage.ana)
    assert (await stage.report(3)).body
    card = shown(await mia.press(card, label_of(mia.newest(card), "place_pictures")))
    await mia.press(card, label_of(card, "place_training"))
    assert "queued" in await drawing(stage.ana)
    assert "No words are taught in this channel" in (await stage.report(3, word="ana-cup")).body


async def test_no_person_is_taught_where_that_is_not_wanted(stage: Stage, mia: Member) -> None:
    card = await card_of(mia)
    await mia.press(card, label_of(card, "setup_people"))

    told = await stage.report(3, word="ana-me", kind="person")
    form = opened(await stage.ana.command("train"))
    kinds = next(part for _, part in form.fields if part["custom_id"] == "kind")

    assert "This server teaches no words for people" in told.body
    assert [option["value"] for option in kinds["options"]] == ["animal", "object", "style"]
    assert "consent" not in [part["custom_id"] for _, part in form.fields]
    assert "teaches no words" not in (await stage.report(3, word="ana-dog")).body


async def test_a_channels_caps_refuse_what_is_asked_and_bring_down_what_is_usual(stage: Stage, mia: Member) -> None:
    card = await card_of(mia, "general")
    for menu, value in (("The most pictures at a time", "2"), ("The finest quality", "normal")):
        card = await choose(mia, card, menu, value)
    card = await choose(mia, card, "The usual shape", "portrait")
    for verb in ("place_spoiler", "place_enlarge"):
        card = shown(await mia.press(card, label_of(card, verb)))

    many, fine = await drawing(stage.ana, count=3), await drawing(stage.ana, quality="fine")
    await stage.taught()
    grid = await stage.grid()
    request = (await stage.job()).request
    large = await stage.forge(stage.ana, custom_id_of(grid, "enlarge"))
    await stage.forge(stage.ana, custom_id_of(grid, "vary"))

    assert "at most 2 pictures at a time" in many
    assert "no finer quality than “Normal”" in fine
    assert "pictures are not enlarged" in large
    assert (request["count"], request["shape"], request["spoiler"]) == (2, "portrait", True)
    assert (await stage.job()).request["count"] == 2


async def test_the_roles_of_a_member_decide_how_many_jobs_wait_at_once_and_who_goes_first(
    stage: Stage, mia: Member
) -> None:
    await set_up(mia, FIRST, "artists")
    await mia.command("studio limits", at_once=1)
    limits = shown(await mia.command("studio limits", at_once=2, role="artists"))

    told = [await drawing(stage.ana), await drawing(stage.ana)]
    artist = [await drawing(mia) for _ in range(3)]

    assert "at once: 2" in limits.body
    assert ["1 at a time fit" in one for one in told] == [False, True]
    assert ["2 at a time fit" in one for one in artist] == [False, False, True]
    assert [(await stage.job(who)).request["weight"] for who in (stage.ana, mia)] == [1.0, 2.0]


# --- blocks ----------------------------------------------------------------------------------------------------------


async def test_a_manager_blocks_a_member_without_a_report_and_lets_them_in_again(stage: Stage, mia: Member) -> None:
    card = shown(await mia.command("studio reports", block="ana", reason="Spam in #general", days=7))
    told = await drawing(stage.ana)
    after = shown(await mia.command("studio reports", unblock="ana"))

    assert f"<@{stage.id_of(stage.ana)}> until <t:" in card.body
    assert r"Spam in \#general" in card.body
    assert "have blocked you from its studio until <t:" in told
    assert "Blocked here" not in after.body
    assert "queued" in await drawing(stage.ana)


async def test_nobody_blocks_themselves_and_nobody_is_let_in_who_is_in(stage: Stage, mia: Member) -> None:
    told = [
        shown(await mia.command("studio reports", block="mia")).body,
        shown(await mia.command("studio reports", unblock="ana")).body,
        shown(await mia.command("studio reports", reason="rude")).body,
        shown(await mia.command("studio reports", block="ana", unblock="ben")).body,
    ]

    assert "You cannot block yourself" in told[0]
    assert "That member is not blocked here" in told[1]
    assert all("one at a time" in one for one in told[2:])
    assert await stage.run(lambda rooms: rooms.moderation.blocks()) == []


async def test_whom_the_operator_keeps_out_is_told_so_in_every_server(stage: Stage) -> None:
    ana = stage.id_of(stage.ana)
    await stage.run(lambda rooms: rooms.moderation.block(EVERYWHERE, ana, None))
    await stage.bot.studio.door.look()

    told = await drawing(stage.ana)
    alone = await drawing(stage.ana, channel="dm")

    assert "The operator of this Tintype has blocked you" in told
    assert "The operator of this Tintype has blocked you" in alone
    assert shown(await stage.ana.command("mydata")).body


# --- who left --------------------------------------------------------------------------------------------------------


async def test_who_left_is_noticed_and_who_is_there_is_left_alone(stage: Stage) -> None:
    await stage.taught()
    guild = next(iter(stage.box.guilds.values()))
    roll_call = RollCall(stage.store, stage.bot, between_s=0.0)

    await roll_call.look()
    there = await stage.run(lambda rooms: rows(rooms.db, "select member, left_at from absences"))
    guild.members.discard(stage.id_of(stage.ana))
    await stage.run(lambda rooms: rows(rooms.db, "update absences set looked_at = 0"))
    await roll_call.look()
    gone = await stage.run(lambda rooms: rows(rooms.db, "select left_at from absences"))

    assert there == [{"member": stage.id_of(stage.ana), "left_at": None}]
    assert gone[0]["left_at"] is not None


async def test_where_pictures_are_made_no_more_those_that_were_asked_for_go_to_their_member_alone(
    stage: Stage, mia: Member
) -> None:
    await drawing(stage.ana, count=1)
    job = await stage.job()
    card = await card_of(mia, "general")
    await mia.press(card, label_of(card, "place_pictures"))
    await stage.draw(job)

    await Outbox(stage.store, stage.bot, lambda: FACTS, SystemClock()).deliver()

    told = await stage.ana.wait_for(lambda one: "Enlarge 1" in one.text)
    assert told.channel_id == str(stage.box.dm_with(stage.box.people[stage.id_of(stage.ana)]).id)
