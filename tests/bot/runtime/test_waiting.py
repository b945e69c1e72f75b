"""What a member sees while the whole bot and an engine make their pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox import Sandbox, serve
from bot.sandbox.client import Member
from tests.bot.runtime.whole import running, say

pytestmark = pytest.mark.asyncio


async def test_a_picture_is_seen_half_way_by_its_member_alone_and_then_by_all(tmp_path: Path) -> None:
    box = Sandbox()
    async with (
        serve(box) as url,
        Member.connect(url, "ana") as ana,
        Member.connect(url, "ben") as ben,
        running(tmp_path, url, STEP_S=2.5),
    ):
        answer = await say(ana, "imagine", prompt="a cup", count=2)
        half = await ana.wait_for(lambda one: one.id == answer.id and "66 %" in one.text and bool(one.files), 20)
        seen_by_ben = await ben.read("general")
        grid = await ana.wait_for(lambda one: "Enlarge 2" in one.text, 20)
        over = await ana.wait_for(lambda one: one.id == answer.id and "are drawn" in one.text, 10)

    assert half.is_ephemeral
    assert half.alt_texts == ["Half way to: a cup"]
    assert [one for one in seen_by_ben if one.files] == []
    assert not grid.is_ephemeral
    assert over.buttons == []
    assert box.ledger.violations == []
