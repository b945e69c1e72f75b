from __future__ import annotations

import pytest

from storage.preferences import Preferences
from tests.bot.commands.stage import Stage, custom_id_of, opened, shown

pytestmark = pytest.mark.asyncio


async def preferred(stage: Stage) -> Preferences:
    found: Preferences = await stage.run(lambda rooms: rooms.wishes.of(stage.id_of(stage.ana)))
    return found


async def test_what_is_set_with_a_press_is_taken_where_an_option_is_left_out(stage: Stage) -> None:
    card = shown(await stage.ana.command("settings show"))
    for label in ("Portrait", "2", "Fine"):
        card = shown(await stage.ana.press(card, label))
    form = opened(await stage.ana.press(card, "Never show …"))
    card = shown(await stage.ana.submit(form, {"negative": "rain, fog"}))

    await stage.ana.command("imagine", prompt="a cup")
    mine = (await stage.job()).request
    await stage.ana.command("imagine", prompt="a cup", shape="square", count=1, quality="fast", negative="cats")
    said = (await stage.job()).request
    await stage.ben.command("imagine", prompt="a cup")
    bens = (await stage.job(stage.ben)).request

    assert card.is_ephemeral
    assert [button.label for button in card.buttons if "✔" in button.label] == ["✔ Portrait", "✔ 2", "✔ Fine"]
    assert "**Not in the picture:** rain, fog" in card.body
    options = ("shape", "count", "quality", "negative_prompt")
    assert [mine[name] for name in options] == ["portrait", 2, "fine", "rain, fog"]
    assert [said[name] for name in options] == ["square", 1, "fast", "cats"]
    assert [bens[name] for name in options] == ["square", 4, "normal", ""]


async def test_switches_say_how_they_stand_and_go_to_and_fro(stage: Stage) -> None:
    card = shown(await stage.ana.command("settings show"))
    card = shown(await stage.ana.press(card, "Cover my pictures: No"))
    card = shown(await stage.ana.press(card, "Ping me when done: No"))
    card = shown(await stage.ana.press(card, "Prompt in the files: No"))
    card = shown(await stage.ana.press(card, "Others may ask me: Yes"))
    changed = await preferred(stage)

    card = shown(await stage.ana.press(card, "Ping me when done: Yes"))
    shown(await stage.ana.press(card, "Others may ask me: No"))

    assert changed == Preferences(has_spoiler=True, wants_ping=True, has_prompt=True, never_asked=True)
    assert await preferred(stage) == Preferences(has_spoiler=True, has_prompt=True)


async def test_the_buttons_of_settings_still_work_after_a_restart(idle: Stage) -> None:
    async with idle.running():
        card = shown(await idle.ana.command("settings show"))
    async with idle.running():
        shown(await idle.ana.press(card, "Landscape"))

    assert (await preferred(idle)).shape == "landscape"


async def test_what_cannot_be_chosen_changes_nothing(stage: Stage) -> None:
    card = shown(await stage.ana.command("settings show"))
    member = custom_id_of(card, "set_count").split(":")[2]

    told = [
        await stage.forge(stage.ana, f"t1:{verb}:{member}:99") for verb in ("set_shape", "set_count", "set_quality")
    ]

    assert all("There is no such thing of yours" in one for one in told)
    assert await preferred(stage) == Preferences()


async def test_a_preset_is_saved_used_completed_and_deleted(stage: Stage) -> None:
    saved = shown(
        await stage.ana.command(
            "settings save", name="Film Noir", shape="landscape", quality="fine", prompt="black and white"
        )
    )
    choices = await stage.ana.complete("imagine", prompt="x", preset="fil")
    await stage.ana.command("imagine", prompt="a cup", preset="film noir", quality="fast")
    request = (await stage.job()).request
    listed = shown(await stage.ana.command("settings show"))
    gone = shown(await stage.ana.command("settings drop", name="film noir"))
    unknown = shown(await stage.ana.command("imagine", prompt="a cup", preset="film noir"))

    assert "`/imagine preset:film noir`" in saved.body
    assert choices == [("film noir", "film noir")]
    assert request["prompt"] == "a cup, black and white"
    assert (request["shape"], request["quality"]) == ("landscape", "fast")
    assert "**film noir** – Landscape · Fine · with “black and white”" in listed.body
    assert "is deleted" in gone.body
    assert "You have no preset called “film noir”" in unknown.body
    assert await stage.ben.complete("imagine", prompt="x", preset="") == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "noir"}, "A preset needs at least one option"),
        ({"name": "@everyone", "count": 1}, "A preset's name has 1 to 32 letters"),
        ({"name": "noir", "prompt": "<ana-dog:9>"}, "A strength goes up to 2"),
    ],
)
async def test_a_preset_that_cannot_be_used_is_refused(stage: Stage, options: dict[str, object], told: str) -> None:
    assert told in shown(await stage.ana.command("settings save", **options)).body
    assert await stage.run(lambda rooms: rooms.wishes.presets(stage.id_of(stage.ana))) == []


async def test_words_in_a_preset_are_looked_up_when_it_is_used(stage: Stage) -> None:
    version = await stage.taught()
    await stage.ana.command("settings save", name="with dog", prompt="beside <ana-dog:0.5>")

    await stage.ana.command("imagine", prompt="a cup", preset="with dog")

    assert (await stage.job()).request["words"] == [{"version": version.id, "name": "ana-dog", "strength": 0.5}]


async def test_a_first_try_of_a_word_takes_ones_settings(stage: Stage) -> None:
    await stage.taught()
    await stage.run(lambda rooms: rooms.wishes.change(stage.id_of(stage.ana), count=1, negative="rain"))
    result = await stage.post((await stage.job()).id)

    form = opened(await stage.ana.press(result, "Try it"))
    await stage.ana.submit(form, {"prompt": "<ana-dog>", "negative": form.fields[1][1]["value"]})

    request = (await stage.job()).request
    assert (request["count"], request["negative_prompt"]) == (1, "rain")


async def test_covered_pictures_stay_covered_in_grids_enlargements_and_when_shown_to_all(stage: Stage) -> None:
    await stage.run(lambda rooms: rooms.wishes.change(stage.id_of(stage.ana), has_spoiler=True))
    grid = await stage.grid("a cup")
    await stage.ben.press(await stage.ben.wait_for(lambda message: message.id == grid.id), "Enlarge 1")
    bens = await stage.job(stage.ben)
    await stage.draw(bens)
    enlarged = await stage.post(bens.id)
    await stage.ana.command("show", public=True)
    public = (await stage.ben.read())[-1]

    for message in (grid, enlarged, public):
        assert [file.name.startswith("SPOILER_") for file in message.files] == [True]
        assert "'spoiler': True" in str(message.raw)


async def test_uncovered_pictures_are_not_covered(stage: Stage) -> None:
    grid = await stage.grid("a cup")

    assert not grid.files[0].name.startswith("SPOILER_")
    assert "'spoiler': True" not in str(grid.raw)
