from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.attempts import plan_of
from storage.filtering import FilterKind
from tests.bot.commands.stage import FACTS, Stage, photo, shown

pytestmark = pytest.mark.asyncio
CUP = ("my cup.png", photo(7))
ASKED = {"image": CUP, "shows": "a cup", "prompt": "a red cup"}


async def test_the_photo_and_what_it_shows_are_laid_before_the_engine(stage: Stage) -> None:
    await stage.ana.command("edit", **ASKED, strength=0.4)
    job = await stage.job()
    plan = await stage.run(lambda rooms: plan_of(rooms, job, FACTS))

    assert plan.order["relation"] == {
        "kind": "image",
        "parent": "begin.png",
        "strength": 0.4,
        "edit": "null_text",
        "said": "a cup",
    }
    assert (plan.order["prompt"], plan.order["count"], plan.order["negative_prompt"]) == ("a red cup", 1, "")
    assert plan.files == {"begin.png": job.request["image"]["blob"]}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"image": ("cup.txt", b"no picture")}, "is no photo that Tintype can open"),
        ({"shows": "a <cup>"}, "Say in plain words what the photo shows"),
        ({"channel": "after-dark"}, "In an age-restricted channel no picture is made or shown"),
        ({"prompt": "<no-such>"}, "There is no word <no-such>"),
    ],
)
async def test_what_cannot_be_edited_is_refused_and_nothing_is_kept(
    stage: Stage, options: dict[str, Any], told: str
) -> None:
    owner = stage.id_of(stage.ana)

    assert told in shown(await stage.ana.command("edit", **(ASKED | options))).body
    assert await stage.jobs() == []
    assert not list(await stage.run(lambda rooms: rooms.vault.held(owner)))


async def test_where_the_base_model_cannot_that_is_said_before_a_photo_is_fetched(stage: Stage) -> None:
    stage.facts = replace(FACTS, title="Z-Image", edits=("image_prompt",))

    told = shown(await stage.ana.command("edit", **ASKED))

    assert "Photos cannot be edited with the base model in use, Z-Image" in told.body
    assert await stage.jobs() == []


async def test_what_the_server_filters_may_not_be_said_of_a_photo_either(stage: Stage) -> None:
    owner = stage.id_of(stage.ana)
    await stage.run(lambda rooms: rooms.rules.add_filter(stage.guild, FilterKind.WORD, "badcat", actor=owner))

    told = shown(await stage.ana.command("edit", **(ASKED | {"shows": "a badcat"})))

    assert "This server's filter does not allow that text" in told.body
    assert await stage.jobs() == []


async def test_its_card_says_so_offers_no_second_time_and_keeps_what_the_photo_showed(stage: Stage) -> None:
    await stage.ana.command("edit", **ASKED)
    await stage.draw(await stage.job())
    grid = await stage.post((await stage.job()).id)

    assert "a photo, changed by words" in grid.body
    assert "Again" not in [button.label for button in grid.buttons]
    assert "**It showed:** a cup" in shown(await stage.ana.press(grid, "Recipe")).body


async def test_a_variation_of_it_is_a_variation(stage: Stage) -> None:
    await stage.ana.command("edit", **ASKED)
    await stage.draw(await stage.job())
    grid = await stage.post((await stage.job()).id)
    await stage.ana.press(grid, "Vary 1 (strong)")

    assert not {"image", "edit", "said"} & (await stage.job()).request.keys()
