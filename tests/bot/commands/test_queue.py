from __future__ import annotations

from typing import Any

import pytest

from bot.letters import Letters
from bot.sandbox.client import Member
from bot.studio import EngineFacts
from storage.clock import SystemClock
from storage.questions import QuestionState
from tests.bot.commands.leaves import ask_first, delivered, pressed, wanted
from tests.bot.commands.sitting import asked
from tests.bot.commands.stage import Stage, shown

pytestmark = pytest.mark.asyncio


async def test_an_empty_queue_says_so_and_names_the_engine(stage: Stage) -> None:
    card = shown(await stage.ana.command("queue"))

    assert "Nothing is waiting" in card.body
    assert "Engine: awake, the bundled miniature, cpu." in card.body


CARD = {"name": "NVIDIA H200", "type": "cuda", "processor": "", "threads": 0}
CORES = {"name": "x86_64 CPU, 2 threads", "type": "cpu", "processor": "x86_64", "threads": 2}
OTHER = {"id": "owner/name", "revision": "1", "title": "Stable Diffusion XL"}


@pytest.mark.parametrize(
    ("changes", "locale", "told"),
    [
        ({"device": CORES}, "de", "Maschine: wach, das mitgelieferte Miniaturmodell, x86_64 CPU, 2 Threads."),
        ({"device": CORES | {"threads": 1}}, "de", "x86_64 CPU, ein Thread."),
        ({"device": CORES}, "en-US", "Engine: awake, the bundled miniature, x86_64 CPU, 2 threads."),
        ({"device": CARD, "base_model": OTHER}, "de", "Maschine: wach, Stable Diffusion XL, NVIDIA H200."),
    ],
)
async def test_the_engine_is_described_in_the_language_of_whoever_asks(
    stage: Stage, changes: dict[str, Any], locale: str, told: str
) -> None:
    stage.facts = EngineFacts.from_ping({"state": "ready", "base_model": {"id": "miniature"}} | changes)
    async with Member.connect(stage.url, "lena", locale=locale) as lena:
        assert told in shown(await lena.command("queue")).body.replace("\\", "")


async def test_while_no_engine_is_awake_the_queue_says_that_jobs_are_kept(stage: Stage) -> None:
    stage.facts = None

    assert "Jobs are kept and start by themselves" in shown(await stage.ana.command("queue")).body


async def test_the_queue_shows_ones_own_words_and_of_others_only_that_there_is_something(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5, word="secret-word"), "Train")
    await stage.start(await stage.job(), done=100, total=300)
    await stage.ana.command("imagine", prompt="a secret cup")

    mine = shown(await stage.ana.command("queue"))
    theirs = shown(await stage.ben.command("queue"))

    assert "▶ learning <secret-word> (yours) · 33 % · about 2 minutes left" in mine.body
    assert "1. pictures (yours)" in mine.body
    assert "▶ a word · 33 %" in theirs.body
    assert "1. pictures" in theirs.body
    assert "secret" not in theirs.body


async def test_the_wait_counts_what_stands_before(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5, word="first"), "Train")
    card = await stage.report(5, word="second")

    queued = shown(await stage.ana.press(card, "Train"))

    assert "Place 2 in the queue. It takes about 8 minutes." in queued.body


async def test_help_names_the_three_steps_and_what_this_engine_knows(stage: Stage) -> None:
    card = shown(await stage.ana.command("help"))

    assert "`/train`" in card.body
    assert "Ways to learn here: LoRA, Textual inversion and Pivotal tuning." in card.body
    assert "cat, dog, mug, pastel and person" in card.body


async def test_pictures_that_wait_for_their_words_owners_are_listed_and_can_be_taken_back(stage: Stage) -> None:
    concept = await ask_first(stage, stage.ana)
    await wanted(stage)
    (question,) = await stage.run(lambda rooms: rooms.questions.open_by(stage.id_of("ben")))

    card = shown(await stage.ben.command("queue"))
    theirs = shown(await stage.ana.command("queue"))
    back = shown(await stage.ben.press(card, "Take the question back"))
    await delivered(stage)
    after = shown(await stage.ben.command("queue"))

    assert f"**Pictures of yours wait** until <t:{int(question.ends_at)}:R> for an answer of:" in card.body
    assert "· Ana, for <ana-dog>" in card.body
    assert "wait** until" not in theirs.body
    assert back.body == "You took the question back. Nobody is asked any more."
    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) == []
    assert (await stage.run(lambda rooms: rooms.questions.get(question.id))).state is QuestionState.WITHDRAWN
    assert "wait** until" not in after.body
    assert await stage.run(lambda rooms: rooms.concepts.get(concept.id)) is not None


async def test_one_order_is_listed_once_with_all_who_are_yet_to_answer(stage: Stage) -> None:
    async with Member.connect(stage.url, "eve") as eve:
        await ask_first(stage, stage.ana)
        await ask_first(stage, eve, "eve-cat")
        await wanted(stage, "<ana-dog> and <eve-cat>")
        await wanted(stage, "<ana-dog> alone")
        both = shown(await stage.ben.command("queue"))
        await pressed(stage, eve, "Allow once")
        left = shown(await stage.ben.command("queue"))

    assert [both.body.count(text) for text in ("wait** until", "for <ana-dog>", "for <eve-cat>")] == [1, 1, 1]
    assert [left.body.count(text) for text in ("wait** until", "for <ana-dog>", "for <eve-cat>")] == [1, 1, 0]


async def test_a_training_that_waits_for_who_is_shown_is_listed_and_can_be_taken_back(stage: Stage) -> None:
    letters = Letters(stage.store, stage.bot, SystemClock())
    question, _ = await asked(stage, letters)

    card = shown(await stage.ana.command("queue"))
    back = shown(await stage.ana.press(card, "Take the question back"))

    assert f"**<ben-face> waits** until <t:{int(question.ends_at)}:R> for Ben to agree" in card.body
    assert "Train" in back.text
    assert await stage.run(lambda rooms: rooms.questions.open()) == []
