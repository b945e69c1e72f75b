from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, serve
from bot.settings import BotSettings
from bot.store import Store
from tests.storage.clocks import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest_asyncio.fixture
async def store(data: Path, clock: HandClock) -> AsyncIterator[Store]:
    opened = await Store.open(data, data / "master.key", clock)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def box() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    async with serve(sandbox, 0):
        yield sandbox


@pytest.fixture
def settings(data: Path, box: Sandbox) -> BotSettings:
    environ = {
        "DISCORD_TOKEN": box.discord_token,
        "DISCORD_API_URL": f"{box.root}/api/v10",
        "TINTYPE_DATA_DIR": str(data),
    }
    return BotSettings.from_env(environ)
