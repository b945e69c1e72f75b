from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import WordRefused
from storage.words import MAX_PROMPT, NAME, RESERVED, WRITTEN, Text, Word, check_word, parse_prompt, words_in

NAMES = st.from_regex(NAME, fullmatch=True)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("ana-dog", "ana-dog"),
        ("<ana-dog>", "ana-dog"),
        (" Ana-Dog ", "ana-dog"),
        ("ana_d0g", "ana_d0g"),
        ("\uff41\uff4e\uff41", "ana"),
    ],
)
def test_a_word_is_stored_in_one_form(written: str, stored: str) -> None:
    assert check_word(written) == stored


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("Ana Dog", "ana-dog"),
        ("Ana's  Dog!", "anas-dog"),
        ("Ánä", "ana"),
        ("**bold**", "bold"),
        ("`rm -rf`", "rm-rf"),
        ("ab", "my-ab"),
        ("7up", "my-up"),
        ("", "my-word"),
        ("😀", "my-word"),
        ("x" * 40, "x" * 32),
        ("<@&123456789>", "my-word"),
        ("[a](http://b.c)", "ahttpbc"),
        ("ana\ndog", "ana-dog"),
    ],
)
def test_a_refused_word_comes_with_a_suggestion(written: str, suggestion: str) -> None:
    with pytest.raises(WordRefused) as refused:
        check_word(written)

    assert refused.value.code == "E_WORD_FORM"
    assert refused.value.facts["suggestion"] == suggestion


def test_everyone_is_refused_and_not_suggested() -> None:
    with pytest.raises(WordRefused) as refused:
        check_word("@everyone")

    assert refused.value.facts["suggestion"] == "my-everyone"


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_reserved_words_are_refused(word: str) -> None:
    with pytest.raises(WordRefused):
        check_word(word)


@given(st.text(max_size=80))
@example("\u202e<dog>")
@example("\u017f" * 3)
def test_whatever_is_written_is_taken_or_refused_with_a_word_that_is_taken(written: str) -> None:
    try:
        taken = check_word(written)
    except WordRefused as refused:
        taken = check_word(refused.facts["suggestion"]) if refused.code == "E_WORD_FORM" else "reserved"

    assert NAME.fullmatch(taken)


@given(st.text(max_size=MAX_PROMPT))
def test_parsing_loses_no_text(prompt: str) -> None:
    try:
        parts = parse_prompt(prompt)
    except WordRefused as refused:
        assert refused.code == "E_STRENGTH"  # noqa: PT017  either end is right
        return

    texts = "".join(part.text for part in parts if isinstance(part, Text))
    assert texts == WRITTEN.sub("", prompt)


@given(st.lists(st.one_of(st.text("ab <>:.1", max_size=12), NAMES.map(Word)), max_size=12))
def test_words_are_found_wherever_they_stand(parts: list[str | Word]) -> None:
    prompt = " ".join(f"<{part.name}>" if isinstance(part, Word) else part for part in parts)
    found = parse_prompt(prompt)

    wanted = {part.name for part in parts if isinstance(part, Word)}
    assert wanted <= {part.name for part in found if isinstance(part, Word)}


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("<dog>", Word("dog")),
        ("<DOG:0.8>", Word("dog", 0.8)),
        ("<dog:.5>", Word("dog", 0.5)),
        ("<dog:2>", Word("dog", 2.0)),
        ("<dog:0>", Word("dog", 0.0)),
        ("<ana-dog_2:1.25>", Word("ana-dog_2", 1.25)),
    ],
)
def test_a_word_may_have_a_strength(written: str, word: Word) -> None:
    assert parse_prompt(f"a {written} here") == [Text("a "), word, Text(" here")]


@pytest.mark.parametrize(
    "text",
    [
        "<lora:x:1>",
        "<>",
        "<ab>",
        "< dog >",
        "<dog:>",
        "<dog:-1>",
        "<dog:nan>",
        "<dog:1e9>",
        "<dog",
        "1 < 2",
        "<\u212aelv>",
    ],
)
def test_other_brackets_stay_text(text: str) -> None:
    assert parse_prompt(text) == [Text(text)]


def test_too_strong_and_too_long_are_refused() -> None:
    with pytest.raises(WordRefused, match="E_STRENGTH"):
        parse_prompt("<dog:2.01>")
    with pytest.raises(WordRefused, match="E_PROMPT_LONG"):
        parse_prompt("a" * (MAX_PROMPT + 1))


def test_each_word_is_named_once_in_order_with_its_first_strength() -> None:
    assert words_in("<dog:0.5> and <cat> and <dog:0.9>") == [Word("dog", 0.5), Word("cat")]


@pytest.mark.parametrize("unit", ["<", "<a", "<abc", "<abc:", "<abc:1", "<abc:1.", "<" + "a" * 32, "<abc> "])
def test_finding_words_takes_time_linear_in_the_length(unit: str) -> None:
    def took_s(characters: int) -> float:
        prompt = unit * (characters // len(unit))
        begin = time.process_time()
        sum(1 for _ in WRITTEN.finditer(prompt))
        return time.process_time() - begin

    assert min(took_s(20_000) for _ in range(3)) < 0.05
    assert min(took_s(200_000) for _ in range(3)) < 0.5
