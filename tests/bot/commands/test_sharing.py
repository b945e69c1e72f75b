from __future__ import annotations

import pytest

from storage.records import JobState, Kind
from tests.bot.commands.stage import Stage, shown

pytestmark = pytest.mark.asyncio

NO_WORD = "There is no word <ana-dog> that you can use here"


async def test_a_shared_word_is_used_by_others_until_it_is_taken_back(stage: Stage) -> None:
    await stage.taught()
    refused = shown(await stage.ben.command("imagine", prompt="<ana-dog> on the beach"))

    shared = shown(await stage.ana.command("words share", word="ana-dog", **{"with": "server"}, licence="cc-by-nc"))
    drawn = shown(await stage.ben.command("imagine", prompt="<ana-dog> on the beach"))
    await stage.draw(await stage.job("ben"))
    grid = await stage.post((await stage.job("ben")).id)
    await stage.ben.press(grid, "Again")
    waiting = await stage.job("ben")
    private = shown(await stage.ana.press(shared, "Stop sharing with all"))
    third = shown(await stage.ben.command("imagine", prompt="<ana-dog> on the beach"))
    again = shown(await stage.ben.press(grid, "Again"))

    assert NO_WORD in refused.body
    assert "everybody in this server" in shared.body
    assert "CC BY-NC" in shared.body
    assert shared.is_ephemeral
    assert "queued" in drawn.body
    assert "<ana-dog> is private: only you can use it" in private.body
    assert NO_WORD in third.body
    assert NO_WORD in again.body
    assert (await stage.run(lambda rooms: rooms.queue.get(waiting.id))).state is JobState.CANCELLED


async def test_a_word_is_shared_with_named_members_and_taken_back_from_one(stage: Stage) -> None:
    await stage.taught(kind="animal")

    await stage.ana.command("words share", word="ana-dog", **{"with": "member"}, member="ben")
    both = shown(await stage.ana.command("words share", word="ana-dog", **{"with": "everybody"}, about="My dog *Rex*"))
    card = shown(await stage.ana.command("words card", word="ana-dog"))
    left = shown(await stage.ana.command("words unshare", word="ana-dog", **{"with": "everybody"}))

    assert f"<@{stage.id_of(stage.ben)}>" in both.body
    assert "everybody in every server of this bot" in both.body
    assert "everybody in every server of this bot" in card.body
    assert "everybody in every server" not in left.body
    assert "queued" in shown(await stage.ben.command("imagine", prompt="<ana-dog>")).body


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"with": "member"}, "Name whom to share <ana-dog> with"),
        ({"with": "role"}, "Name whom to share <ana-dog> with"),
        ({"with": "member", "member": "ana"}, "<ana-dog> is yours already"),
    ],
)
async def test_sharing_that_names_nobody_else_is_refused_with_the_reason(
    stage: Stage, options: dict[str, str], told: str
) -> None:
    await stage.taught()

    assert told in shown(await stage.ana.command("words share", word="ana-dog", **options)).body


