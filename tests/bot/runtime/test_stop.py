"""The worst end: the engine is frozen in a training, a command never asks, Discord does not let go."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
import pytest_asyncio

from bot import runtime
from bot.client import Tintype
from bot.control import SOCKET
from bot.engine_link import Patience
from bot.sandbox import Sandbox, serve
from bot.sandbox.client import Member
from tests.bot.engine.stage import COMMAND
from tests.bot.runtime.whole import PHOTOS, press, running, say

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    async with serve(Sandbox()) as root:
        yield root


async def until_in_training(ana: Member, run: Path) -> None:
    report = await say(ana, "train", word="ana-dog", kind="animal", **PHOTOS)
    await press(ana, report, next(button.label for button in report.buttons if "rain" in button.label))
    async with asyncio.timeout(20):
        while not list(run.glob("*/photos/*.png")):
            await asyncio.sleep(0.02)


async def test_when_everything_hangs_it_is_over_in_time_and_nothing_stays_in_the_clear(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging: list[Tintype] = []

    async def hang(client: Tintype) -> None:
        hanging.append(client)
        await asyncio.Event().wait()

    numbered = ["sh", "-c", f'echo $$ > {tmp_path}/pid; exec "$0" "$@"', *COMMAND]
    patience = Patience(ping_s=0.5, loading_ping_s=0.01, silent_s=60.0)
    async with running(tmp_path, url, numbered, patience=patience, STEP_S=0.2):
        async with Member.connect(url, "ana") as ana:
            await until_in_training(ana, tmp_path / "run")
        _, asking = await asyncio.open_unix_connection(str(tmp_path / SOCKET))
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGSTOP)
        monkeypatch.setattr(Tintype, "close", hang)
        began = time.monotonic()
    took_s = time.monotonic() - began
    asking.close()
    await discord.Client.close(hanging[0])

    assert took_s < runtime.ENDING_S + 0.5
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / SOCKET).exists()
