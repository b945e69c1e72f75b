"""The real runtime, with an engine that needs no torch, a program: data folder, API, settings (JSON).

The settings are the engine's, but for AHEAD_S, by which this life's clocks are ahead, and ROUNDS_S, how often it looks
for what else comes round every few minutes: who has left, and what is over.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from functools import partial
from pathlib import Path
from typing import Any

from bot import roll_call, runtime
from storage.clock import SystemClock
from tests.bot.bots import place_of
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment


class Ahead(SystemClock):
    """Both clocks of the machine, later by some seconds: as if it had been off, with the bot, for so long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def now(self) -> float:
        return super().now() + self._seconds

    def monotonic(self) -> float:
        return super().monotonic() + self._seconds


async def live(data_dir: Path, api_url: str, settings: dict[str, Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = Ahead(settings.pop("AHEAD_S", 0.0))
    roll_call.PAUSE_S = runtime.UPKEEP_S = settings.pop("ROUNDS_S", runtime.UPKEEP_S)
    engine = runtime.EngineOf(command=COMMAND, environ=fake_environment(**settings), patience=QUICK)
    await runtime.serve(place_of(data_dir, api_url), engine, stop, partial(print, flush=True), clock)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
