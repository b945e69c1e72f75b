"""Weights made elsewhere: asked about, queued, looked at by their owner alone, enabled or discarded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from bot import inspection
from bot.retelling import retold
from bot.trials import trial
from storage import packs
from storage.filtering import FilterKind
from storage.inspector.imports import taken
from storage.packs import PackCard
from storage.records import Job, JobKind, JobState
from storage.rules import Quota
from tests.bot.commands.files import LORA, end
from tests.bot.commands.stage import FACTS, PNG, Stage, shown
from tests.storage.inspector.test_weights import file, lora

pytestmark = pytest.mark.asyncio

FILE = ("my-dog.safetensors", LORA)
CARD = PackCard(
    name="rex", kind="animal", class_word="cat", trigger="sks dog", method="lora", base_model="b", base_revision="1",
    licence="cc-by", credits=["Cleo"], settings={"steps": 300}, scores={"pick": 0.8},
)  # fmt: skip


@pytest_asyncio.fixture
async def stage(idle: Stage) -> AsyncIterator[Stage]:
    """With the real inspector."""
    idle.inspect = inspection
    async with idle.running():
        yield idle


async def taken_over(stage: Stage, **options: Any) -> Job:
    """Ana hands a file in that says all, and the engine has taken it over."""
    await stage.ana.command("words import", file=FILE, **{"word": "rex", "kind": "animal"} | options)
    job = await stage.job()
    ended: Job = await stage.run(lambda rooms: end(rooms, job))
    return ended


async def files_of(stage: Stage) -> int:
    return len(await stage.run(lambda rooms: rooms.vault.held(stage.id_of(stage.ana))))


async def test_a_file_that_says_what_it_shows_is_queued_at_once(stage: Stage) -> None:
    answer = shown(await stage.ana.command("words import", file=FILE, word="<Rex>", kind="animal", class_word="cat"))

    job = await stage.job()
    assert answer.is_ephemeral
    assert "<rex> is being taken over" in answer.body
    assert (job.kind, job.request["word"], job.request["class_word"]) == (JobKind.IMPORT, "rex", "cat")
    assert job.request["trigger"] == "sks dog"
    assert stage.woken == 1


async def test_a_pack_says_all_itself(stage: Stage) -> None:
    pack = packs.packed(CARD, LORA, PNG)
    await stage.ana.command("words import", file=("rex.tintype.zip", pack))

    job = await stage.job()
    assert (job.request["word"], job.request["kind"], job.request["class_word"]) == ("rex", "animal", "cat")
    assert job.request["told"]["card"]["credits"] == ["Cleo"]
    assert await files_of(stage) == 1


async def test_what_a_file_does_not_say_is_asked_and_waits_over_a_restart(idle: Stage) -> None:
    idle.inspect = inspection
    async with idle.running():
        asked = shown(await idle.ana.command("words import", file=FILE))
    async with idle.running():
        queued = shown(await idle.ana.press(asked, "A thing"))

    job = await idle.job()
    assert "`my-dog.safetensors`: a LoRA of rank 4" in asked.body
    assert queued.id == asked.id
    assert (job.request["word"], job.request["kind"], job.request["class_word"]) == ("my-dog", "object", "mug")
    assert await idle.run(lambda rooms: rooms.imports.of(idle.id_of(idle.ana))) == []


async def test_a_person_is_asked_first_and_the_agreement_stands_with_the_word(stage: Stage) -> None:
    asked = shown(await stage.ana.command("words import", file=FILE, word="ana", kind="person"))
    assert await stage.jobs() == []
    unread = await stage.forge(stage.ana, f"t1:import_go:{asked.buttons[0].custom_id.split(':')[2]}:0")
    await stage.ana.press(asked, "It is me, and I agree")

    job = await stage.job()
    consent = await stage.run(lambda rooms: rooms.concepts.consent(job.concept))
    assert "I am 18 years or older" in asked.body
    assert "did not stand above that button" in unread
    assert consent.person == stage.id_of(stage.ana)


async def test_the_likeness_of_another_is_refused_and_deleted(stage: Stage) -> None:
    asked = shown(await stage.ana.command("words import", file=FILE, word="ben", kind="person"))
    refused = shown(await stage.ana.press(asked, "It shows somebody else"))
    late = shown(await stage.ana.press(asked, "It is me, and I agree"))

    assert "cannot be taken over from a file yet" in refused.body
    assert "do not wait any more" in late.body
    assert await files_of(stage) == 0


async def test_what_waits_can_be_discarded(stage: Stage) -> None:
    asked = shown(await stage.ana.command("words import", file=FILE))
    dropped = shown(await stage.ana.press(asked, "Discard"))

    assert "The file is deleted" in dropped.body
    assert await files_of(stage) == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("rex.pt", LORA, "is a pickle file"),
        ("rex.safetensors", b"\x80\x04\x95pickle", "is a pickle file"),
        ("rex.safetensors", LORA[: len(LORA) // 2], "is cut off"),
        ("rex.safetensors", file(lora(2048)), "was made for SDXL"),
        ("rex.safetensors", file({"lora_unet_x.oft_blocks": ("F16", [4, 4, 1])}), "a part named “lora\\_unet\\_x"),
        ("rex.zip", b"PK\x03\x04 and nothing", "was not unpacked"),
    ],
)
async def test_a_file_that_cannot_be_taken_says_why_and_nothing_is_kept(
    stage: Stage, name: str, content: bytes, said: str
) -> None:
    stage.facts = replace(FACTS, text_width=768)
    answer = shown(await stage.ana.command("words import", file=(name, content), word="rex", kind="animal"))

    assert said in answer.body
    assert await stage.jobs() == []
    assert await files_of(stage) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"word": "no word!"}, "cannot be a word"),
        ({"word": "ana-dog"}, "You already have a word <ana-dog>"),
        ({"class_word": "zebra"}, "does not know “zebra”"),
        ({"word": "badword"}, "filter does not allow"),
        ({"trigger": "a badword"}, "filter does not allow"),
    ],
)
async def test_what_is_wrong_with_the_wishes_is_said_and_nothing_is_kept(
    stage: Stage, options: dict[str, str], said: str
) -> None:
    await taken_over(stage, word="ana-dog")
    ana = stage.id_of(stage.ana)
    await stage.run(lambda rooms: rooms.rules.add_filter(stage.guild, FilterKind.WORD, "badword", actor=ana))
    before = await files_of(stage)
    wished = {"word": "rex", "kind": "animal"} | options

    assert said in shown(await stage.ana.command("words import", file=FILE, **wished)).body
    assert await files_of(stage) == before


async def test_no_more_than_two_wait_and_each_counts_as_a_training(stage: Stage) -> None:
    for word in ("one", "two"):
        await stage.ana.command("words import", file=FILE, word=word, kind="animal")
    third = shown(await stage.ana.command("words import", file=FILE, word="three", kind="animal"))

    assert len(await stage.jobs()) == 2
    assert "2" in third.body
    ana = stage.id_of(stage.ana)
    await stage.run(lambda rooms: rooms.rules.set_quota(stage.guild, Quota(role=0, trainings=2), actor=ana))
    for job in await stage.jobs():
        await stage.run(lambda rooms, job=job: end(rooms, job))
    assert "2" in shown(await stage.ana.command("words import", file=FILE, word="three", kind="animal")).body
    assert len(await stage.jobs()) == 2


async def test_a_word_is_of_no_use_until_its_owner_has_enabled_it(stage: Stage) -> None:
    job = await taken_over(stage)
    message = await stage.post(job.id)
    before = shown(await stage.ana.command("imagine", prompt="<rex>"))
    look = shown(await stage.ana.press(message, "Look"))
    foreign = shown(await stage.ben.press(message, "Look"))
    enabled = shown(await stage.ana.press(look, "Enable"))

    assert "waits for" in message.body
    assert message.files == []
    assert "not learned yet" in before.body
    assert "said as `sks dog`" in look.body
    assert look.is_ephemeral
    assert [await one.read() for one in look.files] == [PNG + b"first"]
    assert "belongs to another member" in foreign.body
    assert "yours to use" in enabled.body
    assert "queued" in shown(await stage.ana.command("imagine", prompt="<rex>")).body


async def test_a_word_that_waits_is_found_on_its_card(stage: Stage) -> None:
    await taken_over(stage)
    listed = shown(await stage.ana.command("words mine"))
    card = shown(await stage.ana.command("words card", word="rex"))
    look = shown(await stage.ana.press(card, "Look"))

    assert "**<rex>** · an animal · came from a file and waits for you" in listed.body
    assert "look at its first pictures" in card.body
    assert "said as `sks dog`" in look.body


async def test_enabling_twice_is_enabling_once(stage: Stage) -> None:
    job = await taken_over(stage)
    look = shown(await stage.ana.press(await stage.post(job.id), "Look"))
    press = next(button.custom_id for button in look.buttons if button.label == "Enable")
    told = [await stage.forge(stage.ana, str(press)) for _ in range(2)]
    late = await stage.forge(stage.ana, f"t1:import_discard:{job.id}")

    versions = await stage.run(lambda rooms: rooms.concepts.versions(job.concept))
    assert all("yours to use" in text for text in told)
    assert [(version.n, version.method, version.job) for version in versions] == [(1, "lora", job.id)]
    assert "is in use already" in late


async def test_a_discarded_word_goes_with_its_files_and_its_message(stage: Stage) -> None:
    job = await taken_over(stage)
    message = await stage.post(job.id)

    gone = shown(await stage.ana.press(message, "Discard"))

    assert "<rex> and its file are deleted" in gone.body
    assert await files_of(stage) == 0
    assert message.id not in [one.id for one in await stage.ben.read()]
    assert await stage.concept("rex") is None


async def test_its_name_stays_taken_while_it_waits_to_be_enabled(stage: Stage) -> None:
    await taken_over(stage)

    again = shown(await stage.ana.command("words import", file=FILE, word="rex", kind="animal"))

    assert "You already have a word <rex>" in again.body
    assert await stage.concept("rex") is not None


async def test_a_person_who_took_the_agreement_back_is_neither_shown_nor_enabled(stage: Stage) -> None:
    asked = shown(await stage.ana.command("words import", file=FILE, word="ana", kind="person"))
    await stage.ana.press(asked, "It is me, and I agree")
    job = await stage.job()
    await stage.run(lambda rooms: end(rooms, job))
    await stage.run(lambda rooms: rooms.sharing.take_back(job.concept, job.owner))

    for verb in ("look", "enable"):
        assert "was taken back" in await stage.forge(stage.ana, f"t1:{verb}:{job.id}")
    assert await stage.run(lambda rooms: rooms.concepts.versions(job.concept)) == []


async def test_taking_the_agreement_back_ends_what_is_under_way(stage: Stage) -> None:
    asked = shown(await stage.ana.command("words import", file=FILE, word="ana", kind="person"))
    await stage.ana.press(asked, "It is me, and I agree")
    job = await stage.job()

    await stage.run(lambda rooms: rooms.sharing.take_back(job.concept, job.owner))

    assert (await stage.job()).state is JobState.CANCELLED


async def test_a_refusal_of_the_engine_is_told_and_the_file_is_gone(stage: Stage) -> None:
    await stage.ana.command("words import", file=FILE, word="rex", kind="animal")
    await stage.fail(await stage.start(await stage.job()), "E_IMPORT_KEY", file="my-dog.safetensors", part="dora")

    message = await stage.post((await stage.job()).id)

    assert "<rex> was not taken over" in message.body
    assert "a part named “dora”" in message.body
    assert await files_of(stage) == 0


async def test_it_can_be_shown_again_and_stands_in_the_queue(stage: Stage) -> None:
    await stage.ana.command("words import", file=FILE, word="rex", kind="animal")
    line = shown(await stage.ana.command("queue"))
    foreign = shown(await stage.ben.command("queue"))
    job = await stage.start(await stage.job(), done=3, total=9)
    running = shown(await stage.ana.command("show", job=job.id))

    assert "taking <rex> over (yours)" in line.body
    assert "weights made elsewhere" in foreign.body
    assert "33 %" in running.body
    assert await stage.ana.complete("show", job="rex")


async def test_a_word_that_was_taken_over_is_handed_on_with_whom_it_came_from(stage: Stage) -> None:
    await stage.ana.command("words import", file=("rex.tintype.zip", packs.packed(CARD, LORA)))
    job = await stage.job()
    await stage.run(lambda rooms: end(rooms, job))
    await stage.forge(stage.ana, f"t1:enable:{job.id}")

    answer = shown(await stage.ana.command("words export", word="rex", **{"as": "pack", "credit": "Ana"}))

    (pack,) = answer.files
    heads = [head for head, _ in taken(await pack.read(), "rex.tintype.zip", None, "")]
    assert "CC BY" in answer.body
    assert heads[-1]["card"]["credits"] == ["Cleo", "Ana"]
    assert (heads[-1]["card"]["settings"], heads[-1]["card"]["scores"]) == ({"steps": 300}, {"pick": 0.8})


async def test_the_first_pictures_say_what_is_remarkable(stage: Stage) -> None:
    await stage.ana.command("words import", file=FILE, word="rex", kind="animal")
    job = await stage.job()
    warnings = [{"code": "W_IMPORT_BASE", "made_for": "some/model"}, {"code": "W_IMPORT_SAME"}, {"code": "W_NEW"}]
    ended = await stage.run(lambda rooms: end(rooms, job, warnings=warnings))

    card = await stage.run(lambda rooms: trial(rooms, ended, "rex"))

    said = str(card.view.to_components())
    assert "made with some" in said
    assert "the same with it and without it" in said


async def test_a_final_message_after_it_was_enabled_says_so(stage: Stage) -> None:
    job = await taken_over(stage)
    await stage.forge(stage.ana, f"t1:enable:{job.id}")

    card = await stage.run(lambda rooms: retold(rooms, job, FACTS, 1.0))

    assert "was taken over from a file by" in str(card.view.to_components())
