"""Documents cannot fall behind: what they name exists, and what exists they name."""

from __future__ import annotations

import inspect
import itertools
import re
from enum import Enum
from pathlib import Path
from typing import NewType

import pytest

from bot import cli, commands
from bot.settings import INTAKES
from storage import records
from storage.env import KNOWN
from trainers.__main__ import parser as trainers_parser

ROOT = Path(__file__).parents[1]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXTS = [*DOCS, ROOT / "bot/texts/en.ftl", ROOT / ".env.example"]
DECISIONS = sorted(ROOT.glob("docs/decisions/*.md"))
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s#]*)(?:#([^)\s]*))?\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SLASH = re.compile(r"`/([a-z]+)(?: ([a-z]+)\b)?[^`/]*`")
TARGET = re.compile(r"^([\w-]+):", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: str | Path) -> str:
    return (ROOT / path).read_text("utf-8")


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", read(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def subcommands(parser: object) -> set[str]:
    (found,) = [action for action in parser._actions if hasattr(action, "choices") and action.choices]  # type: ignore[attr-defined]
    return set(found.choices)


def test_the_glossary_covers_every_record() -> None:
    told = set(re.findall(r"`(\w+)`", read("docs/glossary.md")))
    nouns = {
        name
        for name, value in vars(records).items()
        if isinstance(value, NewType) or (inspect.isclass(value) and value.__module__ == records.__name__)
    }

    assert {"MemberId", "Job", "JobState"} <= nouns
    assert nouns - told == set()


def test_the_glossary_covers_every_state_and_kind() -> None:
    told = read("docs/glossary.md")
    kinds = [value for value in vars(records).values() if inspect.isclass(value) and issubclass(value, Enum)]
    members = [member.value for kind in kinds if kind.__module__ == records.__name__ for member in kind]

    assert [
        value for value in members if not re.search(rf"\b{value}", told) and value not in {"private", "guild"}
    ] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_context_decision_and_price(path: Path) -> None:
    text = read(path)

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Price"]
    assert text.startswith(f"# {int(path.stem[:4])}. ")
    assert len(text.split()) < 500


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.stem[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    assert len(DECISIONS) >= 8


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(read(path)):
        there = (path.parent / target).resolve() if target else path
        assert there.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(there), f"{target}#{anchor} is not there"


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_every_test_that_a_document_names_exists(path: Path) -> None:
    for file, name in TEST.findall(read(path)):
        assert re.search(rf"def {name}\(", read(file)), f"{file} has no {name}"


def test_every_threat_is_shown_by_a_test() -> None:
    rows = [line for line in read("docs/threats.md").splitlines() if line.startswith("| ") and "shown by" not in line]

    assert len(rows) > 30
    assert [row for row in rows if not TEST.search(row)] == []


def test_what_is_not_built_is_told_with_a_reason_and_a_way_round() -> None:
    section = read("docs/commands.md").partition("\n## What is not built\n")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    refused = re.findall(
        r"^(E_\w+) = .*\b(?:not offered yet|from a file yet)\b", read("bot/texts/en.ftl"), re.MULTILINE
    )

    assert rows[0] == ["missing", "why", "instead"]
    assert len(rows) > 10
    assert [row for row in rows if len(row) != 3 or not all(row)] == []
    assert {"E_IMPORT_OTHER", "E_JOIN_LATER"} <= set(refused)
    assert [code for code in refused if f"`{code}`" not in section] == []
    assert all(f"`{intake}`" in section for intake in INTAKES)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_make_target_that_is_named_exists(path: Path) -> None:
    named = re.findall(r"(?:`|^)make ([a-z][\w-]*)", read(path), re.MULTILINE)

    assert set(named) <= set(TARGET.findall(read("Makefile")))


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_command_line_that_is_named_exists(path: Path) -> None:
    ours = {module.__name__.rpartition(".")[2].removesuffix("_") for module in cli.every()}
    named = re.findall(
        r"(?:[`/ ]|^)tintype ([a-z]+)\b", re.sub(r"name: tintype|a tintype", "", read(path)), re.MULTILINE
    )
    trainers = re.findall(r"tintype-trainer ([a-z]+)\b", read(path))

    assert set(named) - ours == set()
    assert set(trainers) - subcommands(trainers_parser()) == set()


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_every_slash_command_that_is_named_exists(path: Path) -> None:
    parts = {command.name: {part.name for part in getattr(command, "commands", ())} for command in commands.every()}

    for name, part in SLASH.findall(read(path)):
        assert name in parts, f"/{name} is not there"
        assert not part or not parts[name] or part in parts[name], f"/{name} {part} is not there"


def test_every_setting_is_in_the_operators_table_and_says_why_in_the_example() -> None:
    table = re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operating.md"), re.MULTILINE)
    example = read(".env.example").splitlines()
    unexplained = [
        line for before, line in itertools.pairwise(example) if re.match(r"#?[A-Z_]+=", line) and before[:2] != "# "
    ]

    assert sorted(table) == sorted({"DISCORD_TOKEN", "DISCORD_API_URL", *KNOWN})
    assert unexplained == []
