"""An order with words of several owners, or with two people in it, waits for leave of all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.client import Member
from storage.records import Consent, Grant, Kind, Scope
from tests.bot.commands.leaves import ask_first, delivered, pressed, seen, wanted, word_of
from tests.bot.commands.stage import Stage, custom_id_of, shown
from tests.storage.rooms import add_version

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def eve(stage: Stage) -> AsyncIterator[Member]:
    async with Member.connect(stage.url, "eve") as eve:
        await eve.command("help")
        yield eve


async def test_two_owners_are_asked_and_the_last_yes_queues(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana)
    await ask_first(stage, eve, "eve-cat")
    answer = await wanted(stage, "<ana-dog> with <eve-cat>")

    await pressed(stage, stage.ana, "Allow once")
    waits = await seen(stage.ben, "still wait for")
    between = await stage.jobs("ben")
    await pressed(stage, eve, "Always")

    assert all(line in answer.body for line in ("· Ana, for <ana-dog>", "· Eve, for <eve-cat>"))
    assert "Your pictures still wait for Eve" in waits.body
    assert between == []
    assert len((await stage.job("ben")).request["words"]) == 2


async def test_one_no_of_two_is_over_for_both(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana)
    await ask_first(stage, eve, "eve-cat")
    await wanted(stage, "<ana-dog> with <eve-cat>")
    eves = await seen(eve, "to use your word")

    await pressed(stage, stage.ana, "No")
    late = await stage.forge(eve, custom_id_of(eves, "agree"), eves)

    assert "it was taken back before there was an answer" in late
    assert await stage.jobs("ben") == []
    told = [one for one in stage.ben.messages.values() if "Nothing is drawn" in one.text and not one.is_ephemeral]
    assert len(told) == 1


@pytest.mark.parametrize("ending", ["no", "taken back", "a word gone"])
async def test_who_had_allowed_it_is_shown_that_nothing_came_of_it_later(
    stage: Stage, eve: Member, ending: str
) -> None:
    await ask_first(stage, stage.ana)
    cat = await ask_first(stage, eve, "eve-cat")
    answer = await wanted(stage, "<ana-dog> with <eve-cat>")
    await pressed(stage, stage.ana, "Allow once")
    before = (await seen(stage.ana, "You allowed Ben")).body

    if ending == "no":
        await pressed(stage, eve, "No")
    elif ending == "taken back":
        await stage.ben.press(answer, "Take the question back")
    else:
        await stage.run(lambda rooms: rooms.privacy.forget_word(cat.id))
    await delivered(stage)
    after = (await seen(stage.ana, "Nothing came of it")).body
    await delivered(stage)

    assert before == "You allowed Ben to use <ana-dog> once."
    assert after.startswith(before)
    assert "Eve" not in after
    assert await stage.run(lambda rooms: rooms.questions.due()) == []


async def test_who_allowed_what_is_drawn_is_told_nothing_more(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana)
    await ask_first(stage, eve, "eve-cat")
    await wanted(stage, "<ana-dog> with <eve-cat>")
    await pressed(stage, stage.ana, "Allow once")
    await pressed(stage, eve, "Allow once")
    await delivered(stage)

    assert (await seen(stage.ana, "You allowed Ben")).body == "You allowed Ben to use <ana-dog> once."
    assert (await seen(eve, "You allowed Ben")).body == "You allowed Ben to use <eve-cat> once."


async def test_two_people_of_different_owners_need_both(stage: Stage, eve: Member) -> None:
    await word_of(stage, stage.ana, "ana-me", Kind.PERSON)
    await word_of(stage, eve, "eve-me", Kind.PERSON)

    alone = await wanted(stage, "<ana-me> in the snow")
    both = await wanted(stage, "<ana-me> and <eve-me>")
    card = await seen(stage.ana, "to use your word")
    await pressed(stage, stage.ana, "Allow once")
    await pressed(stage, eve, "Allow once")
    adult = shown(await stage.ben.command("imagine", prompt="<ana-me> and <eve-me>", channel="after-dark"))

    assert "queued" in alone.body
    assert "· Eve, for <eve-me>" in both.body
    assert "There is another person in that picture" in card.body
    assert len((await stage.job("ben")).request["words"]) == 2
    assert "never used in an age-restricted channel" in adult.body


async def test_the_owner_of_one_of_two_people_asks_the_other_alone(stage: Stage, eve: Member) -> None:
    await word_of(stage, stage.ana, "ana-me", Kind.PERSON)
    await stage.run(
        lambda rooms: rooms.concepts.grant(
            Grant(concept=_mine(rooms, stage, eve), scope=Scope.MEMBER, subject=stage.id_of("ana"))
        )
    )

    answer = shown(await stage.ana.command("imagine", prompt="<ana-me> and <eve-me>"))

    assert "· Eve, for <eve-me>" in answer.body
    assert "<ana-me>" not in answer.body


def _mine(rooms: Any, stage: Stage, owner: Member) -> str:
    concept = rooms.concepts.create(stage.id_of(owner), stage.guild, "eve-me", Kind.PERSON, "person")
    add_version(rooms.concepts, concept, rooms.vault.put(concept.owner, b"w"))
    rooms.concepts.agree(Consent(concept=concept.id, person=concept.owner, text_version="1", given_at=1.0))
    return str(concept.id)


async def test_a_word_is_chosen_first_and_then_its_owner_is_asked(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana, "rex")
    await word_of(stage, eve, "rex")
    question = await wanted(stage, "<rex> in the snow")

    waits = shown(await stage.ben.press(question, "1 · Ana · dog"))
    await delivered(stage)
    await pressed(stage, stage.ana, "Allow once")

    assert "Which <rex> do you mean?" in question.body
    assert "· Ana, for <rex>" in waits.body
    (job,) = await stage.jobs("ben")
    version = await stage.run(lambda rooms: rooms.concepts.version(job.request["words"][0]["version"]))
    assert (await stage.concept("rex")).id == version.concept
    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) == []
