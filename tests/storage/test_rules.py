from __future__ import annotations

import json
import time

import pytest
from sqlite_utils import Database

from storage.database import rows
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.filtering import MOST_CHARACTERS, Filter, FilterKind, checked, finds
from storage.records import MemberId
from storage.rules import MOST_FILTERS, Rules
from tests.storage.clocks import HandClock
from tests.storage.rooms import ELSEWHERE, HOME

MANAGER = MemberId(500)
WORD, REGEX = FilterKind.WORD, FilterKind.REGEX


@pytest.fixture
def rules(db: Database, clock: HandClock) -> Rules:
    return Rules(db, clock)


def word(text: str) -> Filter:
    return checked(WORD, text)


@pytest.mark.parametrize(
    "text",
    [
        "a badcat here", "A BADCAT.", "<badcat> on the beach", "ba\u200bdcat", "b\u0430dc\u0430t", "b4dc4t", "bàdcat",
        "b a d c a t", "b.a.d.c.a.t", "\uff42\uff41\uff44\uff43\uff41\uff54", "b@dcat", "bad\u00adcat",
    ],
)  # fmt: skip
def test_a_word_is_found_however_it_is_dressed_up(text: str) -> None:
    assert finds(word("badcat"), text)


@pytest.mark.parametrize("text", ["a class of cats", "grass", "as sunny", "ass\u00f6ciate", "", "\U0001f408"])
def test_a_word_is_not_found_inside_others(text: str) -> None:
    assert not finds(word("ass"), text)


def test_a_star_stands_for_any_ending_or_beginning() -> None:
    assert finds(word("cat*"), "two catnaps")
    assert not finds(word("cat*"), "a bobcat")
    assert finds(word("*cat"), "a bobcat")
    assert finds(word("*cat*"), "bobcats")


def test_several_words_are_found_in_their_order_whatever_stands_between() -> None:
    assert finds(word("bad cat"), "a bad-cat!")
    assert not finds(word("bad cat"), "cat bad")


@pytest.mark.parametrize("text", ["плохо", "悪い", "кот"])
def test_words_of_other_scripts_are_found(text: str) -> None:
    assert finds(word(text), f"a {text} here")


def test_a_pattern_is_read_without_regard_to_case() -> None:
    assert finds(checked(REGEX, r"\bbad+\s?cats?\b"), "three BADDD cats")
    assert not finds(checked(REGEX, r"\bbad+\s?cats?\b"), "a cat")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*a){20}b"])
def test_a_pattern_that_would_take_others_for_ever_takes_a_moment(pattern: str) -> None:
    made = checked(REGEX, pattern) if pattern != "(a|a)*b" else Filter(kind=REGEX, text=pattern)
    started = time.perf_counter()

    finds(made, "a" * 1500 + "!")

    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (WORD, " ", "E_FILTER_FORM"), (WORD, "***", "E_FILTER_FORM"),
        (WORD, "x" * (MOST_CHARACTERS + 1), "E_FILTER_FORM"),
        (REGEX, "(", "E_FILTER_REGEX"), (REGEX, r"(a)\1", "E_FILTER_REGEX"), (REGEX, "(?=a)", "E_FILTER_REGEX"),
        (REGEX, "x{1000}{1000}", "E_FILTER_REGEX"), (REGEX, ".*", "E_FILTER_WIDE"), (REGEX, "a?", "E_FILTER_WIDE"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_before_it_is_kept(rules: Rules, kind: FilterKind, text: str, code: str) -> None:
    with pytest.raises(TintypeError, match=code):
        rules.add_filter(HOME, kind, text, actor=MANAGER)
    assert rules.filters(HOME) == []


def test_a_filter_holds_in_its_server_until_it_is_dropped(rules: Rules) -> None:
    rules.add_filter(HOME, WORD, "badcat", actor=MANAGER)
    rules.add_filter(HOME, WORD, "badcat", actor=MANAGER)

    with pytest.raises(NotAllowed, match="E_FILTERED") as refused:
        rules.refuse(HOME, "fine", "a badcat")
    assert refused.value.facts == {}
    rules.refuse(ELSEWHERE, "a badcat")
    rules.refuse(None, "a badcat")

    assert rules.drop_filter(HOME, " badcat ", actor=MANAGER).text == "badcat"
    rules.refuse(HOME, "a badcat")
    with pytest.raises(NotFound, match="E_FILTER_NONE"):
        rules.drop_filter(HOME, "badcat", actor=MANAGER)


def test_managers_see_which_filter_refuses(rules: Rules) -> None:
    rules.add_filter(HOME, WORD, "badcat", actor=MANAGER)
    made = rules.add_filter(HOME, REGEX, "gr[ae]y", actor=MANAGER)

    assert rules.test_filter(HOME, "a GREY wall") == made
    assert rules.test_filter(HOME, "a wall") is None


def test_a_server_has_only_so_many_filters(rules: Rules) -> None:
    for n in range(MOST_FILTERS):
        rules.add_filter(HOME, WORD, f"bad{n}", actor=MANAGER)

    with pytest.raises(TintypeError, match="E_FILTER_MANY"):
        rules.add_filter(HOME, WORD, "one-more", actor=MANAGER)


def test_filters_leave_other_settings_of_the_server_and_are_logged(db: Database, rules: Rules) -> None:
    rows(db, "insert into guilds (id, settings) values (:guild, '{\"other\": 1}')", guild=HOME)

    rules.add_filter(HOME, WORD, "badcat", actor=MANAGER)
    rules.drop_filter(HOME, "badcat", actor=MANAGER)

    (kept,) = rows(db, "select settings from guilds")
    assert json.loads(str(kept["settings"])) == {"other": 1, "filters": []}
    logged = rows(db, "select actor, guild, action from audit order by id")
    assert [tuple(line.values()) for line in logged] == [
        (MANAGER, HOME, "filter-add"),
        (MANAGER, HOME, "filter-drop"),
    ]
