"""The real runtime, with an engine that needs no torch, on a data folder and an API named by arguments; a program."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from bot import connection, runtime
from storage.env import Secret
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment


async def live(data_dir: Path, api_url: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    place = connection.Place(
        data_dir=data_dir,
        master_key_file=data_dir / "master.key",
        api_url=api_url,
        discord_token=Secret("sandbox"),
        guilds=frozenset(),
        owners=frozenset(),
    )
    engine = runtime.EngineOf(command=COMMAND, environ=fake_environment(), patience=QUICK)
    await runtime.serve(place, engine, stop, print)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2]))
