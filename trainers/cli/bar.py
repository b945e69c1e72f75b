"""Progress on a terminal's standard error: one line that grows, or, where nobody looks, a line now and then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from trainers.events import Checkpoint, Event, Sample, Step

WIDTH = 28
QUIET_GAP_S = 10.0  # between two lines of a log file


def span(seconds: float) -> str:
    """`47 s`, `3 min`, `2.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


class Bar:
    """Draws steps and sample points; `close` ends the line."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._is_live = stream.isatty()
        self._line = 0
        self._said_s = float("-inf")
        self._ended = ""  # the phase whose last step was said

    def show(self, event: Event) -> None:
        """Draw one event; ends are not the bar's to tell."""
        if isinstance(event, Step):
            self._step(event)
        elif isinstance(event, Sample):
            where = f"sample point {event.point} at step {event.done}" if event.done else f"picture {event.point}"
            self.say(f"{where}{_likeness(event.score)}")
        elif isinstance(event, Checkpoint):
            return

    def _step(self, step: Step) -> None:
        share = step.done / step.total if step.total else 0.0
        bar = "█" * round(WIDTH * share) + "░" * (WIDTH - round(WIDTH * share))
        left = f" · {span(step.seconds_left)} left" if step.seconds_left is not None else ""
        loss = f" · loss {step.loss:.4f}" if step.loss is not None else ""
        beside = f" · {step.made}/{step.wanted} pictures" if step.wanted else ""
        text = f"{step.phase:<8}{bar} {step.done}/{step.total}{loss}{left}{beside}"
        if self._is_live:
            self._stream.write("\r" + text.ljust(self._line))
            self._line = len(text)
            self._stream.flush()
        elif self._clock() - self._said_s >= QUIET_GAP_S or self._has_just_ended(step):
            self._said_s = self._clock()
            self._stream.write(text + "\n")

    def _has_just_ended(self, step: Step) -> bool:
        was, self._ended = self._ended, step.phase if step.done == step.total else ""
        return self._ended not in {"", was}

    def say(self, text: str) -> None:
        """Write a line of its own above the bar."""
        end = "\r" if self._is_live and self._line else ""
        self._stream.write(f"{end}{text.ljust(self._line)}\n")
        self._stream.flush()

    def close(self) -> None:
        """Leave the bar standing and begin a new line."""
        if self._is_live and self._line:
            self._stream.write("\n")
            self._line = 0


def _likeness(score: float | None) -> str:
    return "" if score is None else f": likeness {score:.0%}"
