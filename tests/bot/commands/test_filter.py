"""What a server's filter refuses is refused wherever a member's text is kept or drawn."""

from __future__ import annotations

from typing import Any

import pytest

from storage.filtering import FilterKind
from tests.bot.commands.stage import Stage, opened, shown

pytestmark = pytest.mark.asyncio
REFUSED = "This server's filter does not allow that text"


async def filtered(stage: Stage, text: str = "badcat", kind: FilterKind = FilterKind.WORD) -> None:
    await stage.run(lambda rooms: rooms.rules.add_filter(stage.guild, kind, text, actor=stage.id_of(stage.ana)))


@pytest.mark.parametrize("options", [{"prompt": "a B4DCAT"}, {"prompt": "a dog", "negative": "b a d c a t"}])
async def test_a_prompt_is_refused_without_a_word_of_the_filter(stage: Stage, options: dict[str, Any]) -> None:
    await filtered(stage)

    told = shown(await stage.ana.command("imagine", **options))

    assert REFUSED in told.body
    assert told.is_ephemeral
    assert "badcat" not in told.body.lower()
    assert await stage.jobs() == []


async def test_a_pattern_refuses_too_and_other_prompts_pass(stage: Stage) -> None:
    await filtered(stage, r"bad\s*c[ao]t", FilterKind.REGEX)

    assert REFUSED in shown(await stage.ana.command("imagine", prompt="a bad  cot")).body
    await stage.ana.command("imagine", prompt="a good cot")
    assert len(await stage.jobs()) == 1


async def test_an_edited_prompt_and_a_grid_made_again_are_looked_at_anew(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid("<ana-dog> and a badcat")
    await filtered(stage)

    again = shown(await stage.ana.press(grid, "Again"))
    form = opened(await stage.ana.press(grid, "Edit prompt"))
    edited = shown(await stage.ana.submit(form, {"prompt": "<ana-dog> on a badcat"}))

    assert REFUSED in again.body
    assert REFUSED in edited.body


async def test_a_word_is_neither_taught_nor_renamed_to_what_is_filtered(stage: Stage) -> None:
    await stage.taught()
    await filtered(stage)

    report = await stage.report(3, word="badcat")
    renamed = shown(await stage.ana.command("words rename", word="ana-dog", name="bad-cat-badcat"))

    assert REFUSED in report.body
    assert REFUSED in renamed.body
    assert await stage.concept("bad-cat-badcat") is None
