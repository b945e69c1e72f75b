"""Members of different languages: each reads their own, now, later, and after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot import texts
from bot.letters import Letters
from bot.outbox import Outbox
from storage.clock import SystemClock
from tests.bot.commands.stage import Message, Stage, label_of, photos, shown
from tests.bot.english import english_in, read_in

pytestmark = pytest.mark.asyncio
OTHERS = [name for name in texts.languages() if name != texts.FALLBACK]


def speaks(stage: Stage, name: str, locale: str) -> None:
    person = stage.box.person(name)
    assert person is not None
    person.locale = locale


async def drawn(stage: Stage) -> None:
    """The newest of ana's jobs is done, and its final message delivered by the bot that runs now."""
    await stage.draw(await stage.job())
    await Outbox(stage.store, stage.bot, lambda: stage.facts, SystemClock()).deliver()


async def seen(stage: Stage, text: str) -> Message:
    return await stage.ana.wait_for(lambda message: text in message.text)


def parts_of(definition: Any) -> Iterator[dict[str, Any]]:
    """A command with all its groups and options, and their choices."""
    yield definition
    for part in [*(definition.get("options") or []), *(definition.get("choices") or [])]:
        yield from parts_of(part)


def languages_of(localizations: dict[str, str] | None) -> list[str]:
    return sorted({texts.language_of(locale) for locale in localizations or {}})


async def test_two_members_of_one_channel_read_it_in_their_own_languages(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    await stage.taught()
    await stage.ana.command("imagine", prompt="a dog", count=2)
    await drawn(stage)
    grid = await seen(stage, "2 vergrößern")

    mine = shown(await stage.ana.press(grid, "Rezept"))
    theirs = shown(await stage.ben.press(await stage.ben.wait_for(lambda one: one.id == grid.id), "Rezept"))

    assert "## Rezept" in mine.body
    assert "## Recipe" in theirs.body
    assert "Das gehört einem anderen Mitglied" not in theirs.body


async def test_errors_completions_and_forms_speak_it_too(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    refused = shown(await stage.ana.command("imagine", prompt="<nobody>"))
    form: Any = await stage.ana.command("train")
    await stage.ana.command("imagine", prompt="a dog")

    assert "Ein Wort <nobody>" in refused.body
    assert (form.title, form.fields[0][0]) == ("Ein Wort lernen lassen", "Wort")
    assert [name for name, _ in await stage.ana.complete("show", job="")] == ["a dog · wartet"]
    assert [name for name, _ in await stage.ben.complete("show", job="")] == []


async def test_what_comes_after_a_restart_speaks_the_language_of_who_asked_before_it(idle: Stage) -> None:
    async with idle.running():
        speaks(idle, "ana", "de")
        await idle.ana.command("imagine", prompt="a dog", count=2)
    async with idle.running():
        await drawn(idle)

        assert "## Rezept" in shown(await idle.ana.press(await seen(idle, "2 vergrößern"), "Rezept")).body


async def test_who_changes_their_discord_is_answered_in_the_new_language(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    await stage.ana.command("imagine", prompt="a dog", count=2)
    speaks(stage, "ana", "en-GB")
    await stage.ana.command("help")
    await drawn(stage)

    assert await seen(stage, "Enlarge 2")


async def test_a_language_is_kept_with_the_settings_and_forgotten_with_them(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    ana = stage.id_of("ana")
    card = shown(await stage.ana.command("forget"))
    kept = await stage.run(lambda rooms: rooms.privacy.mydata(ana)["settings"])
    receipt = shown(await stage.ana.press(card, label_of(card, "forget_all")))
    forgotten = await stage.run(lambda rooms: rooms.wishes.settings(ana))
    await stage.ana.command("help")
    await stage.bot.studio.door.settle()

    assert kept == {"language": "de"}
    assert "## Quittung" in receipt.body
    assert forgotten == {}
    assert await stage.run(lambda rooms: rooms.wishes.language(ana)) == "de"


async def test_what_a_manager_deletes_is_said_in_the_language_of_whose_it_was(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    speaks(stage, "ben", "en-US")
    stage.box.people[stage.id_of("ben")].is_manager = True
    await stage.ana.command("imagine", prompt="a dog", count=2)
    await drawn(stage)
    grid = await seen(stage, "2 vergrößern")
    asked = shown(await stage.ben.press(await stage.ben.wait_for(lambda one: one.id == grid.id), "Löschen"))
    await stage.ben.press(asked, "Delete them for good")

    assert (await seen(stage, "Die Moderation hat diese Bilder gelöscht.")).id == grid.id


async def test_every_command_is_described_in_every_language(stage: Stage) -> None:
    stage.box.people[stage.id_of("ana")].is_manager = True
    parts = [part for command in await stage.ana.commands() for part in parts_of(command)]
    described = [part for part in parts if "description" in part]
    named = [part for part in parts if "value" in part and not part["name"].startswith(("CC", "LoRA"))]

    assert len(described) > 50
    assert [one["name"] for one in described if languages_of(one["description_localizations"]) != OTHERS] == []
    assert [one["name"] for one in named if languages_of(one.get("name_localizations")) != OTHERS] == []
    assert [one["name"] for one in described if one.get("name_localizations")] == []


async def test_who_was_never_met_is_asked_in_the_askers_language_and_answered_in_their_own(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    letters = Letters(stage.store, stage.bot, SystemClock())
    named = {"who": "member", "member": str(stage.id_of("ben"))}
    await stage.ana.press(shown(await stage.ana.command("train", word="ben-face", **named, **photos(3))), "Fragen")
    await letters.deliver()
    card = await stage.ben.wait_for(lambda one: "Darf das gelernt werden?" in one.text)

    answer = shown(await stage.ben.press(card, "Ich stimme zu"))
    await letters.deliver()

    assert "You agreed" in answer.body
    assert await seen(stage, "Ben hat zugestimmt")
    assert "You agreed" in stage.ben.messages[card.id].text


async def test_the_sentence_that_was_agreed_to_is_handed_out_as_it_was_read(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    await stage.taught("ana-me", "person")

    (agreed,) = (await stage.run(lambda rooms: rooms.privacy.mydata(stage.id_of("ana"))))["consents"]

    assert agreed["sentence"] == texts.say("consent-2", locale="de")


CALLS: dict[str, dict[str, Any]] = {
    "help": {},
    "privacy": {},
    "queue": {},
    "show": {},
    "favourites": {},
    "settings show": {},
    "settings save": {"name": "mein", "count": 2, "shape": "portrait", "quality": "fine"},
    "settings drop": {"name": "mein"},
    "words mine": {},
    "words card": {"word": "ana-dog"},
    "words share": {"word": "ana-dog", "with": "server"},
    "words export": {"word": "ana-dog", "as": "pack"},
    "words rename": {"word": "ana-dog", "name": "rex"},
    "words delete": {"word": "rex"},
    "styles browse": {},
    "styles search": {"text": "nichts"},
    "studio setup": {},
    "studio reports": {},
    "studio audit": {},
    "studio limits": {"trainings": 3},
    "studio filter add": {"text": "unfug"},
    "studio filter test": {"text": "so ein unfug"},
    "studio filter list": {},
    "mydata": {},
    "forget": {},
}


async def test_no_command_answers_a_german_in_english(stage: Stage) -> None:
    speaks(stage, "ana", "de")
    stage.box.people[stage.id_of("ana")].is_manager = True
    await stage.taught()
    for name, options in CALLS.items():
        await stage.ana.command(name, **options)
    read = [text for event in stage.ana.events for text in read_in(event)]

    assert english_in(read, "de") == []
    assert len(read) > 150
