"""A likeness that who is shown wants back: out of use at once, unseen, and deleted if they wish."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.letters import Letters
from storage.clock import SystemClock
from storage.records import JobState
from tests.bot.commands.sitting import asked, learned, seen, told
from tests.bot.commands.stage import Stage, label_of, shown

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def letters(stage: Stage) -> Letters:
    return Letters(stage.store, stage.bot, SystemClock())


async def test_who_is_shown_takes_the_word_out_of_use_at_once(stage: Stage, letters: Letters) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    await stage.ana.command("imagine", prompt="<ben-face> in the snow")
    waiting = await stage.job()

    back = shown(await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>"))
    reply = await told(stage, letters, stage.ana, "has taken their agreement back")
    cancelled = await stage.run(lambda rooms: rooms.queue.get(waiting.id))
    again = shown(await stage.ana.command("imagine", prompt="<ben-face> at night"))
    recalled = shown(await stage.ana.command("show", job=(await stage.jobs())[1].id))
    concept = await stage.concept("ben-face")

    assert "Nobody can use it from now on, its owner included" in back.body
    assert "**Ben has taken their agreement back.** <ben-face> is refused everywhere" in reply.body
    assert (cancelled.state, cancelled.code) == (JobState.CANCELLED, "E_CONSENT_BACK")
    over = await stage.post(waiting.id)
    assert "`/show` tells whoever asked for it why" in over.body
    assert "agreement" not in over.body
    assert "took their agreement back" in shown(await stage.ana.command("show", job=waiting.id)).body
    assert "took their agreement back" in again.text
    assert "took their agreement back, so they are not shown any more" in recalled.text
    assert await stage.run(lambda rooms: rooms.concepts.grants(concept.id)) == []
    assert "The pictures are not shown any more" in (await seen(stage.ana, "pictures are not shown any more.")).body


async def test_a_training_under_way_is_cancelled_and_says_why_to_its_owner_alone(
    stage: Stage, letters: Letters
) -> None:
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    job = await stage.start(await stage.job(), done=1, total=9)
    draft = job.request["draft"]

    await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>")
    over = await stage.post(job.id)
    alone = shown(await stage.ana.command("show", job=job.id))
    word = shown(await stage.ana.command("words card", word="ben-face"))

    assert (await stage.job()).state is JobState.CANCELLED
    assert "The person whom <ben-face> shows took their agreement back, so it is not learned" in alone.body
    assert "agreement" not in over.body
    assert "`/show` tells its owner why" in over.body
    assert "took their agreement back, so it is learned no further" in word.body
    assert [button.label for card in (over, alone) for button in card.buttons] == []
    assert await stage.run(lambda rooms: rooms.photos.draft(draft)) is None
    assert "nothing of yours" not in over.body.lower()


async def test_pictures_of_who_took_it_back_are_kept_from_all_others_but_from_who_is_shown(
    stage: Stage, letters: Letters
) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    mine, ana, ben = await stage.job(), stage.id_of("ana"), stage.id_of("ben")
    image = (await stage.run(lambda rooms: rooms.images.of_job(mine.id)))[0]
    await stage.run(lambda rooms: rooms.wishes.star(ana, image.id))
    concept = await stage.concept("ben-face")
    assert concept is not None

    await stage.forge(stage.ben, f"t1:take_back:{concept.id}")

    told = [await stage.forge(stage.ana, f"t1:{verb}:{mine.id}:1") for verb in ("enlarge", "vary", "again", "recipe")]
    training = (await stage.jobs())[-1]
    told.append(await stage.forge(stage.ana, f"t1:show_me:{training.id}"))
    shows_me = await stage.forge(stage.ben, f"t1:show_me:{training.id}")
    stars = shown(await stage.ana.command("favourites"))
    handed = await stage.run(lambda rooms: rooms.privacy.contents(ana))
    assert ["took their agreement back" in text for text in told] == [True] * 5
    assert shows_me == ""  # pictures alone
    assert image.id not in stars.text
    assert [name for name, _ in handed if not name.startswith("photos/")] == []
    seen_by = [await stage.run(lambda rooms, who=who: rooms.images.is_withdrawn(mine.id, who)) for who in (ana, ben)]
    assert seen_by == [True, False]


async def test_who_is_shown_may_delete_the_word_for_good(stage: Stage, letters: Letters) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    concept = await stage.concept("ben-face")
    assert concept is not None
    back = shown(await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>"))

    receipt = shown(await stage.ben.press(back, label_of(back, "forget_word")))

    assert "Deleted" in receipt.body
    assert await stage.concept("ben-face") is None
    assert await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of("ana"))) == []
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []


async def test_when_who_is_shown_is_forgotten_the_word_goes_with_its_files_and_its_owner_is_told(
    stage: Stage, letters: Letters
) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    await stage.ana.command("imagine", prompt="<ben-face> in the snow")

    await stage.forge(stage.ben, f"t1:forget_all:{stage.id_of('ben'):016x}")
    reply = await told(stage, letters, stage.ana, "has taken their agreement back")

    assert "The member whom" in reply.body
    assert "en" + "-face" not in reply.body
    assert await stage.concept("ben-face") is None
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []
    assert [job.state for job in await stage.jobs() if not job.state.is_over] == []


async def test_when_who_is_asked_is_forgotten_the_photos_go(stage: Stage, letters: Letters) -> None:
    question, _ = await asked(stage, letters)

    await stage.forge(stage.ben, f"t1:forget_all:{stage.id_of('ben'):016x}")
    reply = await told(stage, letters, stage.ana, "the account of who was asked, is gone")

    assert "A question of yours is over" in reply.body
    assert await stage.run(lambda rooms: rooms.photos.draft(question.draft)) is None
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []


async def test_who_has_left_the_server_takes_it_back_in_a_direct_message(stage: Stage, letters: Letters) -> None:
    await learned(stage, letters)
    stage.box.guilds[stage.guild].members.discard(stage.id_of("ben"))

    card = shown(await stage.ben.command("privacy", channel="dm"))
    back = shown(await stage.ben.press(card, "Take back <ben-face>"))

    assert "Nobody can use it from now on" in back.body
    assert "took their agreement back" in shown(await stage.ana.command("imagine", prompt="<ben-face>")).text
