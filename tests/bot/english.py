"""Finds English in what a member reads who speaks another language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl

TEXTS = Path(__file__).parents[2] / "bot" / "texts"
READ = ("content", "label", "description", "placeholder", "title")  # what of a message or a form is read
COMMON = re.compile(r"\b(the|and|of|is|are|were|your|you|with|which|that|there|this|what|from|been)\b", re.IGNORECASE)
LEAST_CHARACTERS = 10


@cache
def fragments(language: str) -> frozenset[str]:
    """The literal parts of all sentences of a catalogue, of two words or more, without what is quoted as code."""
    body = FluentParser().parse((TEXTS / f"{language}.ftl").read_text("utf-8")).body
    parts = (line for entry in body for text in literals(entry) for line in re.split(r"\n|`[^`]*`?", text))
    return frozenset(part for part in map(str.strip, parts) if " " in part and len(part) >= LEAST_CHARACTERS)


def literals(node: Any) -> Iterator[str]:
    """The text of a message between its variables."""
    if isinstance(node, ftl.TextElement):
        yield node.value
    elif isinstance(node, ftl.BaseNode):
        for part in vars(node).values():
            yield from literals(part)
    elif isinstance(node, list):
        for part in node:
            yield from literals(part)


def english_in(texts: Iterable[str], language: str) -> list[str]:
    """The English parts of these texts: pieces of our own sentences, and common words outside of code."""
    ours = fragments("en") - fragments(language)
    found = [part for text in texts for part in ours if part in text]
    return found + [text for text in texts if COMMON.search(re.sub(r"`[^`]*`", "", text))]


def read_in(payload: Any) -> Iterator[str]:
    """All that a member reads in a message or a form, as Discord's API writes it."""
    if isinstance(payload, dict):
        yield from (payload[key] for key in READ if isinstance(payload.get(key), str))
        for part in payload.values():
            yield from read_in(part)
    elif isinstance(payload, list):
        for part in payload:
            yield from read_in(part)
