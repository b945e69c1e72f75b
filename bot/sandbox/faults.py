"""Faults on demand: what a network, a proxy and Discord itself do on a bad day."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.clock import MovableClock
from bot.sandbox.refusals import Json

ACTIONS = ("drop", "status", "limit", "delay", "slow", "lie", "cut", "redirect")


@dataclass(slots=True, kw_only=True)
class Fault:
    """One rule: which requests, what happens to them, how often."""

    action: str  #: one of ACTIONS
    method: str = "*"
    path: str = ".*"  #: a regular expression over the path below /api/v10, or below / for /cdn
    times: int | None = 1  #: None: until it is taken away
    for_s: float | None = None  #: an outage window on the stand-in's clock
    has_effect: bool = False  #: whether the request is carried out before it fails
    status: int = 500
    seconds: float = 1.0  #: of a delay, or a 429's retry_after
    is_global: bool = False
    until: float | None = field(default=None)

    @classmethod
    def of(cls, raw: dict[str, Any], now: float) -> Fault:
        """From the admin API's JSON.

        Raises: ValueError for an unknown action or field.
        """
        try:
            fault = cls(**{"times": None, **raw} if "for_s" in raw else raw)
        except TypeError as error:
            raise ValueError(str(error)) from error
        if fault.action not in ACTIONS:
            raise ValueError(f"no such fault: {fault.action}; there are {', '.join(ACTIONS)}")
        fault.until = None if fault.for_s is None else now + fault.for_s
        return fault


class Faults:
    """The rules now in force."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.rules: list[Fault] = []

    def add(self, raw: Json) -> None:
        """Put a rule in force.

        Raises: ValueError.
        """
        self.rules.append(Fault.of(raw, self._clock.now()))

    def clear(self) -> None:
        """Take all rules away."""
        self.rules.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        """The rule this request falls under, counted down; None when it passes unharmed."""
        now = self._clock.now()
        self.rules = [rule for rule in self.rules if rule.times != 0 and (rule.until is None or now < rule.until)]
        for rule in self.rules:
            if rule.method in {"*", method} and re.fullmatch(rule.path, path):
                rule.times = None if rule.times is None else rule.times - 1
                return rule
        return None
