from __future__ import annotations

import pytest

from tests.bot.commands.stage import PNG, Stage, shown

pytestmark = pytest.mark.asyncio


async def test_who_has_no_favourites_is_told_how_to_get_one(stage: Stage) -> None:
    assert "The star below a picture keeps it" in shown(await stage.ana.command("favourites")).body


async def test_a_starred_picture_is_listed_and_recalled_with_live_buttons(stage: Stage) -> None:
    grid = await stage.grid("a cup", count=2)

    starred = shown(await stage.ana.press(grid, "★ 2"))
    listed = shown(await stage.ana.command("favourites"))
    recalled = shown(await stage.ana.press(listed, "Show 1"))
    varied = shown(await stage.ana.press(recalled, "Vary 2 (strong)"))

    assert "Picture 2 is among your favourites now" in starred.body
    assert (listed.is_ephemeral, starred.is_ephemeral) == (True, True)
    assert await listed.files[0].read() == PNG + b"image\x02"
    assert listed.alt_texts == ["Picture 2: a cup"]
    assert recalled.body == grid.body
    assert "queued" in varied.body


async def test_the_star_pressed_again_lets_the_picture_go(stage: Stage) -> None:
    grid = await stage.grid("a cup", count=1)

    await stage.ana.press(grid, "★ 1")

    assert "not among your favourites" in shown(await stage.ana.press(grid, "★ 1")).body
    assert "no favourites" in shown(await stage.ana.command("favourites")).body


async def test_there_is_a_page_for_every_five_and_what_is_removed_makes_room(stage: Stage) -> None:
    for prompt in ("a cup", "a hat"):
        grid = await stage.grid(prompt)
        for n in range(1, 5):
            await stage.ana.press(grid, f"★ {n}")

    first = shown(await stage.ana.command("favourites"))
    second = shown(await stage.ana.press(first, "Next ›"))
    shorter = shown(await stage.ana.press(second, "Remove 3"))

    assert [len(message.files) for message in (first, second, shorter)] == [5, 3, 2]
    assert "a hat" in first.body
    assert "a hat" not in second.body
    assert shown(await stage.ana.press(shorter, "‹ Back")).body == first.body


async def test_deleted_pictures_leave_the_list(stage: Stage) -> None:
    grid = await stage.grid("a cup")
    await stage.ben.press(await stage.ben.wait_for(lambda message: message.id == grid.id), "★ 1")

    await stage.ana.press(grid, "Delete")

    assert "no favourites" in shown(await stage.ben.command("favourites")).body


async def test_a_picture_of_others_is_listed_only_where_it_may_be_seen(stage: Stage) -> None:
    grid = await stage.grid("a cup")
    await stage.ben.press(await stage.ben.wait_for(lambda message: message.id == grid.id), "★ 1")

    assert len(shown(await stage.ben.command("favourites")).files) == 1
    assert "no favourites here" in shown(await stage.ben.command("favourites", channel="dm")).body


async def test_a_picture_of_a_person_is_starred_by_that_person_only(stage: Stage) -> None:
    await stage.taught("ana-me", "person")
    await stage.grid("<ana-me>")
    press = f"t1:star:{(await stage.job()).id}:1"

    assert "belongs to another member" in await stage.forge(stage.ben, press)
    assert "among your favourites" in await stage.forge(stage.ana, press)
