"""The ledger: every request of the bot, every rule it broke, and how fast it answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.refusals import Json

LIMIT_CODES = frozenset({40005, 40060, 50006, 50035})  # refusals that mean a documented limit was broken


@dataclass(slots=True)
class Ledger:
    """What is known of the bot's behaviour."""

    requests: list[Json] = field(default_factory=list)
    violations: list[Json] = field(default_factory=list)
    mentions: list[Json] = field(
        default_factory=list
    )  #: messages that notified somebody: message, nonce, asked_by, notified
    acks_s: list[float] = field(default_factory=list)  #: from INTERACTION_CREATE to its callback, in seconds
    _begun: dict[int, float] = field(default_factory=dict)

    def begun(self, interaction: int, at_s: float) -> None:
        """An interaction was told to the bot."""
        self._begun[interaction] = at_s

    def answered(self, interaction: int, at_s: float) -> None:
        """Its callback came."""
        start = self._begun.pop(interaction, None)
        if start is not None:
            self.acks_s.append(at_s - start)

    def note(self, entry: Json, answer: Json | None) -> None:
        """Keep a request and the refusal it got, if any."""
        self.requests.append(entry)
        if answer is not None and answer.get("code") in LIMIT_CODES:
            self.violations.append(entry | {"refusal": answer})

    def latencies(self) -> Json:
        """Counts and percentiles in seconds."""
        acks = sorted(self.acks_s)
        if not acks:
            return {"count": 0, "unanswered": len(self._begun)}
        at = {f"p{part}": acks[min(len(acks) - 1, len(acks) * part // 100)] for part in (50, 95, 99)}
        return {"count": len(acks), "unanswered": len(self._begun), "max": acks[-1]} | at
