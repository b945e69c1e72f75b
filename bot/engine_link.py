"""Keeps one engine running: starts it, asks how it is, starts it again when it ends, less and less eagerly."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bot.engine_process import EngineProcess
from bot.studio import EngineFacts
from storage.clock import Clock
from storage.errors import EngineLost, TintypeError

log = logging.getLogger(__name__)

STOP_S = 1.0  # an engine whose wire is closed ends at once; one that does not is killed
LOADING = "loading"
READY = "ready"
FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long the link waits for what."""

    ping_s: float = 5.0  #: between two questions to an engine that is ready
    loading_ping_s: float = 0.3  #: and to one that is not
    load_s: float = 1800.0  #: for a base model; from a slow disk that takes minutes
    silent_s: float = 30.0  #: without an answer: it is frozen
    first_again_s: float = 0.5  #: before the first new start
    most_again_s: float = 60.0  #: before a later one; each doubles
    steady_s: float = 120.0  #: an engine that lived so long starts the counting anew


class EngineLink:
    """One engine at a time. `process` is the one that can take work, or None; `facts` is what it said last."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        clock: Clock,
        *,
        changed: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
    ) -> None:
        """`changed` is called whenever an engine becomes ready, ends, or says something else than before."""
        self._command, self._environ, self._clock = command, environ, clock
        self._changed = changed
        self._patience = patience or Patience()
        self._failures = 0
        self.process: EngineProcess | None = None
        self.facts: EngineFacts | None = None
        self.told: Mapping[str, Any] = {}  #: the whole answer to the last ping
        self.trouble: TintypeError | None = None  #: why the last engine cannot work
        self.starts = 0

    async def run(self) -> None:
        """Keep an engine running until this is cancelled, which ends it too."""
        while True:
            began = self._clock.monotonic()
            await self._one_life()
            if self._clock.monotonic() - began > self._patience.steady_s:
                self._failures = 0
            await asyncio.sleep(self._pause_s())
            self._failures += 1

    def _pause_s(self) -> float:
        """Doubling, and never in step with anything else."""
        pause_s = min(self._patience.first_again_s * 2.0 ** min(self._failures, 20), self._patience.most_again_s)
        return pause_s * random.uniform(0.75, 1.0)

    async def _one_life(self) -> None:
        try:
            engine = await EngineProcess.start(self._command, self._environ)
        except OSError as error:
            log.exception("the engine cannot be started")
            self.trouble = TintypeError("E_ENGINE_START", reason=error.strerror or str(error))
            return
        self.told, self.starts = {}, self.starts + 1
        try:
            await self._look_after(engine)
        except EngineLost:
            log.warning("engine %d is lost", engine.pid)
        finally:
            self._lose()
            await engine.stop(STOP_S)

    def _lose(self) -> None:
        self.process = None
        if self.facts is not None:
            self.facts = replace(self.facts, state=LOADING)
        self._changed()

    async def _look_after(self, engine: EngineProcess) -> None:
        """Ping it until it ends, is frozen, or says that it cannot work.

        Raises: EngineLost.
        """
        began = heard = self._clock.monotonic()
        while not engine.ended.is_set():
            now = self._clock.monotonic()
            with suppress(TimeoutError):
                self._hear(engine, (await engine.ask("ping"))["engine"])
                heard = self._clock.monotonic()
            if self.told.get("state") == FAILED:
                return
            is_late = self.process is None and now - began > self._patience.load_s
            if is_late or now - heard > self._patience.silent_s:
                log.error("engine %d does not answer and is ended", engine.pid)
                return
            await self._next_look(engine)

    async def _next_look(self, engine: EngineProcess) -> None:
        pause_s = self._patience.loading_ping_s if self.process is None else self._patience.ping_s
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await engine.ended.wait()

    def _hear(self, engine: EngineProcess, told: Mapping[str, Any]) -> None:
        """Take note of what it says about itself."""
        before, self.told = self.told, told
        state = told.get("state")
        self.trouble = _trouble(told)
        if state == READY:
            self.process, self.facts = engine, EngineFacts.from_ping(told)
        elif state == FAILED:
            log.error("the engine cannot work: %s", self.trouble)
        if before.get("state") != state or before.get("pid") != told.get("pid"):
            self._changed()


def _trouble(told: Mapping[str, Any]) -> TintypeError | None:
    error = told.get("error")
    return TintypeError(str(error.get("code")), **(error.get("facts") or {})) if error else None
