"""Those who manage a server keep its filter; what they put into it holds for styles too."""

from __future__ import annotations

from typing import Any

import pytest

from bot import filters
from bot.sandbox.client import NotAllowed
from bot.studio import Asker
from storage.errors import NotAllowed as Refused
from storage.filtering import FilterKind
from storage.records import Actor
from tests.bot.commands.stage import Stage, shown
from tests.bot.commands.test_filter import REFUSED, filtered

pytestmark = pytest.mark.asyncio


async def test_what_an_owner_says_about_a_style_is_filtered(stage: Stage) -> None:
    await stage.taught()
    await filtered(stage)

    options: dict[str, Any] = {"with": "server", "about": "my badcat"}
    told = shown(await stage.ana.command("words share", word="ana-dog", **options))

    assert REFUSED in told.body


async def test_managers_fill_try_list_and_empty_the_filter(stage: Stage) -> None:
    stage.box.people[stage.id_of(stage.ben)].is_manager = True

    added = shown(await stage.ben.command("studio filter add", text="badcat"))
    tried = shown(await stage.ben.command("studio filter test", text="a BADCAT"))
    fine = shown(await stage.ben.command("studio filter test", text="a good cat"))
    wide = shown(await stage.ben.command("studio filter add", text=".*", kind="regex"))
    listed = shown(await stage.ben.command("studio filter list"))
    refused = shown(await stage.ana.command("imagine", prompt="a badcat"))
    removed = shown(await stage.ben.command("studio filter remove", text="badcat"))
    empty = shown(await stage.ben.command("studio filter list"))

    assert "From now on this server refuses “badcat” (a word)" in added.body
    assert "Refused: “badcat” (a word) is in it" in tried.body
    assert "would let that pass" in fine.body
    assert 'would refuse 18 of 18 harmless prompts, so it was not kept: "a dog on the beach", "two' in wide.body
    assert "harmless" not in added.body
    assert "badcat (a word)" in listed.body
    assert REFUSED in refused.body
    assert "no longer" in removed.body
    assert "filter is empty" in empty.body
    assert all(one.is_ephemeral for one in (added, tried, listed, removed, empty))


async def test_a_manager_is_shown_the_harmless_prompt_that_would_be_refused(stage: Stage) -> None:
    stage.box.people[stage.id_of(stage.ben)].is_manager = True

    wide = shown(await stage.ben.command("studio filter add", text="the|with|in", kind="regex"))
    added = shown(await stage.ben.command("studio filter add", text="robot"))

    assert "was not kept" in wide.body
    assert "That also refuses “robot playing chess against itself, 3D render”, which is harmless." in added.body
    assert [one.text for one in await stage.run(lambda rooms: rooms.rules.filters(stage.guild))] == ["robot"]


async def test_whoever_does_not_manage_the_server_is_not_even_offered_the_filter(stage: Stage) -> None:
    assert "studio" not in {one["name"] for one in await stage.ana.commands()}

    with pytest.raises(NotAllowed, match="studio"):
        await stage.ana.command("studio filter list")


@pytest.mark.parametrize("more", [{}, {"is_manager": True, "guild": None}])
async def test_who_may_is_asked_again_when_the_command_comes(stage: Stage, more: dict[str, Any]) -> None:
    actor = Actor(**({"member": stage.id_of(stage.ana), "guild": stage.guild} | more))
    asker = Asker(actor=actor, channel=stage.channel(), key="1", limit_bytes=1, missing=())

    with pytest.raises(Refused):
        await stage.run(lambda rooms: filters.listed(rooms, asker))
    with pytest.raises(Refused):
        await stage.run(lambda rooms: filters.added(rooms, asker, FilterKind.WORD, "badcat"))
    assert await stage.run(lambda rooms: rooms.rules.filters(stage.guild)) == []
