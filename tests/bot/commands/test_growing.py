from __future__ import annotations

import pytest

from bot.sandbox.client import Message
from storage.records import JobState
from tests.bot.commands.stage import Stage, custom_id_of, files, opened, photo, photos, shown

pytestmark = pytest.mark.asyncio
DAY_S = 86400.0


async def learned(stage: Stage, card: Message) -> Message:
    """Train what a report shows, as the engine would; the result as it stands in the channel."""
    await stage.ana.press(card, "Train")
    job = await stage.job()
    await stage.learn(job)
    return await stage.post(job.id)


# --- drafts that wait ------------------------------------------------------------------------------------------------


async def test_photos_are_handed_in_over_days_and_restarts(idle: Stage) -> None:
    async with idle.running():
        await idle.report(3, word="ana-dog")
    async with idle.running():
        more = {"photo1": ("dog-8.png", photo(8)), "photo2": ("dog-9.png", photo(9))}
        card = shown(await idle.ana.command("train", word="<Ana-Dog>", **more))
        elsewhere = shown(await idle.ana.command("train", word="ana-cup", kind="object", **photos(1)))
        again = shown(await idle.ana.command("train", word="ana-dog"))

    assert "5 usable photos" in card.body
    assert "It learns **an animal**" in card.body
    assert "One usable photo" in elsewhere.body
    assert again.body == card.body


async def test_a_draft_says_until_when_it_waits(stage: Stage) -> None:
    card = await stage.report(3)

    (draft,) = await stage.run(lambda rooms: rooms.photos.drafts(stage.id_of(stage.ana)))
    until = await stage.run(lambda rooms: rooms.photos.until(draft))
    assert f"all of them are deleted <t:{int(until)}:f>" in card.body
    assert until - draft.created_at == pytest.approx(7 * DAY_S, abs=10)


# --- kept photos -----------------------------------------------------------------------------------------------------


async def test_how_long_photos_are_kept_is_chosen_in_the_command_or_below_the_photos(stage: Stage) -> None:
    card = await stage.report(3, keep_photos=14)
    longer = shown(await stage.ana.press(card, "Keep photos: 14 days"))
    not_at_all = shown(await stage.ana.press(longer, "Keep photos: 30 days"))

    assert "until the word is learned, and 14 days longer" in card.body
    assert "and 30 days longer" in longer.body
    assert "until the word is learned. Without" in not_at_all.body
    forged = await stage.forge(stage.ana, custom_id_of(card, "keep_photos").rsplit(":", 1)[0] + ":31")
    assert "Choose one of the offered values" in forged


async def test_without_a_photo_the_wish_to_keep_them_stands_beside_the_form(stage: Stage) -> None:
    form = opened(await stage.ana.command("train", word="ana-dog", keep_photos=7))

    card = shown(await stage.ana.submit(form, {"word": "ana-dog", "kind": "animal"}, {"photos": files(1, 3)}))

    assert "and 7 days longer" in card.body


async def test_kept_photos_stay_after_success_and_their_date_is_told_wherever_they_are(stage: Stage) -> None:
    result = await learned(stage, await stage.report(3, keep_photos=14))

    draft = await stage.run(lambda rooms: rooms.photos.resting(stage.id_of(stage.ana))[0])
    until = await stage.run(lambda rooms: rooms.photos.until(draft))
    job = await stage.job()
    assert until == pytest.approx((job.ended_at or 0) + 14 * DAY_S)
    word = shown(await stage.ana.command("words card", word="ana-dog"))
    for card in (result, word):
        assert f"3 photos are kept, encrypted, until <t:{int(until)}:f>" in card.body
    for command in ("privacy", "mydata"):
        told = shown(await stage.ana.command(command))
        assert f"· <ana-dog>: 3 photos, until <t:{int(until)}:f>" in told.body
        assert "Delete photos of <ana-dog>" in [button.label for button in told.buttons]


async def test_kept_photos_are_deleted_when_their_member_says_so(stage: Stage) -> None:
    result = await learned(stage, await stage.report(3, keep_photos=30))
    before = await stage.run(lambda rooms: set(rooms.vault.held(stage.id_of(stage.ana))))

    foreign = shown(await stage.ben.press(result, "Delete my photos now"))
    deleted = shown(await stage.ana.press(result, "Delete my photos now"))
    again = await stage.forge(stage.ana, custom_id_of(result, "drop_photos"))

    assert "There is no such thing of yours" in foreign.body
    assert deleted.body == "The 3 photos are deleted for good."
    assert deleted.is_ephemeral
    assert "These photos were dropped or have expired" in again
    after = await stage.run(lambda rooms: set(rooms.vault.held(stage.id_of(stage.ana))))
    assert len(before - after) == 6  # with their thumbnails
    assert "The 3 photos are deleted; the word does not need them" in (await stage.post((await stage.job()).id)).body


