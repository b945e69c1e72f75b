"""A stranger's text is shown letter for letter and does nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.plain import plain, quoted, visible

PAYLOADS = [
    "@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "<t:1:R>", "</train:1>", "<id:guide>", "<a:x:1>", "[x](http://e)",
    "https://evil.example", "**b**", "__u__", "~~s~~", "||s||", "`c`", "```c```", "# h", "> q", "- l", "1. l",
    "-# small",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_escaped_at_its_first_active_character(payload: str) -> None:
    shown = plain(payload)

    assert shown != payload
    assert shown.replace("\\", "") == payload


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_hidden_character_survives_and_the_length_is_bounded(text: str) -> None:
    shown = plain(text, 100)

    assert all(unicodedata.category(character) not in {"Cc", "Cf"} for character in shown)
    assert "\n" not in shown
    assert len(shown) <= 202


def test_right_to_left_overrides_are_dropped() -> None:
    assert visible("photo\u202egnp.exe") == "photognp.exe"
    assert visible("a\nb\tc") == "a b c"


def test_an_alt_text_is_cut_but_not_escaped() -> None:
    assert quoted("a*b", 10) == "a*b"
    assert len(quoted("x" * 2000)) == 1024
