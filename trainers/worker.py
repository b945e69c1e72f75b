"""Drives one attempt: steps in, events out; no diffusion, no torch."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar

from storage.errors import TintypeError
from trainers.events import Done, End, Event, Failed, Step, Stopped, Wish

log = logging.getLogger(__name__)

MIN_GAP_S = 0.25  # at most four step events a second: the bot edits a card every few seconds
ASIDE = "sample"  # a phase within the training: its time is part of the training's pace

#: A job at work: yields events, is sent what is wished of it, returns its end.
Running = Generator[Event, Wish | None, End]
T = TypeVar("T")
P = TypeVar("P")
#: Makes a person's error of a library's one (out of memory, disk full), or None when it is unknown.
Translate = Callable[[BaseException], TintypeError | None]


class Pace:
    """Tells how long the rest takes, from what was measured, and lets at most four steps a second through."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._phases: set[str] = {ASIDE}
        self._phase = ""
        self._began_s = 0.0
        self._began_at = 0
        self._told_s = float("-inf")

    def paced(self, step: Step) -> Step | None:
        """The step with its measured `seconds_left`, or None when one was told just before."""
        now = self._clock()
        if step.phase not in self._phases:
            self._phases.add(step.phase)
            self._began_s, self._began_at = now, step.done
        is_same = step.phase == self._phase
        if is_same and now - self._told_s < MIN_GAP_S and step.done < step.total:
            return None
        self._phase, self._told_s = step.phase, now
        return replace(step, seconds_left=self._left(step, now))

    def _left(self, step: Step, now: float) -> float | None:
        did = step.done - self._began_at
        if did <= 0:
            return None
        return round((now - self._began_s) / did * (step.total - step.done), 1)


def _advance(running: Running, wish: Wish | None, started: bool) -> Event:  # noqa: FBT001 - the state of one generator
    return running.send(wish) if started else next(running)


def _steps(
    running: Running, tell: Callable[[Event], None], wish: Callable[[], Wish | None]
) -> Generator[None, None, End]:
    pace = Pace()
    started = False
    with closing(running):
        while True:
            wanted = wish()
            if wanted is Wish.CANCEL:
                return Stopped()
            try:
                event = _advance(running, wanted, started)
            except StopIteration as end:
                return _end_of(end.value)
            started = True
            paced = pace.paced(event) if isinstance(event, Step) else event
            if paced is not None:
                tell(paced)
            yield


def _end_of(value: Any) -> End:
    if not isinstance(value, Done | Failed | Stopped):
        raise TypeError(f"a job returns its end, not {value!r}")
    return value


def followed(working: Generator[P, None, T], step_of: Callable[[P], Step]) -> Generator[Event, Wish | None, T | None]:
    """Within a job: tell each step of a generator and return what it returns.

    None when it was wished to stop for now; what has no checkpoint of its own begins anew another time.
    """
    with closing(working):
        while True:
            try:
                progress = next(working)
            except StopIteration as end:
                made: T = end.value
                return made
            if (yield step_of(progress)) is Wish.CHECKPOINT:
                return None


def _failure(error: BaseException, name: str, translate: Translate) -> Failed:
    known = error if isinstance(error, TintypeError) else translate(error)
    if known is not None:
        log.warning("%s failed: %s", name, known)
        return Failed(code=known.code, facts=known.facts)
    number = secrets.token_hex(3)
    log.error("%s failed, error %s", name, number, exc_info=error)
    return Failed(code="E_INTERNAL", facts={"number": number})


def drive(
    running: Running,
    tell: Callable[[Event], None],
    wish: Callable[[], Wish | None],
    translate: Translate = lambda error: None,
    name: str = "attempt",
) -> Generator[None, None, None]:
    """Run one attempt to its end, one step at each `next`; tell its events, then exactly one end.

    This is the engine's only translation point: a TintypeError becomes its code and facts, a known error of a
    library what `translate` makes of it, anything else a number in the log. The end is told outside of every
    `except`, after the generator's own `finally` has freed what it held.
    """
    try:
        end = yield from _steps(running, tell, wish)
    except Exception as error:  # noqa: BLE001 - the one translation point of the engine
        end = _failure(error, name, translate)
    tell(end)
