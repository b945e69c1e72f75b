from __future__ import annotations

import pytest

from bot.sandbox.client import Message
from tests.bot.commands.stage import Stage, files, opened, photos, shown

pytestmark = pytest.mark.asyncio


def is_disabled(card: Message, label: str) -> bool:
    return next(button for button in card.buttons if button.label == label).is_disabled


async def test_without_a_kind_the_report_asks_for_it_before_anything_is_trained(stage: Stage) -> None:
    card = await stage.report(5, kind=None)
    told = await stage.forge(stage.ana, next(str(one.custom_id) for one in card.buttons if one.label == "Train"))

    assert "What do the photos show?" in card.body
    assert "animal" not in card.body
    assert is_disabled(card, "Train")
    assert "Say what the photos show first" in told
    assert await stage.jobs() == []


async def test_an_animal_chosen_below_the_photos_is_trained_as_one(stage: Stage) -> None:
    card = shown(await stage.ana.press(await stage.report(5, kind=None), "An animal"))
    await stage.ana.press(card, "Train")

    assert "It learns **an animal**" in card.body
    assert "What do the photos show?" not in card.body
    assert (await stage.job()).request["kind"] == "animal"


async def test_artworks_are_learned_as_a_style_and_its_use_is_told(stage: Stage) -> None:
    card = shown(await stage.ana.press(await stage.report(5, word="ana-ink", kind=None), "A style"))
    await stage.ana.press(card, "Train")
    await stage.learn(job := await stage.job())
    learned, word = await stage.post(job.id), shown(await stage.ana.command("words card", word="ana-ink"))

    assert "It learns **a style**" in card.body
    assert (job.request["kind"], job.request["class_word"]) == ("style", "pastel")
    assert "`/imagine prompt:a <ana-ink> drawing of a cat on the beach`" in learned.body
    assert "`/imagine prompt:a <ana-ink> drawing of a cat in the snow`" in word.body


async def test_a_style_is_chosen_in_the_form_too(stage: Stage) -> None:
    form = opened(await stage.ana.command("train"))
    kinds = next(part for _, part in form.fields if part["custom_id"] == "kind")
    card = shown(await stage.ana.submit(form, {"word": "ana-ink", "kind": "style"}, {"photos": files(1, 3)}))

    assert "all drawn or painted in one manner" in kinds["options"][-1]["description"]
    assert "It learns **a style**" in card.body


async def test_the_kind_of_a_person_is_the_same_whoever_is_shown(stage: Stage) -> None:
    (train,) = [one for one in await stage.ana.commands() if one["name"] == "train"]
    (kind,) = [option for option in train["options"] if option["name"] == "kind"]
    named = [(one["name"], one["name_localizations"]["de"]) for one in kind["choices"]]

    assert named[0] == ("A person", "Eine Person")
    assert [name for pair in named for name in pair if "(" in name] == []


async def test_a_person_chosen_below_the_photos_is_asked_for_consent(stage: Stage) -> None:
    card = shown(await stage.ana.press(await stage.report(5, word="ana-me", kind=None), "A person"))
    await stage.ana.press(card, "I agree, train")
    job = await stage.job()

    assert "Pressing **I agree, train** means" in card.body
    assert await stage.run(lambda rooms: rooms.concepts.consent(job.concept)) is not None


async def test_the_kind_is_still_asked_for_after_a_restart(idle: Stage) -> None:
    async with idle.running():
        card = await idle.report(5, kind=None)
    async with idle.running():
        again = shown(await idle.ana.command("show"))
        card = shown(await idle.ana.press(card, "A thing"))

    assert "What do the photos show?" in again.body
    assert "It learns **a thing**" in card.body


async def test_a_class_word_of_one_kind_says_the_kind(stage: Stage) -> None:
    card = await stage.report(5, kind=None, class_word="Mug")

    assert "It learns **a thing**" in card.body


async def test_an_unknown_class_word_is_told_in_the_report_and_changed_there(stage: Stage) -> None:
    card = await stage.report(5, class_word="lion")
    form = opened(await stage.ana.press(card, "Word and kind"))
    values = {"word": "ana-dog", "kind": "animal", "class_word": "cat"}
    mended = shown(await stage.ana.submit(form, values))

    assert "does not know “lion” as a kind of" in card.body
    assert "It learns **an animal**.\n" in card.body
    assert is_disabled(card, "Train")
    assert not is_disabled(mended, "Train")
    assert "a kind of *cat*" in mended.body


async def test_another_kind_drops_a_class_word_that_was_left_in_the_form(stage: Stage) -> None:
    form = opened(await stage.ana.press(await stage.report(5, class_word="cat"), "Word and kind"))
    card = shown(await stage.ana.submit(form, {"word": "ana-dog", "kind": "object", "class_word": "cat"}))

    assert "It learns **a thing**." in card.body


async def test_photos_without_a_word_have_a_title_and_no_advice_to_train(stage: Stage) -> None:
    card = shown(await stage.ana.command("train", kind="animal", **photos(3)))

    assert "Photos, still without a word" in card.body
    assert card.alt_texts[0] == "Photo 1 of 3: dog-1.png"
    assert "You can train anyway" not in card.body
