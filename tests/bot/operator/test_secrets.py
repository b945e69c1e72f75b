from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.engine_process import EngineProcess, environment
from tests.bot.operator.test_doctor import STUB

SECRETS = {"DISCORD_TOKEN": "canary-1", "TINTYPE_MASTER_KEY_FILE": "canary-2", "AWS_SECRET_ACCESS_KEY": "canary-3"}


@pytest.mark.asyncio
async def test_an_engine_is_told_no_secret(tmp_path: Path) -> None:
    environ = environment(SECRETS | {"PATH": "/usr/bin"}, tmp_path)
    engine = await EngineProcess.start([sys.executable, str(STUB), "ready"], environ)
    await engine.ask("ping")

    seen = Path(f"/proc/{engine.pid}/environ").read_bytes()
    await engine.stop(5)

    assert b"PATH=/usr/bin" in seen
    assert b"canary" not in seen
