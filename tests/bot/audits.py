"""Lines of the log that take as much room as any."""

from __future__ import annotations

from bot.cards.audit import NUMBERS, AuditLine
from storage.setups import MOST_NAMED

WHO, WHEN = 2**62, 1e9
ROLES = [2**62 + n for n in range(MOST_NAMED)]
LIMITS = {"role": 2**62, "before": dict.fromkeys(NUMBERS), "value": dict.fromkeys(NUMBERS, 10_000)}

LARGE = [
    AuditLine(when=WHEN, who=WHO, action=action, whom=WHO, facts=facts)
    for action, facts in (
        ("setup-trainers", {"before": ROLES, "value": ROLES}),
        ("filter-add", {"kind": "regex", "text": "_" * 100}),
        ("quota", LIMITS),
        ("block", {"until": 2e9}),
    )
]
