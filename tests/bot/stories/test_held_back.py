"""The story of pictures that the output check holds back, from the members' and the manager's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from tests.bot.stories.telling import story

pytestmark = pytest.mark.asyncio


async def test_what_is_held_back_is_counted_and_never_shown(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "held-back", "Pictures are held back", STEP_S=0.2) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
        Member.connect(tale.url, "eve", is_manager=True) as eve,
    ):
        tale.tell("Of four pictures the output check lets three pass. The bot dies while they are drawn.")
        await tale.types(ana, "imagine", prompt="bare trees in a storm", count=4, seed=7)
        await tale.killed(STEP_S=0.2)
        await tale.sees(ana, "held back")

        tale.tell("Of the next none passes.")
        await tale.types(ana, "imagine", prompt="a naked mole-rat", count=2, seed=7)
        await tale.sees(ana, "Both pictures")

        tale.tell("Ben does not even see `/studio`. Eve manages the server: she reads how many, not whose or what for.")
        assert "studio" not in {one["name"] for one in await ben.commands()}
        audit = await tale.types(eve, "studio audit")

        assert "naked" not in audit.text
        assert "trees" not in audit.text
