"""One life of one engine process: started, asked, and seen to end at once, however it ends."""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from storage import wire
from storage.beside import Beside
from storage.errors import EngineLost, TintypeError
from storage.output_checks import WantedCheck

log = logging.getLogger(__name__)
engine_log = logging.getLogger("engine")

ANSWER_S = 10.0  # the engine answers from a thread of its own; torch may hold it up for a while, not for long
LOG_S = 1.0  # for the last lines, should a child of the engine still hold its log
LINE_BYTES = 16 * 2**10  # kept of one line of the engine's log
REPLY_BYTES = 2**20  # of payload; replies carry none
CHECKOUT = Path(__file__).parents[1]

#: What an engine may see of the bot's environment: how to compute and where things lie, never a secret.
PASSED_ON = frozenset(
    {
        "CUDA_DEVICE_ORDER", "CUDA_VISIBLE_DEVICES", "GOMP_SPINCOUNT", "HOME", "LANG", "LC_ALL", "LC_CTYPE",
        "LD_LIBRARY_PATH", "MKL_NUM_THREADS", "NVIDIA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "PATH",
        "PYTORCH_CUDA_ALLOC_CONF", "TMPDIR", "TZ", "VIRTUAL_ENV", "XDG_CACHE_HOME",
    }
)  # fmt: skip

#: What computing needs; see trainers/process.py, which would otherwise have to start itself a second time.
COMPUTING = {
    "MALLOC_MMAP_THRESHOLD_": str(1 << 30),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
    "GOMP_SPINCOUNT": "1000",
}
LEVELS = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARNING": logging.WARNING, "ERROR": logging.ERROR}

Answer = dict[str, Any]


def command(base_model: str, device: str) -> list[str]:
    """How the engine of this checkout is started."""
    return [sys.executable, "-m", "trainers", "engine", "--base-model", base_model, "--device", device]


def environment(
    environ: Mapping[str, str],
    models_dir: Path,
    output_check: WantedCheck | None = None,
    beside: Beside | None = None,
) -> dict[str, str]:
    """The whole environment of an engine."""
    passed = {name: value for name, value in environ.items() if name in PASSED_ON}
    ours = {"TINTYPE_MODELS_DIR": str(models_dir.resolve()), "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"}
    ours |= (beside or Beside()).environ()
    return COMPUTING | passed | ours | _checking(output_check or WantedCheck())


def _checking(wanted: WantedCheck) -> dict[str, str]:
    folder = {} if wanted.folder is None else {"TINTYPE_OUTPUT_CHECK_DIR": str(wanted.folder.resolve())}
    return {"TINTYPE_OUTPUT_CHECK": wanted.name} | folder


class EngineProcess:
    """A running engine and the wire to it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self.ended = asyncio.Event()  #: set as soon as the process is gone or talks nonsense
        self._tasks = [asyncio.create_task(task) for task in (self._listen(), self._copy_log(), self._watch())]

    @classmethod
    async def start(cls, command: Sequence[str], environ: Mapping[str, str]) -> Self:
        """Start one, in a session of its own: a Ctrl-C in the terminal is the bot's to handle.

        Raises: OSError.
        """
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=dict(environ), start_new_session=True
        )
        log.info("engine started as process %d", process.pid)
        return cls(process)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    async def ask(self, verb: str, timeout_s: float = ANSWER_S, **fields: Any) -> Answer:
        """Ask one thing.

        Raises: EngineLost when the engine is gone, TimeoutError when it is silent, TintypeError when it refuses.
        """
        number = next(self._numbers)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._send({"id": number, "verb": verb, **fields})
            async with asyncio.timeout(timeout_s):
                told = await answer
        finally:
            del self._waiting[number]
        if not told.get("ok"):
            raise TintypeError(str(told.get("code") or "E_INTERNAL"), **(told.get("facts") or {}))
        return told

    def _send(self, request: Answer) -> None:
        stdin = self._process.stdin
        if self.ended.is_set() or stdin is None or stdin.is_closing():
            raise EngineLost("E_ENGINE_LOST")
        stdin.write(wire.encode(request))

    async def stop(self, within_s: float) -> None:
        """Close the wire, which ends an engine, and do not wait for ever; done to its end even when cancelled."""
        stopping = asyncio.create_task(self._stop(within_s))
        try:
            await asyncio.shield(stopping)
        except asyncio.CancelledError:
            await stopping
            raise

    async def _stop(self, within_s: float) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._process.wait()
        self.kill()
        _, late = await asyncio.wait(self._tasks, timeout=LOG_S)
        for task in late:
            task.cancel()

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    # --- what goes on beside -------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hand each reply to whoever asked; one that comes too late is dropped."""
        assert self._process.stdout is not None  # PIPE
        try:
            while True:
                told = (await wire.aread(self._process.stdout, REPLY_BYTES)).head
                answer = self._waiting.get(int(told.get("id") or 0))
                if answer is not None and not answer.done():
                    answer.set_result(told)
        except EOFError:
            pass
        except (wire.BadFrame, TypeError, ValueError):
            log.exception("engine %d talks nonsense and is ended", self.pid)
            self.kill()
        self._end()

    async def _watch(self) -> None:
        """Note the end of the process, also when a child of it still holds the wire."""
        code = await self._process.wait()
        log.info("engine %d ended, %s", self.pid, f"killed by signal {-code}" if code < 0 else f"exit {code}")
        self._end()

    def _end(self) -> None:
        self.ended.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(EngineLost("E_ENGINE_LOST"))

    async def _copy_log(self) -> None:
        """The engine's standard error into our log, line by line, however long a line is."""
        assert self._process.stderr is not None  # PIPE
        rest = b""
        while piece := await self._process.stderr.read(LINE_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                _log(line)
            if len(rest) > LINE_BYTES:
                _log(rest)
                rest = b""
        if rest:
            _log(rest)


def _log(line: bytes) -> None:
    text = line[:LINE_BYTES].decode("utf-8", "replace").rstrip()
    level, _, told = text.partition(" ")
    if level in LEVELS:
        engine_log.log(LEVELS[level], "%s", told)
    elif text:
        engine_log.info("%s", text)
