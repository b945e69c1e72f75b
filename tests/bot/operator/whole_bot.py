"""The real runtime, with an engine that needs no torch, a program: data folder, API, engine settings (JSON)."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bot import runtime
from tests.bot.bots import place_of
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment


async def live(data_dir: Path, api_url: str, settings: dict[str, Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    engine = runtime.EngineOf(command=COMMAND, environ=fake_environment(**settings), patience=QUICK)
    await runtime.serve(place_of(data_dir, api_url), engine, stop, partial(print, flush=True))


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
