from __future__ import annotations

import pytest

from tests.bot.commands.stage import Stage, shown

pytestmark = pytest.mark.asyncio


async def test_an_empty_queue_says_so_and_names_the_engine(stage: Stage) -> None:
    card = shown(await stage.ana.command("queue"))

    assert "Nothing is waiting" in card.body
    assert "Engine: awake, Miniature, cpu." in card.body


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
    assert "cat, dog, mug and person" in card.body
