"""A word from a pack keeps what the pack brought along: its licence at most, and whom one names for it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from bot.sandbox.client import Answer
from storage.origins import FREEDOM
from storage.packs import LICENCES
from tests.bot.commands.files import begun_by, end, handed_in
from tests.bot.commands.stage import Stage, shown

pytestmark = pytest.mark.asyncio
CARD: dict[str, Any] = {
    "name": "rex",
    "kind": "animal",
    "class_word": "dog",
    "licence": "cc-by-nc",
    "credits": ["Cleo"],
}


async def taken_over(stage: Stage, **card: Any) -> None:
    """Ana's word <rex> came from a pack."""
    found = handed_in(**(CARD | card))
    await stage.run(partial(begun_by, stage=stage, found=found, word="rex"))
    job = await stage.job()
    await stage.run(partial(end, job=job))
    await stage.forge(stage.ana, f"t1:enable:{job.id}")


async def shared(stage: Stage, **options: Any) -> Answer:
    return await stage.ana.command("words share", word="rex", **{"with": "This server"} | options)


@pytest.mark.parametrize("licence", ["cc0", "cc-by"])
async def test_nobody_allows_more_than_the_pack_does(stage: Stage, licence: str) -> None:
    await taken_over(stage)

    told = shown(await shared(stage, licence=licence))
    pack = shown(await stage.ana.command("words export", word="rex", **{"as": "pack", "licence": licence}))

    assert "came from a pack whose licence is CC BY-NC" in told.body
    assert "came from a pack whose licence is CC BY-NC" in pack.body
    assert "private" in shown(await stage.ana.command("words card", word="rex")).body
    assert pack.files == []


@pytest.mark.parametrize("licence", ["cc-by-nc", "here", None])
async def test_the_packs_licence_and_narrower_ones_may_be_chosen(stage: Stage, licence: str | None) -> None:
    await taken_over(stage)

    told = shown(await shared(stage, **({"licence": licence} if licence else {})))

    assert "Who may use <rex>" in told.body


async def test_whom_the_pack_credits_stands_on_every_card_of_the_word(stage: Stage) -> None:
    await taken_over(stage)
    await shared(stage, licence="cc-by-nc")

    own = shown(await stage.ana.command("words card", word="rex"))
    style = shown(await stage.ben.command("words card", word="rex"))
    page = shown(await stage.ben.command("styles browse"))
    grid = await stage.grid("<rex> on the beach")

    assert all("Credit: Cleo" in card.body for card in (own, style, page))
    assert "(credit: Cleo)" in grid.body


async def test_what_a_server_refuses_is_refused_in_a_credit_too(stage: Stage) -> None:
    await taken_over(stage, credits=["badcat"])
    stage.box.people[stage.id_of(stage.ben)].is_manager = True
    await stage.ben.command("studio filter add", text="badcat")

    told = shown(await shared(stage))

    assert "Who may use" not in told.body


async def test_every_licence_has_its_place_among_the_narrower_and_the_wider() -> None:
    assert set(FREEDOM) == set(LICENCES)
