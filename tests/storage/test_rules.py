from __future__ import annotations

import json
import time
from collections import Counter

import pytest
from sqlite_utils import Database

from storage.database import rows
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.filtering import HARMLESS, MOST_CHARACTERS, TOKEN, Filter, FilterKind, checked, finds, folded
from storage.queue import Queue
from storage.records import Actor, JobKind, MemberId
from storage.rules import EVERYBODY, MOST_FILTERS, MOST_QUOTAS, Quota, Rules
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, ELSEWHERE, HOME, actor, wish

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


@pytest.mark.parametrize(
    ("kind", "text"),
    [(REGEX, "the|with|in"), (WORD, "a"), (WORD, "*s"), (REGEX, "e.*e"), (WORD, "ein"), (REGEX, "^."), (REGEX, "und")],
)
def test_what_would_refuse_several_harmless_prompts_is_not_kept_and_some_are_shown(kind: FilterKind, text: str) -> None:
    with pytest.raises(TintypeError, match="E_FILTER_WIDE") as refused:
        checked(kind, text)

    facts = refused.value.facts
    assert 1 < facts["count"] <= facts["total"] == len(HARMLESS)
    assert len(facts["prompts"]) == min(facts["count"], 3)
    assert {prompt.strip(chr(34)) for prompt in facts["prompts"]} <= set(HARMLESS)


def test_no_word_with_a_meaning_stands_in_two_harmless_prompts() -> None:
    words = Counter(word for prompt in HARMLESS for word in set(TOKEN.findall(folded(prompt))))
    twice = {word for word, count in words.items() if count > 1}

    assert twice == {"a", "an", "and", "ein", "im", "in", "of", "the"}


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


def ana(*roles: int) -> Actor:
    return actor(ANA, roles=frozenset(roles))


def test_the_highest_number_of_all_roles_counts_and_no_number_is_no_limit(rules: Rules) -> None:
    assert rules.quota_of(ana(), JobKind.TRAIN) is None
    rules.set_quota(HOME, Quota(role=EVERYBODY, trainings=1), actor=MANAGER)
    rules.set_quota(HOME, Quota(role=7, trainings=3), actor=MANAGER)
    rules.set_quota(HOME, Quota(role=8, trainings=2, pictures=9), actor=MANAGER)

    assert [rules.quota_of(ana(*roles), JobKind.TRAIN) for roles in ((), (7,), (7, 8))] == [1, 3, 3]
    assert [rules.quota_of(ana(*roles), JobKind.IMAGINE) for roles in ((), (8,))] == [None, 9]
    assert rules.quota_of(actor(ANA, ELSEWHERE), JobKind.TRAIN) is None
    assert rules.quota_of(actor(ANA, None), JobKind.TRAIN) is None


def test_pictures_count_each_and_are_free_again_after_a_day(rules: Rules, queue: Queue, clock: HandClock) -> None:
    rules.set_quota(HOME, Quota(role=EVERYBODY, pictures=6), actor=MANAGER)
    queue.put(wish("k1", JobKind.IMAGINE, request={"count": 2}))
    clock.pass_s(3600)
    queue.put(wish("k2", JobKind.IMAGINE, request={"count": 3}))

    rules.refuse_over(ana(), JobKind.IMAGINE, 1)
    with pytest.raises(NotAllowed, match="E_QUOTA_IMAGINE") as refused:
        rules.refuse_over(ana(), JobKind.IMAGINE, 2)
    with pytest.raises(NotAllowed, match="E_QUOTA_NONE"):
        rules.refuse_over(ana(), JobKind.IMAGINE, 7)
    clock.pass_s(float(refused.value.facts["when"]) - clock.now())

    rules.refuse_over(ana(), JobKind.IMAGINE, 2)


def test_what_was_cancelled_or_made_elsewhere_or_by_others_does_not_count(rules: Rules, queue: Queue) -> None:
    rules.set_quota(HOME, Quota(role=EVERYBODY, trainings=1), actor=MANAGER)
    job, _ = queue.put(wish("k1"))
    queue.put(wish("k2", guild=ELSEWHERE))
    queue.put(wish("k3", owner=MANAGER))
    with pytest.raises(NotAllowed, match="E_QUOTA_TRAIN"):
        rules.refuse_over(ana(), JobKind.TRAIN, 1)

    queue.cancel(job.id)

    rules.refuse_over(ana(), JobKind.TRAIN, 1)


def test_a_quota_without_numbers_is_gone_and_filters_stay(rules: Rules) -> None:
    kept = rules.add_filter(HOME, WORD, "badcat", actor=MANAGER)
    rules.set_quota(HOME, Quota(role=7, trainings=3), actor=MANAGER)

    rules.set_quota(HOME, Quota(role=7), actor=MANAGER)

    assert rules.quotas(HOME) == []
    assert rules.filters(HOME) == [kept]


def test_only_so_many_roles_are_limited(rules: Rules) -> None:
    for role in range(MOST_QUOTAS):
        rules.set_quota(HOME, Quota(role=role, trainings=1), actor=MANAGER)

    with pytest.raises(TintypeError, match="E_QUOTA_MANY"):
        rules.set_quota(HOME, Quota(role=999, trainings=1), actor=MANAGER)
