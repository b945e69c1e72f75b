"""The log of who decided what, as managers read it."""

from __future__ import annotations

import pytest

from bot.cards.audit import AuditLine, audit_card
from tests.bot.limits import walk


def told(action: str, who: int | None = None) -> str:
    card = audit_card(
        [AuditLine(when=1e9, who=who, action=action, whom=None, facts={"count": 2})], place="1", n=1, pages=1
    )
    return "\n".join(str(part["content"]) for part in walk(card.view.to_components()) if "content" in part)


@pytest.mark.parametrize("action", ["left", "kept-no-longer", "held-back"])
def test_what_nobody_pressed_is_said_to_be_tintypes(action: str) -> None:
    assert "· Tintype " in told(action)


def test_who_was_forgotten_or_may_not_be_named_is_somebody() -> None:
    assert "· Somebody " in told("hide")
    assert "<@5>" in told("hide", who=5)
