"""A name with several meanings: the member is asked, and what they may not use is not told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.client import Member, Message
from storage.records import ConceptId, Grant, Kind, Scope, Version
from tests.bot.commands.engine_play import weights_of
from tests.bot.commands.stage import Stage, custom_id_of, photo, shown
from tests.storage.rooms import add_version

pytestmark = pytest.mark.asyncio
GONE = "do not wait for a choice any more"


@pytest_asyncio.fixture
async def eve(stage: Stage) -> AsyncIterator[Member]:
    async with Member.connect(stage.url, "eve") as eve:
        yield eve


async def offered(stage: Stage, owner: Member, class_word: str = "dog", to: Member | None = None) -> Version:
    """A word <rex> of this owner, for ben if for nobody else."""

    def work(rooms: object) -> Version:
        concept = rooms.concepts.create(stage.id_of(owner), stage.guild, "rex", Kind.ANIMAL, class_word)  # type: ignore[attr-defined]
        blob = rooms.vault.put(concept.owner, weights_of("rex", class_word, "lora"))  # type: ignore[attr-defined]
        version = add_version(rooms.concepts, concept, blob)  # type: ignore[attr-defined]
        reader = stage.id_of(to or stage.ben)
        rooms.concepts.grant(Grant(concept=concept.id, scope=Scope.MEMBER, subject=reader))  # type: ignore[attr-defined]
        return version

    await owner.command("help")  # so that it is known what they are called
    version: Version = await stage.run(work)
    return version


async def asked(stage: Stage, **options: object) -> Message:
    return shown(await stage.ben.command("imagine", **{"prompt": "<rex:0.7> in the snow", "seed": 5} | options))


async def test_the_choice_names_owner_kind_and_class_word_and_goes_on_with_exactly_that(
    stage: Stage, eve: Member
) -> None:
    await offered(stage, stage.ana)
    cat = await offered(stage, eve, "cat")

    question = await asked(stage, count=2, negative="rain")
    before = await stage.jobs("ben")
    queued = shown(await stage.ben.press(question, "2 · Eve · cat"))

    assert question.is_ephemeral
    assert "Which <rex> do you mean?" in question.body
    assert "1. by Ana: an animal, *dog* (version 1)" in question.body
    assert [one.label for one in question.buttons] == ["1 · Ana · dog", "2 · Eve · cat"]
    assert before == []
    assert "queued" in queued.body
    (job,) = await stage.jobs("ben")
    assert job.request["words"] == [{"version": cat.id, "name": "rex", "strength": 0.7}]
    told = {name: job.request[name] for name in ("seed", "count", "negative_prompt", "prompt")}
    assert told == {"seed": 5, "count": 2, "negative_prompt": "rain", "prompt": "<rex:0.7> in the snow"}


async def test_ones_own_word_and_a_nearer_one_are_meant_without_a_question(stage: Stage, eve: Member) -> None:
    await offered(stage, stage.ana)
    await offered(stage, eve)
    mine = await offered(stage, stage.ben, to=stage.ana)

    assert "queued" in (await asked(stage)).body
    assert (await stage.job("ben")).request["words"][0]["version"] == mine.id


async def test_what_the_asker_may_not_use_or_what_fits_no_base_is_neither_offered_nor_counted(
    stage: Stage, eve: Member
) -> None:
    dog = await offered(stage, stage.ana)
    await offered(stage, eve, "cat", to=stage.ana)
    first = await asked(stage)
    sql = "update versions set base_model = 'other' where concept != :dog"
    await stage.run(lambda rooms: rooms.db.conn.execute(sql, {"dog": dog.concept}))
    cat = await stage.run(lambda rooms: rooms.concepts.named(stage.id_of(eve), stage.guild, "rex"))
    await stage.run(
        lambda rooms: rooms.concepts.grant(Grant(concept=cat.id, scope=Scope.MEMBER, subject=stage.id_of("ben")))
    )
    second = await asked(stage)

    assert "queued" in first.body
    assert "queued" in second.body
    assert {job.request["words"][0]["version"] for job in await stage.jobs("ben")} == {dog.id}


async def test_a_choice_survives_a_restart_belongs_to_the_asker_and_is_taken_once(idle: Stage) -> None:
    async with Member.connect(idle.url, "eve") as eve:
        async with idle.running():
            await offered(idle, idle.ana)
            await offered(idle, eve)
            question = await asked(idle)
        async with idle.running():
            custom_id = custom_id_of(question, "mean")
            foreign = [await idle.forge(other, custom_id, question) for other in (idle.ana, eve)]
            missing = await idle.forge(idle.ben, custom_id[:-1] + "9", question)
            queued = shown(await idle.ben.press(question, "1 · Ana · dog"))
            again = await idle.forge(idle.ben, custom_id, question)

    assert all(GONE in text for text in foreign)
    assert "There is no such thing" in missing
    assert "queued" in queued.body
    assert GONE in again
    assert len(await idle.jobs("ben")) == 1


async def test_a_word_withdrawn_meanwhile_is_refused_and_the_other_can_still_be_chosen(
    stage: Stage, eve: Member
) -> None:
    dog = await offered(stage, stage.ana)
    await offered(stage, eve, "cat")
    question = await asked(stage)
    await stage.run(lambda rooms: rooms.sharing.unshare(ConceptId(dog.concept)))

    refused = await stage.forge(stage.ben, f"{custom_id_of(question, 'mean')}", question)
    queued = shown(await stage.ben.press(question, "2 · Eve · cat"))

    assert "There is no word <rex> that you can use here" in refused
    assert "queued" in queued.body


async def test_two_unclear_words_are_asked_about_one_after_the_other(stage: Stage, eve: Member) -> None:
    for owner in (stage.ana, eve):
        await offered(stage, owner)
    for concept in [await stage.concept("rex"), await stage.concept("rex", eve)]:
        assert concept is not None
        other = await stage.run(
            lambda rooms, one=concept: rooms.concepts.create(one.owner, stage.guild, "cup", Kind.OBJECT, "mug")
        )
        await stage.run(lambda rooms, one=other: add_version(rooms.concepts, one, rooms.vault.put(one.owner, b"w")))
        await stage.run(
            lambda rooms, one=other: rooms.concepts.grant(
                Grant(concept=one.id, scope=Scope.MEMBER, subject=stage.id_of("ben"))
            )
        )

    first = await asked(stage, prompt="<rex> with <cup>")
    second = shown(await stage.ben.press(first, "2 · Eve · dog"))
    third = shown(await stage.ben.press(second, "1 · Ana · mug"))

    assert "Which <rex>" in first.body
    assert "Which <cup>" in second.body
    assert "queued" in third.body
    assert [one["name"] for one in (await stage.job("ben")).request["words"]] == ["rex", "cup"]
    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) == []


async def test_more_than_five_meanings_point_to_the_gallery(stage: Stage, eve: Member) -> None:
    for number in range(7):
        name = f"owner{number}"
        stage.box.guilds[stage.guild].members.add(stage.box.add_person(name).id)
        async with Member.connect(stage.url, name) as owner:
            await offered(stage, owner)

    question = await asked(stage)

    assert len(question.buttons) == 5
    assert "… and 2 more: `/styles search` finds them" in question.body


async def test_a_picture_to_begin_from_waits_with_its_order(stage: Stage, eve: Member) -> None:
    for owner in (stage.ana, eve):
        await offered(stage, owner)
    question = await asked(stage, image=("sketch.png", photo(3)))

    await stage.ben.press(question, "1 · Ana · dog")

    blob = (await stage.job("ben")).request["image"]["blob"]
    assert await stage.run(lambda rooms: rooms.vault.open(blob)) == photo(3)
