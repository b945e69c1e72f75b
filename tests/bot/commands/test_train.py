from __future__ import annotations

import asyncio

import pytest

from bot.drafts import MOST_KEPT
from storage.records import JobKind, JobState
from tests.bot.commands.stage import FACTS, Stage, custom_id_of, files, label_of, opened, photo, photos, shown

pytestmark = pytest.mark.asyncio


async def test_photos_in_options_come_back_as_a_private_report(stage: Stage) -> None:
    card = await stage.report(5)

    assert card.is_ephemeral
    assert "Photos for <ana-dog>" in card.body
    assert "5 usable photos" in card.body
    assert [button.label for button in card.buttons] == [
        *(f"Remove {n}" for n in range(1, 6)), "Train", "Add photos", "Word and kind",
        "Keep photos: no", "Cancel", "The way to learn",
    ]  # fmt: skip
    assert len(card.files) == 5
    assert "Photo 1 of 5 for ana-dog: dog-1.png" in card.alt_texts
    assert await stage.ben.read() == []


async def test_without_a_photo_a_form_opens_that_takes_twenty(stage: Stage) -> None:
    form = opened(await stage.ana.command("train", word="ana-dog", kind="animal"))

    card = shown(
        await stage.ana.submit(
            form, {"word": "ana-dog", "kind": "animal"}, {"photos": files(1, 10), "more": files(11, 20)}
        )
    )

    assert [label for label, _ in form.fields] == [
        "Word", "What do the photos show?", "Photos", "More photos", "Only for photos of a person",
    ]  # fmt: skip
    assert "20 usable photos" in card.body
    assert "Photos 1–10 of 20" in card.body


async def test_what_the_form_has_no_field_for_is_kept_from_the_command(stage: Stage) -> None:
    form = await stage.ana.command("train", word="ana-dog", method="textual_inversion", class_word="cat")
    card = shown(await stage.ana.submit(form, {"word": "ana-dog", "kind": "animal"}, {"photos": files(1, 1)}))

    await stage.ana.press(card, "Train")
    job = await stage.job()

    assert (job.request["method"], job.request["class_word"]) == ("textual_inversion", "cat")


async def test_where_no_photos_are_taken_none_are_fetched_and_it_is_said(stage: Stage) -> None:
    stage.bot.studio.takes_photos = False

    card = await stage.report(2)

    assert "takes no new photos at present" in card.body
    assert card.files == []


async def test_train_queues_one_job_and_says_where_it_stands(stage: Stage) -> None:
    card = await stage.report(5)

    queued = shown(await stage.ana.press(card, "Train"))
    job = await stage.job()

    assert "<ana-dog> is queued" in queued.body
    assert "Starting now" in queued.body
    assert (job.kind, job.state, len(job.request["photos"])) == (JobKind.TRAIN, JobState.QUEUED, 5)
    assert stage.woken == 1


async def test_pressing_train_twice_queues_once(stage: Stage) -> None:
    card = await stage.report(5)
    custom_id = custom_id_of(card, "train")

    told = await asyncio.gather(*(stage.forge(stage.ana, custom_id) for _ in range(4)))

    assert len(await stage.jobs()) == 1
    assert sum("is already queued" in one for one in told) == 3


async def test_a_photo_is_removed_and_the_others_close_up(stage: Stage) -> None:
    card = shown(await stage.ana.press(await stage.report(5), "Remove 2"))

    assert "4 usable photos" in card.body
    assert "dog-2" not in card.body
    assert "**2** ✔ dog-3" in card.body


async def test_photos_are_added_by_a_form(stage: Stage) -> None:
    form = await stage.ana.press(await stage.report(3), "Add photos")
    card = shown(await stage.ana.submit(form, {}, {"photos": files(4, 9)}))

    assert "9 usable photos" in card.body


async def test_copies_are_remarked_and_the_member_decides(stage: Stage) -> None:
    twice = {"photo4": ("copy.png", photo(1))}

    card = shown(await stage.ana.command("train", word="ana-dog", kind="animal", **photos(3), **twice))
    await stage.ana.press(card, "Train")

    assert "**4** ⚠ copy.png" in card.body
    assert "It looks like photo 1; another view teaches more." in card.body
    assert len((await stage.job()).request["photos"]) == 4


async def test_of_thirty_photos_the_twenty_best_are_proposed(stage: Stage) -> None:
    form = await stage.ana.press(await stage.report(10), "Add photos")
    card = shown(await stage.ana.submit(form, {}, {"photos": files(11, 20), "more": files(21, 30)}))
    await stage.ana.press(card, "Train")
    job = await stage.job()

    assert "30 photos are more than 20. The 20 best are taken" in card.body
    assert "It is not among the 20 best, so it is left out." in card.body
    assert len(job.request["photos"]) == 20
    first = await stage.run(lambda rooms: rooms.photos.of(job.request["draft"])[10])
    assert job.request["photos"][0] == first.id  # 11 to 30 are the sharpest


