"""A server's filter: words and patterns that no text of a member may hold, found in time linear in the text.

Words are compared as tokens, so that `ass` is not found in `class`; texts are compared as they are, without look-alike
letters and without digits that stand for letters. Patterns are RE2's, which never goes back over a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import re2

from storage.errors import TintypeError

MOST_CHARACTERS = 100
MOST_SHOWN = 3  # prompts that a refusal names
PATTERN_BYTES = 1 << 20  # of memory for one pattern; what needs more is refused
TOKEN = re.compile(r"[^\W_]+")
LOOK_ALIKES = str.maketrans("аеёорсухіїјѕԁһкмтвнαβεικνορτυχο", "aeeopcyxiijsdhkmtbhabeikvoptuxo")
DIGITS = str.maketrans("013457@$", "oieastas")
#: what any member may ask for: no two share more than little words, so that what is in two of them is in very many
HARMLESS = (
    "a dog on the beach",
    "two red cups, soft light",
    "portrait in watercolour",
    "castle 1900",
    "the old lighthouse at night with a full moon",
    "a girl and her bicycle in the snow, photo",
    "an astronaut riding a horse, highly detailed",
    "my grandmother's kitchen, oil painting",
    "a bowl of fruit by the window, 35mm",
    "robot playing chess against itself, 3D render",
    "black and white drawing of an oak tree",
    "a very small dragon that sleeps under flowers",
    "ein Haus am See im Herbst",
    "eine Katze auf dem Sofa, Gegenlicht",
    "der Zug fährt durch die Berge, Aquarell",
    "ein alter Mann mit Hut und Bart",
    "Blumenwiese bei Sonnenaufgang, sehr scharf",
    "das Boot liegt im Hafen, Nebel",
)
MOST_HARMED = 1  # a filter that refuses more of them would refuse much of what is asked for


class FilterKind(StrEnum):
    """How a filter is read."""

    WORD = "word"  #: one or more words, `*` at an end for any ending or beginning
    REGEX = "regex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One thing that may not be in a text."""

    kind: FilterKind
    text: str


def checked(kind: FilterKind, text: str) -> Filter:
    """A filter that can be kept.

    Raises: TintypeError E_FILTER_FORM when it is empty, too long or no pattern, E_FILTER_WIDE with the prompts when it
    would refuse several that are harmless.
    """
    text = text.strip()
    if not 0 < len(text) <= MOST_CHARACTERS:
        raise TintypeError("E_FILTER_FORM", most=MOST_CHARACTERS)
    made = Filter(kind=kind, text=text)
    if kind is FilterKind.WORD and not TOKEN.search(text):
        raise TintypeError("E_FILTER_FORM", most=MOST_CHARACTERS)
    if kind is FilterKind.REGEX:
        _tried(text)
    hit = harmed(made)
    if len(hit) > MOST_HARMED:
        raise TintypeError("E_FILTER_WIDE", text=text, count=len(hit), total=len(HARMLESS), prompts=_quoted(hit))
    return made


def harmed(one: Filter) -> list[str]:
    """The harmless prompts that a filter would refuse."""
    return [prompt for prompt in HARMLESS if finds(one, prompt)]


def _quoted(prompts: list[str]) -> list[str]:
    return [f'"{prompt}"' for prompt in prompts[:MOST_SHOWN]]


def _tried(pattern: str) -> None:
    try:
        compiled(pattern)
    except re2.error as error:
        raise TintypeError("E_FILTER_REGEX", text=pattern, why=_why(error)) from error


def _why(error: Exception) -> str:
    told = error.args[0] if error.args else ""
    return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """A pattern, read without regard to case.

    Raises: re2.error for what is none, back references and look-arounds included.
    """
    options = re2.Options()
    options.case_sensitive, options.max_mem, options.log_errors = False, PATTERN_BYTES, False
    return re2.compile(pattern, options)


def first_of(filters: Iterable[Filter], text: str) -> Filter | None:
    """The first filter that finds something in a text, or None."""
    return next((one for one in filters if finds(one, text)), None)


def finds(one: Filter, text: str) -> bool:
    """Whether what a filter looks for is in a text, in any of its readings."""
    if one.kind is FilterKind.REGEX:
        return any(compiled(one.text).search(reading) for reading in readings(text))
    wanted = phrase(one.text)
    return any(wanted in _spaced(reading) for reading in readings(text))


def phrase(word: str) -> str:
    """A word filter as it must stand between the tokens of a text: ` cat `, or ` cat` for `cat*`."""
    tokens = " ".join(TOKEN.findall(folded(word)))
    return ("" if word.startswith("*") else " ") + tokens + ("" if word.endswith("*") else " ")


@lru_cache(maxsize=64)
def readings(text: str) -> tuple[str, ...]:
    """A text as it may be meant: as it stands, with look-alikes as Latin letters, with digits as letters, unspaced."""
    plain = folded(text)
    latin = plain.translate(LOOK_ALIKES)
    meant = latin.translate(DIGITS)
    return tuple(dict.fromkeys((plain, latin, meant, _closed_up(meant))))


def folded(text: str) -> str:
    """A text without upper case, accents, invisible characters and compatible forms."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(one for one in apart if unicodedata.category(one) not in ("Cf", "Mn", "Cc") or one.isspace())
    return unicodedata.normalize("NFKC", kept)


def _spaced(text: str) -> str:
    return f" {' '.join(TOKEN.findall(text))} "


def _closed_up(text: str) -> str:
    """Letters that stand alone put together: `b a d dog` -> `bad dog`."""
    closed, alone = [], ""
    for token in [*TOKEN.findall(text), ""]:
        if len(token) == 1:
            alone += token
            continue
        closed += [alone, token] if alone else [token]
        alone = ""
    return " ".join(closed).strip()
