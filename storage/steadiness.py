"""The date, once it can be believed: a machine whose clock jumps by years must not delete what is still waited for."""

from __future__ import annotations

from sqlite_utils import Database

from storage.clock import Clock
from storage.notes import Notes

STEADY_S = 3600.0  # nothing is deleted by a date that has been believed for less
JUMP_S = 300.0  # the date may drift this far from the monotonic clock in between two looks
NOTE = "steady_date"


class SteadyDate:
    """Compares the date with the monotonic clock, which goes on over restarts of the bot, but not of the machine.

    What it saw is noted, so that a bot that is restarted every few minutes still gets to delete what is over.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._notes, self._clock = Notes(db), clock

    def now(self) -> float | None:
        """The date, when it and the monotonic clock have agreed for an hour; None before."""
        now, monotonic = self._clock.now(), self._clock.monotonic()
        offset, noted = round(now - monotonic), self._notes.get(NOTE)
        is_same = noted is not None and abs(offset - noted["offset"]) <= JUMP_S and noted["since"] <= monotonic
        since = noted["since"] if is_same else monotonic
        self._notes.put(NOTE, {"offset": offset, "since": since})
        return now if monotonic - since >= STEADY_S else None
