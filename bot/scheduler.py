"""Brings queued jobs to the engine and what it tells into the store: one task, woken by a bell."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.attempts import Attempts
from bot.bell import Bell
from bot.engine_link import EngineLink
from bot.engine_process import EngineProcess
from bot.fates import LEASE_S, beat, claim, fail, progress_of, release, settle_ended
from bot.rechecking import NOWHERE, Scene
from bot.store import Store
from bot.takeover import End, keep, keep_result
from storage.clock import Clock
from storage.errors import EngineLost, LeaseLost, TintypeError
from storage.queue import InLine
from storage.records import Job, JobId, Progress

log = logging.getLogger(__name__)

BEAT_S = 10.0  # between two renewals of a lease
FULL_S = 30.0  # nothing is begun for so long after the disk was full
TELL_S = 1.0  # between two notes of progress; the card is edited less often
POLL_S = 0.25  # while something runs
IDLE_S = 2.0  # while nothing does; the bell ends it at once
STALL_S = 900.0  # without a word of any attempt: the engine hangs, though it answers
AGAIN_S = 1.0  # after something broke here
CHECKPOINT, CANCEL = "checkpoint", "cancel"

SceneOf = Callable[[InLine], Scene | None]


@dataclass(slots=True, eq=False)
class Run:
    """One attempt that an engine is at."""

    job: Job  #: as it was claimed
    folder: Path
    engine: EngineProcess
    base: tuple[str, str]
    beat_s: float
    heard_s: float
    wished: set[str] = field(default_factory=set)
    progress: Progress | None = None  #: told by the engine, not yet written down
    is_unwanted: bool = False  #: cancelled, forgotten or taken by another attempt: only its end is waited for

    @property
    def key(self) -> tuple[str, int]:
        """By which the engine's events name it."""
        return self.job.id, self.job.attempt