async def test_more_photos_than_a_draft_keeps_are_refused_one_by_one(stage: Stage) -> None:
    card = await stage.report(10)
    for first in (11, 31):
        form = await stage.ana.press(card, "Add photos")
        card = shown(
            await stage.ana.submit(form, {}, {"photos": files(first, first + 9), "more": files(first + 10, first + 19)})
        )

    assert f"There are already {MOST_KEPT} photos; {MOST_KEPT} is the most." in card.body
    assert f"{MOST_KEPT} usable photos" in card.body


async def test_pages_of_the_report_are_turned(stage: Stage) -> None:
    form = await stage.ana.press(await stage.report(10), "Add photos")
    first = shown(await stage.ana.submit(form, {}, {"photos": files(11, 13)}))

    second = shown(await stage.ana.press(first, "More photos"))
    back = shown(await stage.ana.press(second, "Earlier photos"))

    assert "Photos 11–13 of 13" in second.body
    assert len(second.files) == 3
    assert back.body == first.body


@pytest.mark.parametrize("count", [1, 2])
async def test_too_few_photos_cannot_be_trained_and_are_kept(stage: Stage, count: int) -> None:
    card = await stage.report(count)

    assert f"**{count} of at least 3 photos.** Add {3 - count} more" in card.body
    assert next(button for button in card.buttons if button.label == "Train").is_disabled
    assert "textual" not in card.body

    told = await stage.forge(stage.ana, custom_id_of(card, "train"))

    assert "LoRA needs at least 3" in told
    assert await stage.jobs() == []


async def test_one_photo_is_enough_for_a_method_that_takes_one(stage: Stage) -> None:
    card = await stage.report(1, method="textual_inversion")

    await stage.ana.press(card, "Train")

    assert (await stage.job()).request["method"] == "textual_inversion"


@pytest.mark.parametrize("count", [3, 4])
async def test_three_or_four_photos_are_warned_about(stage: Stage, count: int) -> None:
    card = await stage.report(count)

    assert f"With {count} photos the likeness will be rough" in card.body
    assert not next(button for button in card.buttons if button.label == "Train").is_disabled


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("my dog", "How about my-dog?"),
        ("**bold**", "How about bold?"),
        ("@everyone", "cannot be a word"),
        ("ab", "has 3 to 32 letters"),
        ("<@123456>", "cannot be a word"),
        ("everyone", "has a meaning of its own"),
    ],
)
async def test_a_bad_word_is_told_in_the_report_and_the_photos_are_kept(stage: Stage, word: str, told: str) -> None:
    card = await stage.report(5, word=word)

    assert told in card.body.replace("\\", "")
    assert "5 usable photos" in card.body
    assert next(button for button in card.buttons if button.label == "Train").is_disabled

    form = await stage.ana.press(card, "Word and kind")
    card = shown(await stage.ana.submit(form, {"word": "ana-dog", "kind": "animal"}))

    assert "5 usable photos" in card.body
    assert not next(button for button in card.buttons if button.label == "Train").is_disabled
    assert stage.box.messages[int(card.id)].allowed_mentions in (None, {"parse": []})


async def test_a_bad_word_without_photos_is_told_before_a_form_opens(stage: Stage) -> None:
    answer = shown(await stage.ana.command("train", word="my dog"))

    assert "How about my-dog?" in answer.body


async def test_a_word_of_another_kind_is_refused_with_the_photos_kept(stage: Stage) -> None:
    await stage.taught("ana-dog")

    card = await stage.report(5, word="Ana-Dog", kind="object")

    assert "<ana-dog> is a word of yours for an animal" in card.body
    assert "5 usable photos" in card.body
    assert next(button for button in card.buttons if button.label == "Train").is_disabled


async def test_no_word_at_all_is_asked_for(stage: Stage) -> None:
    card = shown(await stage.ana.command("train", **photos(3)))

    assert "The photos need a word" in card.body


async def test_an_unknown_method_or_class_word_is_told_with_the_known_ones(stage: Stage) -> None:
    method = await stage.report(5, method="magic")
    form = shown(await stage.ana.command("train", word="ana-dog", method="magic"))
    kept = await stage.run(lambda rooms: rooms.photos.drafts(stage.id_of(stage.ana)))
    card = await stage.report(5, word="ana-cat", class_word="dragon")
    class_word = await stage.forge(stage.ana, custom_id_of(card, "train"))

    assert "Choose one of: lora" in method.body
    assert "Choose one of: lora" in form.body
    assert kept == []
    assert "Choose one of: dog and cat" in class_word
    assert await stage.jobs() == []


