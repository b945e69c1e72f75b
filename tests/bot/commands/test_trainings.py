from __future__ import annotations

import pytest

from bot import fates
from storage.records import JobState, Progress
from tests.bot.commands.stage import PNG, Stage, custom_id_of, shown

pytestmark = pytest.mark.asyncio


async def test_a_failed_training_is_begun_again_with_its_photos(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    job = await stage.job()
    await stage.fail(job, "E_NO_MEMORY", device="cpu", free_mib=12)
    failed = await stage.post(job.id)

    card = shown(await stage.ana.press(failed, "Train again"))
    await stage.ana.press(card, "Train")

    assert "ran out of memory (12 MiB free)" in failed.body
    assert "5 usable photos" in card.body
    assert [one.state for one in await stage.jobs()] == [JobState.QUEUED, JobState.FAILED]
    assert "That training is already queued" in await stage.forge(stage.ana, custom_id_of(failed, "retry"))


async def test_a_training_that_succeeded_cannot_be_begun_again(stage: Stage) -> None:
    await stage.taught()
    job = await stage.job()

    assert "Start again with `/train`" in await stage.forge(stage.ana, f"t1:retry:{job.id}")


async def test_too_many_trainings_of_one_member_are_refused_and_the_photos_stay(stage: Stage) -> None:
    for number in range(3):
        await stage.ana.press(await stage.report(3, word=f"word-{number}"), "Train")
    card = await stage.report(3, word="one-more")

    told = await stage.forge(stage.ana, custom_id_of(card, "train"))

    assert "You already have 3 of these" in told
    assert "3 usable photos" in stage.ana.newest(card).body


async def test_a_running_training_is_stopped_with_its_best_kept(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    job = await stage.job()
    early = await stage.forge(stage.ana, f"t1:keep:{job.id}")
    await stage.start(job, done=100, total=300)
    card = await stage.post(job.id)

    answer = shown(await stage.ana.press(card, "Stop and keep best"))

    assert "It has not begun to learn yet" in early
    assert "33 %" in card.body
    assert "the best so far is kept" in answer.body
    assert (await stage.job()).wish == "keep_best"


async def test_a_training_that_was_interrupted_still_shows_how_far_it_was(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    started = await stage.start(await stage.job(), done=100, total=300)
    await stage.run(lambda rooms: rooms.queue.release(started.id, started.attempt))
    waiting = await stage.post(started.id)
    claimed = await stage.start(await stage.job())
    awake = Progress(phase="cache", done=0, total=300)
    await stage.run(lambda rooms: fates.beat(rooms, claimed, awake))
    running = await stage.post(started.id)
    queue = shown(await stage.ana.command("queue"))

    for card in (waiting, running):
        assert "33 %" in card.body
        assert "Step 100 of 300" in card.body
        assert "interrupted after step 100 and goes on from its last checkpoint." in card.body
        assert [await one.read() for one in card.files] == [PNG + b"preview"]
    assert "33 %" in queue.body


async def test_a_word_renamed_while_it_is_learned_bears_its_new_name_on_every_card(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    waiting = await stage.job()
    await stage.ana.command("words rename", word="ana-dog", name="rex")
    started = await stage.start(waiting, done=100, total=300)
    told = [(await stage.post(waiting.id)).body, shown(await stage.ana.command("queue")).body]
    told += [name for name, _ in await stage.ana.complete("show", job="")]
    await stage.fail(started)
    told.append((await stage.post(waiting.id)).body)

    assert ["rex" in one for one in told] == [True] * 4, told
    assert [one for one in told if "ana-dog" in one] == []


async def test_a_training_is_cancelled_once(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    card = await stage.post((await stage.job()).id)

    cancelled = shown(await stage.ana.press(card, "Cancel"))
    again = await stage.forge(stage.ana, custom_id_of(card, "cancel"))

    assert "was cancelled" in cancelled.body
    assert "That job is over already" in again
    assert (await stage.job()).state is JobState.CANCELLED
    assert stage.woken == 2


async def test_of_a_persons_training_the_channel_sees_no_picture(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5, word="ana-me", kind="person"), "I agree, train")
    job = await stage.start(await stage.job(), done=100, total=300)
    running = await stage.post(job.id)
    early = shown(await stage.ana.press(running, "Show me"))
    await stage.learn(job)
    learned = await stage.post(job.id)

    samples = shown(await stage.ana.press(learned, "Show me"))

    assert running.files == learned.files == []
    assert early.is_ephemeral
    assert samples.is_ephemeral
    assert [await one.read() for one in samples.files] == [PNG + b"sheet", PNG + b"curve"]
    assert "belongs to another member" in shown(await stage.ben.press(learned, "Show me")).text


async def test_the_result_says_whose_word_it_is_as_the_live_card_does(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")
    job = await stage.start(await stage.job(), done=100, total=300)
    running = await stage.post(job.id)
    await stage.learn(job)
    learned = await stage.post(job.id)
    whose = f"Taught by <@{stage.id_of(stage.ana)}>"

    assert whose in running.text
    assert whose in learned.text
    assert learned.files
    assert (stage.ana.is_mine(learned), stage.ben.is_mine(learned)) == (True, False)


async def test_ways_to_learn_and_class_words_are_completed(stage: Stage) -> None:
    methods = await stage.ana.complete("train", method="textual")
    class_words = await stage.ana.complete("train", kind="animal", class_word="")

    assert methods == [("Textual inversion – tiny files", "textual_inversion")]
    assert class_words == [("dog", "dog"), ("cat", "cat")]
