"""What the thread that talks and the thread that works share: attempts to do, wishes, and what was told."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.events import Done, Event, Failed, Stopped, Wish, as_told

MAX_EVENTS = 20_000  # of a bot that never acknowledges: an hour of steps at four a second is 14,400

MAX_ENDED = 10_000  # attempts that are remembered after their end, so that one started twice is not done twice

MAX_POLL = 2_000  # events in one reply: well below a frame's 8 MiB

Key = tuple[str, int]


class Desk:
    """Thread-safe; every method returns at once, except `wait`.

    A wish stays until the attempt ends, events stay until they are acknowledged.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._incoming: deque[Attempt] = deque()
        self._kinds: dict[Key, str] = {}  # attempts that have not ended
        self._ended: deque[Key] = deque(maxlen=MAX_ENDED)
        self._wishes: dict[Key, Wish] = {}
        self._events: deque[dict[str, Any]] = deque()
        self._next_seq = 0

    def put(self, attempt: Attempt) -> None:
        """Take an attempt on; the same one twice is taken once.

        Raises: TintypeError E_BUSY when it is a training and another one is not at its end.
        """
        with self._changed:
            if attempt.key in self._kinds or attempt.key in self._ended:
                return
            if attempt.kind == "train" and "train" in self._kinds.values():
                raise TintypeError("E_BUSY")
            self._kinds[attempt.key] = attempt.kind
            self._incoming.append(attempt)
            self._changed.notify_all()

    def take(self) -> list[Attempt]:
        """The attempts that arrived since, in order."""
        with self._changed:
            taken = list(self._incoming)
            self._incoming.clear()
            return taken

    def wait(self, timeout_s: float) -> None:
        """Sleep until an attempt arrives, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._incoming), timeout_s)

    def want(self, job: str, attempt: int, wish: Wish) -> None:
        """Note a wish; to cancel overrides, an attempt that has ended is left alone."""
        with self._changed:
            key = (job, attempt)
            if key in self._kinds and self._wishes.get(key) is not Wish.CANCEL:
                self._wishes[key] = wish

    def wish(self, key: Key) -> Wish | None:
        """What is wished of this attempt at this moment."""
        with self._changed:
            return self._wishes.get(key)

    def teller(self, key: Key) -> Callable[[Event], None]:
        """A function that puts this attempt's events on the desk."""
        return lambda event: self.tell(key, event)

    def tell(self, key: Key, event: Event) -> None:
        """Put one event on the desk; an end makes the attempt count no longer as busy."""
        with self._changed:
            self._events.append({"seq": self._next_seq, "job": key[0], "attempt": key[1], **as_told(event)})
            self._next_seq += 1
            if isinstance(event, Done | Failed | Stopped):
                self._kinds.pop(key, None)
                self._ended.append(key)
                self._wishes.pop(key, None)
            if len(self._events) > MAX_EVENTS:
                self._thin()

    def _thin(self) -> None:
        """Forget steps nobody fetched, never anything else."""
        self._events = deque(event for event in self._events if event["type"] != "step")

    def since(self, seq: int) -> tuple[list[dict[str, Any]], int]:
        """The events from `seq` on, and the number to ask for next; what lies before is acknowledged and forgotten."""
        with self._changed:
            while self._events and self._events[0]["seq"] < seq:
                self._events.popleft()
            told = list(islice(self._events, MAX_POLL))
            return told, told[-1]["seq"] + 1 if told else max(seq, self._next_seq)

    def busy(self) -> list[Mapping[str, Any]]:
        """The attempts that have not ended."""
        with self._changed:
            return [{"job": job, "attempt": attempt} for job, attempt in self._kinds]