async def test_the_way_to_learn_is_shown_and_can_be_changed(stage: Stage) -> None:
    card = await stage.report(5)
    changed = shown(await stage.ana.press(card, "The way to learn", values=["pivotal"]))
    await stage.ana.press(changed, "Train")

    assert "Way to learn: LoRA – learns best" in card.body
    assert "Way to learn: Pivotal tuning – both" in changed.body
    assert (await stage.job()).request["method"] == "pivotal"


async def test_a_way_to_learn_that_the_engine_has_not_any_more_is_chosen_anew(stage: Stage) -> None:
    card = await stage.report(5, method="pivotal")
    draft = custom_id_of(card, "train").split(":")[2]
    await stage.run(lambda rooms: rooms.photos.change_draft(draft, method="magic"))

    card = shown(await stage.ana.command("show"))
    refused = await stage.forge(stage.ana, custom_id_of(card, "train"))
    changed = shown(await stage.ana.press(card, "The way to learn", values=["lora"]))

    assert "**The way to learn:** There is no way to learn called “magic” here." in card.body
    assert [button.is_disabled for button in card.buttons if button.label == "Train"] == [True]
    assert "Choose one of: lora" in refused
    assert "Way to learn: LoRA" in changed.body
    assert [button.is_disabled for button in changed.buttons if button.label == "Train"] == [False]


async def test_a_person_agrees_by_pressing_and_it_is_kept_with_the_word(stage: Stage) -> None:
    card = await stage.report(5, word="ana-me", kind="person")

    agreed = ("I am the person in these photos. I am 18 years or older.", "single members with whom I share it",
              "with /privacy", "with /forget")  # fmt: skip
    assert [part for part in agreed if part not in card.body] == []
    await stage.ana.press(card, "I agree, train")
    job = await stage.job()
    consent = await stage.run(lambda rooms: rooms.concepts.consent(job.concept))

    assert (consent.person, consent.text_version) == (stage.id_of(stage.ana), "2")


@pytest.mark.parametrize("button", ["of an animal", "of an older text"])
async def test_nobody_agrees_by_a_button_that_stood_below_something_else(stage: Stage, button: str) -> None:
    older = custom_id_of(await stage.report(5, word="ana-me"), "train")
    if button == "of an older text":
        older = custom_id_of(await stage.report(5, word="ana-me", kind="person"), "train").rpartition(":")[0] + ":99"
    draft = older.split(":")[2]
    await stage.run(lambda rooms: rooms.photos.change_draft(draft, kind="person"))

    told = await stage.forge(stage.ana, older)
    again = shown(await stage.ana.command("show", job=draft))
    await stage.ana.press(again, label_of(again, "train"))

    assert "did not stand above that button" in told
    assert "means:" in again.body
    assert len(await stage.jobs()) == 1


async def test_who_agreed_in_the_form_is_reminded_of_it(stage: Stage) -> None:
    form = await stage.ana.command("train")
    values = {"word": "ana-me", "kind": "person", "consent": True}

    card = shown(await stage.ana.submit(form, values, {"photos": files(1, 5)}))

    assert "You agreed in the form" in card.body
    assert label_of(card, "train") == "Train"


async def test_a_dropped_draft_is_gone_and_its_buttons_say_so(stage: Stage) -> None:
    card = await stage.report(5)
    train, remove = custom_id_of(card, "train"), custom_id_of(card, "remove")

    dropped = shown(await stage.ana.press(card, "Cancel"))

    assert "The photos are deleted; nothing was trained." in dropped.body
    assert "Start again with `/train`" in await stage.forge(stage.ana, train)
    assert "That photo is not there any more" in await stage.forge(stage.ana, remove)
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of(stage.ana))) == []


async def test_a_draft_in_training_is_not_changed_any_more(stage: Stage) -> None:
    card = await stage.report(5)
    remove, add, word, discard = (custom_id_of(card, verb) for verb in ("remove", "add", "word", "discard"))
    await stage.ana.press(card, "Train")

    told = [await stage.forge(stage.ana, one) for one in (remove, add, word, discard)]

    assert all("That training is already queued" in one for one in told)
    assert len(await stage.run(lambda rooms: rooms.photos.of((rooms.queue.ready()[0]).request["draft"]))) == 5


async def test_nothing_is_lost_while_no_engine_is_awake(stage: Stage) -> None:
    stage.facts = None
    card = await stage.report(5)

    asleep = await stage.forge(stage.ana, custom_id_of(card, "train"))
    stage.facts = FACTS
    await stage.ana.press(card, "Train")

    assert "No engine is awake" in asleep
    assert len(await stage.jobs()) == 1