async def test_photos_of_a_training_that_failed_say_until_when_they_wait(stage: Stage) -> None:
    await stage.ana.press(await stage.report(3, keep_photos=30), "Train")
    job = await stage.job()
    await stage.fail(job, "E_NO_MEMORY", device="cpu", free_mib=12)
    failed = await stage.post(job.id)

    ended = await stage.run(lambda rooms: rooms.queue.get(job.id).ended_at)
    assert f"Your 3 photos are kept for another try until <t:{int(ended + DAY_S)}:f>" in failed.body
    await stage.ana.press(failed, "Delete my photos now")
    assert "so there is nothing to train" in shown(await stage.ana.press(failed, "Train again")).body


async def test_photos_in_training_are_not_deleted_by_a_button(stage: Stage) -> None:
    card = await stage.report(3)
    await stage.ana.press(card, "Train")

    told = await stage.forge(stage.ana, custom_id_of(card, "discard").replace("discard", "drop_photos"))

    assert "That training is already queued" in told
    assert len(await stage.run(lambda rooms: rooms.photos.of(custom_id_of(card, "train").split(":")[2]))) == 3


# --- the next version ------------------------------------------------------------------------------------------------


async def test_kept_photos_are_put_into_the_next_version_with_more(stage: Stage) -> None:
    await learned(stage, await stage.report(3, keep_photos=14, class_word="cat"))

    again = shown(await stage.ana.command("train", word="ana-dog"))
    more = shown(await stage.ana.command("train", word="ana-dog", photo1=("dog-7.png", photo(7))))
    fewer = shown(await stage.ana.press(more, "Remove 1"))
    await learned(stage, fewer)

    assert "<ana-dog> is a word of yours already: this teaches its next version" in again.body
    assert "3 usable photos. It learns **an animal**, a kind of *cat*" in again.body
    assert "4 usable photos" in more.body
    concept = await stage.concept("ana-dog")
    assert concept is not None
    versions = await stage.run(lambda rooms: rooms.concepts.versions(concept.id))
    assert [(version.n, version.class_word) for version in versions] == [(2, "cat"), (1, "cat")]
    assert len((await stage.job()).request["photos"]) == 3
    kept = await stage.run(lambda rooms: rooms.photos.kept_for(concept.id))
    assert len(await stage.run(lambda rooms: rooms.photos.of(kept.id))) == 3


async def test_kept_photos_come_back_under_the_name_that_the_word_has_now(stage: Stage) -> None:
    await learned(stage, await stage.report(3, keep_photos=7))
    await stage.ana.command("words rename", word="ana-dog", name="rex")

    new = shown(await stage.ana.command("train", word="rex"))
    old = opened(await stage.ana.command("train", word="ana-dog"))

    assert "Photos for <rex>" in new.body
    assert "<rex> is a word of yours already" in new.body
    assert old.title == "Teach a word"


async def test_a_next_version_that_is_called_off_leaves_the_kept_photos_where_they_were(stage: Stage) -> None:
    await learned(stage, await stage.report(3, keep_photos=7))
    until = await stage.run(lambda rooms: rooms.photos.until(rooms.photos.resting(stage.id_of(stage.ana))[0]))
    card = shown(await stage.ana.command("train", word="ana-dog", photo1=("dog-7.png", photo(7))))

    put_aside = shown(await stage.ana.press(card, "Cancel"))

    assert f"4 photos are kept, encrypted, until <t:{int(until)}:f>" in put_aside.body
    assert "are kept for a next version" in await stage.forge(stage.ana, custom_id_of(card, "train"))


async def test_without_kept_photos_the_next_version_asks_for_them_again(stage: Stage) -> None:
    first = await stage.taught()

    form = opened(await stage.ana.command("train", word="ana-dog"))
    card = shown(await stage.ana.submit(form, {"word": "ana-dog", "kind": "animal"}, {"photos": files(1, 3)}))
    await learned(stage, card)

    assert form.title == "A new version of <ana-dog>"
    assert "this teaches its next version" in card.body
    versions = await stage.run(lambda rooms: rooms.concepts.versions(first.concept))
    assert [version.n for version in versions] == [2, 1]


async def test_a_word_that_is_being_learned_has_no_next_version_yet(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.press(await stage.report(3), "Train")

    card = await stage.report(3)
    told = await stage.forge(stage.ana, custom_id_of(card, "train"))

    assert "<ana-dog> is being learned just now" in card.body
    assert "<ana-dog> is being learned just now" in told
    assert sum(job.state is JobState.QUEUED for job in await stage.jobs()) == 1


async def test_the_agreement_to_an_earlier_version_counts_only_for_the_same_words(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await stage.report(3, word="ana-me", kind="person")
    await stage.ana.press(card, "I agree, train")
    await stage.learn(await stage.job())

    same = await stage.report(3, word="ana-me", kind="person")
    monkeypatch.setattr("bot.consent.TEXT_VERSION", 3)
    monkeypatch.setattr("bot.consent.text", lambda: "I agree to something else.")
    changed = shown(await stage.ana.command("show"))

    assert "You agreed to this <t:" in same.body
    assert "Train" in [button.label for button in same.buttons]
    assert "Pressing **I agree, train** means: I agree to something else." in changed.body
    assert "I agree, train" in [button.label for button in changed.buttons]
