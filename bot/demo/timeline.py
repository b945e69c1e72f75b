"""What happened when: every step of the demo with its seconds, said at once and kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Step:
    """One step."""

    name: str
    began_s: float  #: since the demo began
    seconds: float = 0.0
    note: str = ""


@dataclass(slots=True)
class Timeline:
    """All steps so far."""

    say: Callable[[str], None]
    steps: list[Step] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time what happens inside; the step may be given a note."""
        step = Step(name=name, began_s=round(self.passed_s(), 1))
        began = time.monotonic()
        yield step
        step.seconds = round(time.monotonic() - began, 1)
        self.steps.append(step)
        self.say(f"  {step.seconds:6.1f} s  {name}{f' – {step.note}' if step.note else ''}")

    def passed_s(self) -> float:
        """Seconds since the demo began."""
        return time.monotonic() - self._began

    def as_json(self) -> list[dict[str, Any]]:
        """The steps as they are kept."""
        return [asdict(step) for step in self.steps]
