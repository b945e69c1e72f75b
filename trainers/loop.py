"""Who goes next on the one base: prompts before training, but training is owed its tenth of the time."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass

from trainers.attempt import Attempt

TRAINING_SHARE = 0.1  # of wall time while both have work (engine-facts.md, 12)
MAX_OWED_S = 30.0  # a queue of prompts all day must not be followed by minutes of training alone

Drive = Generator[None, None, None]


class Share:
    """A deficit counter: seconds of training owed for the seconds prompts were served."""

    def __init__(self, share: float = TRAINING_SHARE) -> None:
        self._rate = share / (1.0 - share)
        self._owed_s = 0.0

    def served(self, seconds: float) -> None:
        """Prompts were served for so long while a training waited."""
        self._owed_s = min(self._owed_s + seconds * self._rate, MAX_OWED_S)

    def trained(self, seconds: float) -> None:
        """The training went on for so long; what it got beyond its due is not held against it."""
        self._owed_s = max(self._owed_s - seconds, 0.0)

    def is_due(self, step_s: float) -> bool:
        """Whether so much is owed that a training step of this length pays back no more than is due."""
        return self._owed_s > 0.0 and self._owed_s >= min(step_s, MAX_OWED_S)


@dataclass(slots=True, eq=False)
class Turn:
    """One attempt in the loop."""

    attempt: Attempt
    drive: Drive


class Loop:
    """Advances one attempt by one step at each turn.

    Prompts are served whole, in their order; between two of a prompt's steps the training gets a step only when one is
    due. Nothing here knows torch: an attempt is a generator.
    """

    def __init__(
        self,
        begin: Callable[[Attempt], Drive],
        is_ending: Callable[[Attempt], bool] = lambda attempt: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begin = begin
        self._is_ending = is_ending
        self._clock = clock
        self._prompts: deque[Turn] = deque()
        self._trainings: deque[Turn] = deque()
        self._share = Share()
        self._step_s = 0.0  # the training's last step

    def add(self, attempt: Attempt) -> None:
        """Take an attempt into the loop."""
        line = self._trainings if attempt.kind == "train" else self._prompts
        line.append(Turn(attempt, self._begin(attempt)))

    @property
    def has_work(self) -> bool:
        """Whether a turn would advance anything."""
        return bool(self._prompts or self._trainings)

    def turn(self) -> None:
        """Advance one attempt by one step; one that is wished to end goes first, since it takes no time."""
        for line in (self._trainings, self._prompts):
            for turn in line:
                if self._is_ending(turn.attempt):
                    self._advance(line, turn)
                    return
        if self._trainings and (not self._prompts or self._share.is_due(self._step_s)):
            self._step_s = self._advance(self._trainings, self._trainings[0])
            self._share.trained(self._step_s)
        elif self._prompts:
            seconds = self._advance(self._prompts, self._prompts[0])
            if self._trainings:
                self._share.served(seconds)

    def _advance(self, line: deque[Turn], turn: Turn) -> float:
        began = self._clock()
        try:
            next(turn.drive)
        except StopIteration:
            line.remove(turn)
        return self._clock() - began
