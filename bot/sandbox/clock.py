"""The stand-in's clock: the machine's, moved forward at will."""

from __future__ import annotations

from storage.clock import Clock, SystemClock


class MovableClock:
    """A clock whose hands can be moved; `Sandbox.advance` moves it and acts on what is late."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._ahead_s = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return self._base.now() + self._ahead_s

    def monotonic(self) -> float:
        """Seconds that only go forward."""
        return self._base.monotonic() + self._ahead_s

    def advance(self, seconds: float) -> None:
        """Move forward.

        Raises: ValueError for a negative number.
        """
        if seconds < 0:
            raise ValueError("this clock only goes forward")
        self._ahead_s += seconds
