"""Makes a stranger's text safe to show: no mentions, no markdown, no invisible or direction-changing characters."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}  # controls, bidi marks, zero widths, private and unassigned
MARKDOWN = re.compile(
    r"([\\*_`~|\[\]()#<>@:/])"
)  # with these escaped no mention, link, timestamp, heading or spoiler is left
LIST_START = re.compile(r"^(\d*)([-+.])")  # `- x`, `+ x`, `1. x`


def visible(text: str) -> str:
    """The text on one line, without characters that cannot be seen."""
    kept = (" " if character in "\r\n\t\u2028\u2029" else character for character in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in INVISIBLE).split())


def plain(text: str, limit: int = 300) -> str:
    """The text as Discord shows it letter for letter; cut to `limit` shown characters with an ellipsis."""
    shown = visible(text)
    if len(shown) > limit:
        shown = shown[: limit - 1].rstrip() + "…"
    return LIST_START.sub(r"\1\\\2", MARKDOWN.sub(r"\\\1", shown))


def quoted(text: str, limit: int = 1024) -> str:
    """The text for an alt text: nothing is rendered there, so it is only made visible and cut."""
    shown = visible(text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"
