"""The processes of the demo: the bot as an operator starts it, and `tintype-trainer` to draw and to judge."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot import texts
from storage.errors import TintypeError

STOP_S = 15.0  # it promises ten
AWAKE_S = 180.0
TRY_URL = re.compile(r"--url (http://\S+)")
AWAKE = texts.say("run-engine", base="|", device="", free_mib=0, total_mib=0).partition("|")[0]


class BotProcess:
    """`tintype run` on the stand-in, in a data folder of its own; its output goes into a log."""

    def __init__(self, process: Process, log: Path) -> None:
        self._process, self._log = process, log
        self._url: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._awake: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.reading = asyncio.create_task(self._read())

    async def url(self) -> str:
        """Where its stand-in listens.

        Raises: TintypeError E_DEMO_BOT when it ends before it says so.
        """
        return await asyncio.wait_for(self._url, AWAKE_S)

    async def engine(self) -> str:
        """What it says of its engine, once that is awake.

        Raises: TintypeError E_DEMO_BOT when it ends before it says so.
        """
        return await asyncio.wait_for(self._awake, AWAKE_S)

    async def _read(self) -> None:
        assert self._process.stdout is not None  # PIPE
        with self._log.open("w", encoding="utf-8") as log:
            async for raw in self._process.stdout:
                line = raw.decode("utf-8", "replace")
                log.write(line)
                log.flush()
                self._note(line.strip())
        for future in (self._url, self._awake):
            if not future.done():
                future.set_exception(TintypeError("E_DEMO_BOT", log=str(self._log)))
                future.exception()  # whoever waits is told; if nobody does, that is no warning's business

    def _note(self, line: str) -> None:
        if (found := TRY_URL.search(line)) and not self._url.done():
            self._url.set_result(found[1])
        if line.startswith(AWAKE) and not self._awake.done():
            self._awake.set_result(line)

    async def stop(self) -> int:
        """Ask it to end as an operator does, and wait; its exit status."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            code = await self._process.wait()
        await self.reading
        return code


@asynccontextmanager
async def running_bot(folder: Path) -> AsyncIterator[BotProcess]:
    """The bot, until the block is left; whatever token the operator has is kept from it."""
    apart = {"DISCORD_TOKEN": "", "DISCORD_API_URL": "", "TINTYPE_SANDBOX_PORT": "0", "TINTYPE_BASE_MODEL": "miniature"}
    apart |= {"TINTYPE_DATA_DIR": str(folder / "data"), "TINTYPE_MASTER_KEY_FILE": "", "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "run", stdout=PIPE, stderr=STDOUT, env=os.environ | apart, start_new_session=True
    )
    bot = BotProcess(process, folder / "bot.log")
    try:
        yield bot
    finally:
        await bot.stop()


async def trainer(*arguments: str) -> dict[str, Any]:
    """Run `tintype-trainer` with these arguments; the JSON object that it prints last.

    Raises: TintypeError E_DEMO_TRAINER with its own words.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trainers", *arguments, stdout=PIPE, stderr=PIPE
    )
    out, told = await process.communicate()
    if process.returncode:
        raise TintypeError("E_DEMO_TRAINER", command=arguments[0], reason=told.decode("utf-8", "replace")[-300:])
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result
