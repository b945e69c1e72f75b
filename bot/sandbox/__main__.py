"""`python -m bot.sandbox --port N`: the stand-in on its own, until Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from bot.sandbox import Sandbox, serve


async def run(port: int, discord_token: str, openapi: Path | None) -> None:
    """Serve until SIGINT or SIGTERM."""
    describe = None
    if openapi is not None:
        from bot.sandbox.openapi import Description

        describe = Description(openapi).problems
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(Sandbox(discord_token=discord_token, describe=describe), port) as url:
        print(f"DISCORD_API_URL={url}/api/v10", flush=True)
        await stop.wait()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8790, help="0: any free one (default: %(default)s)")
    parser.add_argument(
        "--discord-token", default="sandbox", help="what the bot must log in with (default: %(default)s)"
    )
    parser.add_argument(
        "--openapi", type=Path, help="check each request against Discord's own description, a .json[.gz]"
    )
    arguments = parser.parse_args()
    asyncio.run(run(arguments.port, arguments.discord_token, arguments.openapi))


if __name__ == "__main__":
    main()
