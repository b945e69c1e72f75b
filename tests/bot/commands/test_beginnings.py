from __future__ import annotations

from typing import Any

import pytest

from bot.attempts import plan_of
from bot.beginnings import Beginning
from tests.bot.commands.stage import FACTS, PNG, Stage, photo, shown

pytestmark = pytest.mark.asyncio
CUP = ("my cup.png", photo(7))


async def held(stage: Stage) -> list[bytes]:
    owner = stage.id_of(stage.ana)
    return list(await stage.run(lambda rooms: [rooms.vault.open(blob) for blob in rooms.vault.held(owner)]))


async def test_a_picture_is_rebuilt_kept_and_laid_before_the_engine(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup", image=CUP, strength=0.35, count=1)
    job = await stage.job()
    plan = await stage.run(lambda rooms: plan_of(rooms, job, FACTS))

    assert plan.order["relation"] == {"kind": "image", "parent": "begin.png", "strength": 0.35}
    assert plan.files == {"begin.png": job.request["image"]["blob"]}
    assert await held(stage) == [photo(7)]
    assert job.request["shape"] == "landscape"


async def test_without_a_strength_it_is_left_by_more_than_half(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup", image=CUP, shape="square")

    request = (await stage.job()).request
    assert (request["image"]["strength"], request["shape"]) == (0.6, "square")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"image": ("cup.txt", b"no picture")}, "is no photo that Tintype can open"),
        ({"strength": 0.5}, "there is none. Add one with `image:`"),
        ({"image": CUP, "channel": "after-dark"}, "In an age-restricted channel no picture is made or shown"),
        ({"image": CUP, "prompt": "<no-such>"}, "There is no word <no-such>"),
    ],
)
async def test_what_cannot_be_begun_from_is_refused_and_nothing_is_kept(
    stage: Stage, options: dict[str, Any], told: str
) -> None:
    answer = shown(await stage.ana.command("imagine", **({"prompt": "a cup"} | options)))

    assert told in answer.body
    assert await stage.jobs() == []
    assert await held(stage) == []


async def begun(stage: Stage) -> Any:
    grid = await stage.grid("a cup", image=CUP, strength=0.5, count=1)
    return grid, await stage.job()


async def test_once_more_and_an_edited_prompt_begin_from_it_again(stage: Stage) -> None:
    grid, first = await begun(stage)

    await stage.ana.press(grid, "Again")
    again = (await stage.job()).request
    recipe = shown(await stage.ana.press(grid, "Recipe"))

    assert again["image"] == first.request["image"]
    assert "Begun from a picture that was sent, with strength 0.5" in recipe.body
    assert "**Quality:** Normal" in recipe.body


async def test_a_variation_begins_from_what_was_made_of_it(stage: Stage) -> None:
    grid, _ = await begun(stage)

    await stage.ana.press(grid, "Vary 1 (strong)")
    varied = await stage.job()

    assert "image" not in varied.request
    assert (await stage.run(lambda rooms: plan_of(rooms, varied, FACTS))).order["relation"]["kind"] == "vary"


async def test_what_came_from_it_is_not_taken_on_in_a_channel_for_adults(stage: Stage) -> None:
    grid, job = await begun(stage)
    await stage.ana.press(grid, "Vary 1 (subtle)")
    varied = await stage.job()
    await stage.draw(varied)

    for one in (job, varied):
        for public in (False, True):
            told = shown(await stage.ana.command("show", job=one.id, public=public, channel="after-dark"))
            assert "In an age-restricted channel" in told.body
            assert told.files == []
        assert "In an age-restricted channel" in await stage.forge_there(stage.ana, f"t1:vary:{one.id}:1")
    assert (await stage.job()).id == varied.id


async def test_others_do_not_begin_from_it(stage: Stage) -> None:
    grid, _ = await begun(stage)

    theirs = await stage.ben.wait_for(lambda message: message.id == grid.id)
    again = shown(await stage.ben.press(theirs, "Again"))
    varied = shown(await stage.ben.press(theirs, "Vary 1 (subtle)"))

    assert "kept for a day and for its member alone" in again.body
    assert "queued" in varied.body


async def test_it_is_kept_a_day_and_then_asked_for_again(stage: Stage) -> None:
    grid, job = await begun(stage)
    blob = job.request["image"]["blob"]

    assert blob not in await stage.run(lambda rooms: rooms.privacy.known_blobs())
    await stage.run(lambda rooms: rooms.vault.delete(blob))  # as upkeep does a day later

    assert "Send it again with" in shown(await stage.ana.press(grid, "Again")).body


async def test_it_is_kept_as_long_as_a_job_waits_for_it(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup", image=CUP)
    blob = (await stage.job()).request["image"]["blob"]

    assert blob in await stage.run(lambda rooms: rooms.privacy.known_blobs())


async def test_it_goes_with_the_pictures_and_with_the_member(stage: Stage) -> None:
    grid, job = await begun(stage)
    owner = stage.id_of(stage.ana)
    told = dict(await stage.run(lambda rooms: rooms.privacy.contents(owner)))

    await stage.ana.press(grid, "Delete")

    assert told[f"images/{job.id}-begun-from.png"] == job.request["image"]["blob"]
    assert photo(7) not in await held(stage)
    await stage.ana.command("imagine", prompt="a cup", image=CUP)
    await stage.run(lambda rooms: rooms.privacy.forget(owner))
    assert await held(stage) == []


@pytest.mark.parametrize(
    ("size", "shape"), [((640, 480), "landscape"), ((480, 640), "portrait"), ((500, 480), "square")]
)
async def test_the_shape_is_the_nearest_to_the_pictures_own(size: tuple[int, int], shape: str) -> None:
    assert Beginning(picture=PNG, width_px=size[0], height_px=size[1], strength=0.5).shape == shape
