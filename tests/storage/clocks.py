"""A clock that tests move."""

from __future__ import annotations

from storage.clock import Clock


class HandClock(Clock):
    """Stands still until it is moved; the date can also jump alone."""

    def __init__(self) -> None:
        self.date, self.uptime = 1_800_000_000.0, 5_000.0

    def now(self) -> float:
        return self.date

    def monotonic(self) -> float:
        return self.uptime

    def pass_s(self, seconds: float) -> None:
        self.date += seconds
        self.uptime += seconds
