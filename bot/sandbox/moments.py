"""Discord's timestamps, `<t:1796560951:R>`, as a member reads them: the date here, and how far from now it is."""

from __future__ import annotations

import re
from datetime import datetime

STAMP = re.compile(r"<t:(\d+)(?::([tTdDfFR]))?>")
#: how each style is written; all but those of an hour alone are told with how far from now they are
STYLES = {
    "t": "%H:%M",
    "T": "%H:%M:%S",
    "d": "%Y-%m-%d",
    "D": "%-d %B %Y",
    "f": "%-d %B %Y %H:%M",
    "F": "%A, %-d %B %Y %H:%M",
    "R": "%Y-%m-%d %H:%M",
}
SPANS = (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


def told(text: str, now_s: float) -> str:
    """The text with each timestamp as it is read in this time zone at `now_s` (Unix seconds)."""

    def one(found: re.Match[str]) -> str:
        moment_s, style = int(found[1]), found[2] or "f"
        here = datetime.fromtimestamp(moment_s).astimezone().strftime(STYLES[style])
        away = relative(moment_s - now_s)
        return here if style in "tT" else f"{away} ({here})" if style == "R" else f"{here} ({away})"

    return STAMP.sub(one, text)


def as_numbers(text: str) -> str:
    """The text with each timestamp as its Unix seconds, which are the same in every time zone."""
    return STAMP.sub(r"(\1)", text)


def relative(seconds: float) -> str:
    """How far from now: `in 7 days`, `2 hours ago`; in the largest unit of which there is at least one."""
    distance = round(abs(seconds))
    unit, length = next(((unit, length) for unit, length in SPANS if distance >= length), ("second", 1))
    count = round(distance / length)
    span = f"{count} {unit}" + ("" if count == 1 else "s")
    return f"{span} ago" if seconds < 0 else f"in {span}"