async def test_a_name_that_is_taken_in_the_server_is_refused_until_the_word_is_renamed(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"})
    bens = await stage.run(
        lambda rooms: rooms.concepts.create(stage.id_of(stage.ben), stage.guild, "ana-dog", Kind.ANIMAL, "dog")
    )
    version = (await stage.run(lambda rooms: rooms.db.conn.execute("select * from versions").fetchone()))[0]
    await stage.run(
        lambda rooms: rooms.db.conn.execute("update versions set concept = ? where id = ?", (bens.id, version))
    )

    refused = shown(await stage.ben.command("words share", word="ana-dog", **{"with": "server"}))
    await stage.ben.command("words rename", word="ana-dog", name="bens-dog")
    shared = shown(await stage.ben.command("words share", word="bens-dog", **{"with": "server"}))

    assert "Another word is shared as <ana-dog> in this server" in refused.body
    assert "`/words rename`" in refused.body
    assert "Who may use <bens-dog>" in shared.body


async def test_a_person_is_shared_with_single_members_only(stage: Stage) -> None:
    await stage.taught("ana", kind="person")

    refused = shown(await stage.ana.command("words share", word="ana", **{"with": "server"}))
    shared = shown(await stage.ana.command("words share", word="ana", **{"with": "member"}, member="ben"))

    assert "can be shared with single members only" in refused.body
    assert f"<@{stage.id_of(stage.ben)}>" in shared.body
    assert "queued" in shown(await stage.ben.command("imagine", prompt="<ana>")).body


async def test_a_word_that_others_share_shows_its_public_part_alone(stage: Stage) -> None:
    await stage.taught()
    hidden = shown(await stage.ben.command("words card", word="ana-dog"))
    missing = shown(await stage.ben.command("words card", word="ana-cat"))
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"}, about="A good dog")

    card = shown(await stage.ben.command("words card", word="ana-dog"))

    assert hidden.body.replace("ana-dog", "ana-cat") == missing.body
    assert f"<@{stage.id_of(stage.ana)}>" in card.body
    assert "A good dog" in card.body
    assert "Version" not in card.body
    assert "everybody in this server" not in card.body
    assert await stage.ben.complete("words card", word="ana") == [("<ana-dog>", "ana-dog")]
    assert await stage.ben.complete("words share", word="ana") == []


async def test_a_word_not_to_be_mixed_with_people_is_refused_beside_one_and_at_every_follow_up(stage: Stage) -> None:
    await stage.taught()
    await stage.taught("ana-me", kind="person")
    await stage.ana.command("words share", word="ana-me", **{"with": "member"}, member="ben")
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"})
    allowed = shown(await stage.ben.command("imagine", prompt="<ana-me> with <ana-dog>"))
    await stage.draw(await stage.job("ben"))
    grid = await stage.post((await stage.job("ben")).id)
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"}, mixing="no-people")

    mixed = shown(await stage.ben.command("imagine", prompt="<ana-me> with <ana-dog>"))
    again = shown(await stage.ben.press(grid, "Again"))
    alone = shown(await stage.ben.command("imagine", prompt="<ana-dog> alone"))
    own = shown(await stage.ana.command("imagine", prompt="<ana-me> with <ana-dog>"))

    assert "queued" in allowed.body
    assert "not in one picture with a person" in mixed.body
    assert "not in one picture with a person" in again.body
    assert "queued" in alone.body
    assert "queued" in own.body


async def test_two_people_of_others_stand_in_one_picture_only_with_leave(stage: Stage) -> None:
    await stage.taught("ana-me", kind="person")
    await stage.taught("ana-too", kind="person")
    for word in ("ana-me", "ana-too"):
        await stage.ana.command("words share", word=word, **{"with": "member"}, member="ben")

    others = shown(await stage.ben.command("imagine", prompt="<ana-me> and <ana-too>"))
    own = shown(await stage.ana.command("imagine", prompt="<ana-me> and <ana-too>"))

    assert "whose word it is has to allow it" in others.body
    assert "queued" in own.body


async def test_the_person_shown_takes_their_agreement_back_and_the_word_is_refused_to_all(stage: Stage) -> None:
    await stage.taught("ana-me", kind="person")
    await stage.ana.command("words share", word="ana-me", **{"with": "member"}, member="ben")
    await stage.ben.command("imagine", prompt="<ana-me>")
    waiting = await stage.job("ben")

    card = shown(await stage.ana.command("privacy"))
    told = shown(await stage.ana.press(card, "Take back <ana-me>"))
    refused = [shown(await member.command("imagine", prompt="<ana-me>")).body for member in (stage.ana, stage.ben)]
    await stage.ana.press(told, "Delete <ana-me> for good")

    assert "Words that show you" in card.body
    assert "You took your agreement to <ana-me> back" in told.body
    assert "took their agreement back" in refused[0]
    assert "There is no word <ana-me>" in refused[1]  # it is shared with nobody any more
    assert (await stage.run(lambda rooms: rooms.queue.get(waiting.id))).state is JobState.CANCELLED
    assert await stage.concept("ana-me") is None
    assert "Words that show you" not in shown(await stage.ben.command("privacy")).body


async def test_a_pictures_card_and_recipe_name_all_words_with_their_owners_and_versions(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"})
    await stage.ben.command("imagine", prompt="<ana-dog:0.8> in the snow")
    job = await stage.job("ben")
    await stage.draw(job)
    posted = await stage.post(job.id)
    recipe = shown(await stage.ben.press(posted, "Recipe"))
    own = shown(await stage.ana.press(posted, "Recipe"))

    await stage.taught()
    later = await stage.post(job.id)
    await stage.ana.press(shown(await stage.ana.command("words delete", word="ana-dog")), "Delete <ana-dog> for good")
    gone = await stage.post(job.id)

    assert "Words: <ana-dog> by Ana\n" in posted.body + "\n"
    assert r"**Words:** <ana-dog\:0.8> by Ana (version 1)" in recipe.body
    assert r"**Words:** <ana-dog\:0.8>, yours (version 1)" in own.body
    assert "Words: <ana-dog> by Ana (version 1)" in later.body
    assert "Words: <ana-dog> (deleted)" in gone.body
    assert all(f"<@{stage.id_of(stage.ana)}>" not in card.body for card in (posted, recipe, later))
