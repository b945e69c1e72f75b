"""Every text renders, and every code that is raised anywhere has its sentence."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl

from bot import texts
from bot.errors import sentence_of
from storage.errors import NotFound, TintypeError

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "bot/texts/en.ftl"
CODE = re.compile(r"[EW]_[A-Z0-9]+(_[A-Z0-9]+)*")
PACKAGES = ("bot", "storage", "trainers")


def variables_of(node: Any) -> set[str]:
    """The names of all facts that a message refers to."""
    if isinstance(node, ftl.VariableReference):
        return {node.id.name}
    parts = vars(node).values() if isinstance(node, ftl.BaseNode) else node if isinstance(node, list) else []
    return set().union(*(variables_of(part) for part in parts if isinstance(part, (ftl.BaseNode, list))), set())


def messages() -> dict[str, ftl.Message]:
    body = FluentParser().parse(CATALOGUE.read_text("utf-8")).body
    junk = [entry for entry in body if isinstance(entry, ftl.Junk)]
    assert not junk, f"not Fluent: {junk[0].content[:200]}"
    found = [entry for entry in body if isinstance(entry, ftl.Message)]
    assert len({message.id.name for message in found}) == len(found), "an id stands twice"
    return {message.id.name: message for message in found}


MESSAGES = messages()


def raised() -> list[tuple[str, str, set[str] | None]]:
    """(place, code, names of the facts or None when they are not spelled out) of every code in the source."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text("utf-8"))
            calls = {id(call.args[0]): call for call in ast.walk(tree) if isinstance(call, ast.Call) and call.args}
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found.append((place, node.value, _facts(calls.get(id(node)))))
    return found


def _facts(call: ast.Call | None) -> set[str] | None:
    name = getattr(call.func, "id", getattr(call.func, "attr", "")) if call else ""
    if call is None or not name or not name[0].isupper() or any(word.arg is None for word in call.keywords):
        return None
    return {str(word.arg) for word in call.keywords}


def test_every_code_in_the_source_has_a_sentence() -> None:
    missing = {code: place for place, code, _ in raised() if code not in MESSAGES}

    assert missing == {}


def named() -> tuple[set[str], list[re.Pattern[str]]]:
    """All strings in the source, and the shapes of those that are put together."""
    nodes = [
        node
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    whole = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    shapes = []
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            parts = [str(part.value) if isinstance(part, ast.Constant) else None for part in node.values]
            if len("".join(part or "" for part in parts)) >= 4:
                shapes.append(re.compile("".join(".+" if part is None else re.escape(part) for part in parts)))
    return whole, shapes


def test_every_text_is_said_somewhere() -> None:
    whole, shapes = named()

    assert [key for key in MESSAGES if key not in whole and not any(shape.fullmatch(key) for shape in shapes)] == []


def test_every_error_is_raised_with_the_facts_its_sentence_needs() -> None:
    lacking = {
        place: (code, variables_of(MESSAGES[code]) - facts)
        for place, code, facts in raised()
        if facts is not None and code in MESSAGES and variables_of(MESSAGES[code]) - facts
    }

    assert lacking == {}


@pytest.mark.parametrize("key", MESSAGES)
def test_a_text_renders_with_its_facts(key: str, caplog: pytest.LogCaptureFixture) -> None:
    facts = dict.fromkeys(variables_of(MESSAGES[key]), 3)

    told = texts.say(key, **facts)

    assert told.strip()
    assert "{" not in told.replace("{$", "{")
    assert caplog.records == []


@pytest.mark.parametrize("code", [key for key in MESSAGES if key.startswith("E_")])
def test_a_code_becomes_one_sentence_for_the_member(code: str) -> None:
    facts = dict.fromkeys(variables_of(MESSAGES[code]), "fact")

    told = sentence_of(TintypeError(code, **facts))

    assert told[-1] in ".?)”`"
    assert len(told) <= 700


def test_a_lacking_fact_still_gives_the_sentence(caplog: pytest.LogCaptureFixture) -> None:
    told = texts.say("E_GUILD")

    assert "approved" in told
    assert "lacks facts" in caplog.text


def test_an_unknown_text_is_an_error() -> None:
    with pytest.raises(texts.NoSuchText):
        texts.say("no-such-text")


def test_a_language_without_the_text_falls_back_to_english() -> None:
    assert texts.say("yes", locale="xx") == "Yes"


def test_a_foreign_error_is_told_by_a_number_that_is_also_logged(caplog: pytest.LogCaptureFixture) -> None:
    told = sentence_of(RuntimeError("secret path /home/x"))

    number = re.search(r"`([0-9a-f]{6})`", told)
    assert number
    assert number[1] in caplog.text
    assert "secret" not in told


def test_a_strangers_text_in_an_error_is_made_plain() -> None:
    told = sentence_of(NotFound("E_METHOD", method="@everyone **x**", known=["a_b"]))

    assert "@everyone" not in told.replace("\\@everyone", "")
    assert "**" not in told


def test_times_and_sizes_read_as_people_say_them() -> None:
    assert [texts.span(s) for s in (3, 59, 240, 7200)] == [
        "about 5 seconds", "about a minute", "about 4 minutes", "about 2 hours",
    ]  # fmt: skip
    assert [texts.size(b) for b in (1, 310_000, 2_400_000)] == ["1 KB", "310 KB", "2.4 MB"]
    assert texts.listed(["a", "b", "c"]) == "a, b and c"