class Scheduler:
    """The only one that claims jobs, and the only one that writes what engines tell."""

    def __init__(
        self,
        store: Store,
        link: EngineLink,
        attempts: Attempts,
        clock: Clock,
        *,
        told: Callable[[], None] = lambda: None,
        scene_of: SceneOf = lambda job: NOWHERE,
        poll_s: float = POLL_S,
    ) -> None:
        """`told` is called when a job has ended or begun: somebody must say so. `scene_of`: None is not known yet."""
        self._store, self._link, self._attempts, self._clock = store, link, attempts, clock
        self._told, self._scene_of, self._poll_s = told, scene_of, poll_s
        self._bell = Bell()
        self._runs: dict[tuple[str, int], Run] = {}
        self._engine: EngineProcess | None = None
        self._seq = 0
        self._fresh: set[JobId] = set()  # whose checkpoint is damaged
        self._stop_by_s: float | None = None
        self._full_until_s = float("-inf")

    def wake(self) -> None:
        """There is something to do."""
        self._bell.ring()

    async def run(self) -> None:
        """Work until `stop`; what runs then is asked for a checkpoint, waited for, and put back in line."""
        await self._begin()
        while not self._is_over():
            try:
                await self._turn()
                await self._bell.rest(self._poll_s if self._runs else IDLE_S)
            except Exception:  # nothing that breaks in one turn may end all later ones; it is logged
                log.exception("a turn of the scheduler broke")
                await asyncio.sleep(AGAIN_S)
        for run in list(self._runs.values()):
            await self._put_back(run, blameless=True)

    def stop(self, within_s: float) -> None:
        """Begin nothing more, and let `run` end within this time."""
        self._stop_by_s = self._clock.monotonic() + within_s
        self._bell.ring()

    @property
    def _is_stopping(self) -> bool:
        return self._stop_by_s is not None

    def _is_over(self) -> bool:
        return self._stop_by_s is not None and (not self._runs or self._clock.monotonic() >= self._stop_by_s)

    async def _begin(self) -> None:
        """What ran when the bot last ended runs no more: its engine died with it."""
        self._attempts.sweep_all()
        for job in await self._store.run(lambda rooms: rooms.queue.active()):
            await self._store.run(partial(release, job=job, blameless=True))

    async def _turn(self) -> None:
        await self._bury()
        if self._runs:
            await self._heed()
            await self._listen()
            await self._renew()
        await self._reap()
        if not self._is_stopping:
            await self._fill()

    # --- engines that died, leases that ended ---------------------------------------------------------------------

    async def _bury(self) -> None:
        """Put back in line what an engine had that is gone."""
        for run in list(self._runs.values()):
            if run.engine.ended.is_set():
                await self._put_back(run, blameless=self._is_stopping)

    async def _put_back(self, run: Run, *, blameless: bool) -> None:
        self._drop(run)
        await self._store.run(partial(release, job=run.job, blameless=blameless))
        self._told()

    async def _reap(self) -> None:
        """Put back in line what nobody works on: a write failed when it ended, or the clock was stopped."""
        mine = {run.job.id for run in self._runs.values()}
        for job in await self._store.run(lambda rooms: rooms.queue.lapsed()):
            if job.id not in mine:
                await self._store.run(partial(release, job=job, blameless=False))
                self._told()

    def _drop(self, run: Run) -> None:
        self._runs.pop(run.key, None)
        self._attempts.sweep(run.folder)
        self._bell.ring()

    # --- what members wish ----------------------------------------------------------------------------------------

    async def _heed(self) -> None:
        """Pass wishes on, and cancel what is no longer ours."""
        rows = {job.id: job for job in await self._store.run(lambda rooms: rooms.queue.active())}
        for run in list(self._runs.values()):
            row = rows.get(run.job.id)
            if row is None or row.attempt != run.job.attempt:
                run.is_unwanted = True
                await self._wish(run, CANCEL)
            elif self._is_stopping:
                await self._wish(run, CHECKPOINT)
            elif row.wish:
                await self._wish(run, row.wish)

    async def _wish(self, run: Run, wish: str) -> None:
        if wish in run.wished:
            return
        with suppress(EngineLost, TimeoutError):  # it is buried, or asked again at the next turn
            await run.engine.ask("cancel", job=run.job.id, attempt=run.job.attempt, wish=wish)
            run.wished.add(wish)

    # --- what the engine tells ------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Take the engine's events, each once."""
        engine = next(iter(self._runs.values())).engine
        if engine is not self._engine:
            self._engine, self._seq = engine, 0
        try:
            told = await engine.ask("poll", seq=self._seq)
        except (EngineLost, TimeoutError):
            return
        for event in told["events"]:
            self._seq = max(self._seq, int(event["seq"]) + 1)
            await self._take(event)
        self._seq = max(self._seq, int(told["next"]))
        self._end_a_hang(engine)

    def _end_a_hang(self, engine: EngineProcess) -> None:
        heard_s = max((run.heard_s for run in self._runs.values()), default=None)
        if heard_s is not None and self._clock.monotonic() - heard_s > STALL_S:
            log.error("engine %d has told nothing for %d s and is ended", engine.pid, STALL_S)
            engine.kill()

    async def _take(self, event: Mapping[str, Any]) -> None:
        run = self._runs.get((str(event["job"]), int(event["attempt"])))
        if run is None:
            return
        run.heard_s = self._clock.monotonic()
        kind = event["type"]
        if run.is_unwanted:
            if kind in {"done", "failed", "stopped"}:
                self._drop(run)
        elif kind in {"done", "failed", "stopped"}:
            await self._end(run, event)
        elif kind == "step":
            run.progress = progress_of(event)
        else:
            await self._keep(run, event)

    async def _keep(self, run: Run, event: Mapping[str, Any]) -> None:
        """A checkpoint or a live picture; without it the one before stays, and the attempt goes on."""
        for file in event["files"]:
            try:
                await keep(self._store, run.job, run.folder, file, LEASE_S)
            except LeaseLost:
                run.is_unwanted = True
            except TintypeError as error:
                log.warning("a %s of job %s could not be kept: %s", file["role"], run.job.id, error)

    async def _end(self, run: Run, event: Mapping[str, Any]) -> None:
        """Write an attempt's end down; if that fails, its lease ends by itself and it is tried again."""
        try:
            if event["type"] == "done":
                await self._succeed(run, event)
            elif event["type"] == "stopped":
                await self._store.run(partial(release, job=run.job, blameless=True))
            elif event["code"] == "E_CHECKPOINT" and run.job.id not in self._fresh:
                log.warning("the checkpoint of job %s is damaged; it begins anew", run.job.id)
                self._fresh.add(run.job.id)
                await self._store.run(partial(release, job=run.job, blameless=True))
            else:
                await self._unable(run.job, TintypeError(str(event["code"]), **event.get("facts", {})))
        finally:
            self._drop(run)
            self._told()

    async def _succeed(self, run: Run, event: Mapping[str, Any]) -> None:
        end = End(result=event["result"], files=event["files"], base=run.base, at=self._clock.now())
        try:
            is_kept = await keep_result(self._store, run.job, run.folder, end)
        except TintypeError as error:
            await self._unable(run.job, error)
            return
        if is_kept:
            await self._store.run(partial(settle_ended, job=run.job.id))
            log.info("job %s succeeded at attempt %d", run.job.id, run.job.attempt)

    async def _unable(self, job: Job, error: TintypeError) -> None:
        """What the disk has no room for waits for it and goes on from its checkpoint; all else is over."""
        if error.code != "E_DISK_FULL":
            await self._fail(job, error)
            return
        log.error("the disk is full: job %s waits, and goes on from its last checkpoint when there is room", job.id)
        self._full_until_s = self._clock.monotonic() + FULL_S
        await self._store.run(partial(release, job=job, blameless=True))

    async def _fail(self, job: Job, error: TintypeError) -> None:
        log.warning("job %s failed: %s", job.id, error.code)  # the facts may name a member's word
        await self._store.run(lambda rooms: fail(rooms, job, error))

    async def _renew(self) -> None:
        """Keep the leases of what runs, and write down how far it is."""
        now = self._clock.monotonic()
        for run in self._runs.values():
            pause_s = TELL_S if run.progress else BEAT_S
            if run.is_unwanted or now - run.beat_s < pause_s:
                continue
            progress, run.progress, run.beat_s = run.progress, None, now
            run.is_unwanted = not await self._store.run(partial(beat, job=run.job, progress=progress))

    # --- new work -------------------------------------------------------------------------------------------------

    async def _fill(self) -> None:
        """Give the engine what it can take."""
        engine, facts = self._link.process, self._link.facts
        is_full = self._clock.monotonic() < self._full_until_s
        if engine is None or facts is None or engine.ended.is_set() or is_full:
            return
        line = await self._store.run(lambda rooms: rooms.queue.line())
        scenes = {one.id: scene for one in line if (scene := self._scene_of(one)) is not None}
        placed, running = [one for one in line if one.id in scenes], [run.job.kind for run in self._runs.values()]
        for turn in await self._store.run(lambda rooms: rooms.turns.next_of(placed, running)):
            claimed = await self._store.run(partial(claim, turn=turn, engine=str(engine.pid), scene=scenes[turn.id]))
            if claimed is not None:
                await self._start(claimed, engine)
            self._told()

    async def _start(self, job: Job, engine: EngineProcess) -> None:
        """Lay out the attempt's folder and hand it over; what cannot be begun is over, with its reason."""
        facts = self._link.facts
        assert facts is not None  # an engine that is ready has said so
        try:
            folder = await self._attempts.prepare(job, facts, is_fresh=job.id in self._fresh)
        except TintypeError as error:
            await self._unable(job, error)
            return
        now = self._clock.monotonic()
        base = (facts.base_id, facts.base_revision)
        run = Run(job=job, folder=folder, engine=engine, base=base, beat_s=now, heard_s=now)
        self._runs[run.key] = run
        try:
            await engine.ask("start", folder=str(folder))
        except (EngineLost, TimeoutError):
            return  # it is gone, and buried at the next turn; or silent, and ended by the link
        except TintypeError as error:
            self._drop(run)
            await self._refused(job, error)

    async def _refused(self, job: Job, error: TintypeError) -> None:
        if error.code == "E_BUSY":  # a training that was cancelled is still at its last step
            await self._store.run(partial(release, job=job, blameless=True))
        else:
            await self._fail(job, error)
