"""The bot process of the tests that kill it: the real runtime against a stand-in, with the fake engine.

Each line on standard input, `K`, begins one life in a forked child that kills itself at its K-th use of the store (0:
never, it is stopped after it is told so by the next line); the child's exit status is printed. Forking spares the
imports.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bot import runtime
from bot.store import Rooms, Store
from tests.bot.bots import place_of
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment


class DyingStore(Store):
    """Kills its process at its K-th use: before the work when K is odd, after it when it is even."""

    at = 0
    count = 0

    async def run(self, work: Callable[[Rooms], Any]) -> Any:
        DyingStore.count += 1
        if DyingStore.count != self.at:
            return await super().run(work)
        if self.at % 2 == 0:
            await super().run(work)
        os.kill(os.getpid(), signal.SIGKILL)
        return None


async def live(data_dir: Path, api_url: str) -> None:
    engine = runtime.EngineOf(command=COMMAND, environ=fake_environment(STEP_S=0.003), patience=QUICK)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await runtime.serve(place_of(data_dir, api_url), engine, stop, lambda _: None)


def main() -> None:
    data_dir, api_url = Path(sys.argv[1]), sys.argv[2]
    runtime.Store = DyingStore  # type: ignore[misc]
    runtime.Scheduler = partial(runtime.Scheduler, poll_s=0.02)  # type: ignore[misc, assignment]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            DyingStore.at = int(line)
            asyncio.run(live(data_dir, api_url))
            os._exit(0)
        if int(line) == 0:
            sys.stdin.readline()
            os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
