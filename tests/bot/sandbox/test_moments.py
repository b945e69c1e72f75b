from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bot.sandbox.moments import as_numbers, relative, told

NEW_YEAR_S = 1767225600  # 2026-01-01 00:00 UTC, a Thursday


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("style", "read"),
    [
        ("", "1 January 2026 01:00 (in 7 days)"),
        (":t", "01:00"),
        (":T", "01:00:00"),
        (":d", "2026-01-01 (in 7 days)"),
        (":D", "1 January 2026 (in 7 days)"),
        (":f", "1 January 2026 01:00 (in 7 days)"),
        (":F", "Thursday, 1 January 2026 01:00 (in 7 days)"),
        (":R", "in 7 days (2026-01-01 01:00)"),
    ],
)
def test_each_style_is_read_in_the_time_zone_here(in_berlin: None, style: str, read: str) -> None:
    assert told(f"until <t:{NEW_YEAR_S}{style}>.", NEW_YEAR_S - 7 * 86400) == f"until {read}."


@pytest.mark.parametrize(
    ("seconds", "read"),
    [
        (0, "in 0 seconds"),
        (1, "in 1 second"),
        (-59, "59 seconds ago"),
        (90, "in 2 minutes"),
        (-3600, "1 hour ago"),
        (86400 * 29, "in 29 days"),
        (86400 * 61, "in 2 months"),
        (-86400 * 800, "2 years ago"),
    ],
)
def test_distances_are_told_in_their_largest_unit(seconds: float, read: str) -> None:
    assert relative(seconds) == read


def test_as_numbers_they_are_the_same_everywhere() -> None:
    assert as_numbers("from <t:1:R> to <t:2>, <@3>") == "from (1) to (2), <@3>"
