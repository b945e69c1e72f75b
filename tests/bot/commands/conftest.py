from __future__ import annotations

import os
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import pytest_asyncio

from bot.sandbox import Sandbox, serve
from bot.sandbox.openapi import Description
from tests.bot import mentions
from tests.bot.commands.stage import Stage, on_stage
from tests.bot.limits import pictures_without_words

REPOSITORY = Path(__file__).parents[3]


@cache
def discords_description() -> Description | None:
    """Discord's own description of its API, when it is at hand."""
    given = os.environ.get("TINTYPE_DISCORD_OPENAPI")
    path = Path(given) if given else REPOSITORY.parent / "shared" / "discord-openapi.json.gz"
    return Description(path) if path.exists() else None


@pytest_asyncio.fixture
async def idle(tmp_path: Path) -> AsyncIterator[Stage]:
    """Everything but the bot, which a test starts itself."""
    description = discords_description()
    box = Sandbox(describe=description.problems if description else None)
    box.limits.is_on = False
    async with serve(box) as url, on_stage(box, url, tmp_path) as stage:
        yield stage
        assert box.ledger.violations == []
        assert pictures_without_words([one["json"] for one in box.ledger.requests]) == []
        asked = await stage.run(lambda rooms: mentions.asked_for(rooms.db.conn))
        assert mentions.of_others(box, asked) == []


@pytest_asyncio.fixture
async def stage(idle: Stage) -> AsyncIterator[Stage]:
    async with idle.running():
        yield idle
