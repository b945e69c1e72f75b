"""The grammar of words: what may be one, and where they stand in a prompt."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from storage.errors import WordRefused

NAME = re.compile(r"[a-z][a-z0-9_-]{2,31}")
WRITTEN = re.compile(r"<([a-z][a-z0-9_-]{2,31})(?::(\d{1,2}(?:\.\d{1,3})?|\.\d{1,3}))?>", re.IGNORECASE | re.ASCII)
UNCLOSED = re.compile(r"<([a-z][a-z0-9_-]{2,31})(?::[\d.]{0,8})?(?![a-z0-9_:.>-])", re.IGNORECASE | re.ASCII)
RESERVED = frozenset({"everyone", "here", "lora", "lyco", "hypernet", "me", "you", "word", "all", "none", "null"})
MAX_STRENGTH = 2.0  # above it pictures fall apart
MAX_PROMPT = 1500  # characters


@dataclass(frozen=True, slots=True)
class Text:
    """Ordinary words of a prompt."""

    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A learned word in a prompt: `<name>` or `<name:0.8>`."""

    name: str
    strength: float = 1.0
    has_strength: bool = field(default=False, compare=False)  #: the prompt says it


def check_word(name: str) -> str:
    """The word as it is stored: NFKC, lower case, without brackets.

    Raises: WordRefused E_WORD_FORM with a suggestion, E_WORD_RESERVED.
    """
    plain = unicodedata.normalize("NFKC", name).strip().removeprefix("<").removesuffix(">").lower()
    if not NAME.fullmatch(plain):
        raise WordRefused("E_WORD_FORM", word=plain[:64], suggestion=suggested(plain))
    if plain in RESERVED:
        raise WordRefused("E_WORD_RESERVED", word=plain)
    return plain


def suggested(text: str) -> str:
    """The nearest allowed word: `Ana's Dog!` -> `anas-dog`."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9_\s-]", "", ascii_text)
    joined = re.sub(r"[\s-]+", "-", kept).strip("-_0123456789")[:32].strip("-_")
    return joined if NAME.fullmatch(joined) and joined not in RESERVED else f"my-{joined or 'word'}"[:32]


def parse_prompt(prompt: str) -> list[Text | Word]:
    """Cut a prompt into text and words, in time linear in its length.

    Anything in brackets that is no word, `<lora:x:1>` say, stays ordinary text.
    Raises: WordRefused E_PROMPT_LONG, E_STRENGTH when a strength is above 2.
    """
    if len(prompt) > MAX_PROMPT:
        raise WordRefused("E_PROMPT_LONG", count=len(prompt), most=MAX_PROMPT)
    parts: list[Text | Word] = []
    end = 0
    for found in WRITTEN.finditer(prompt):
        if found.start() > end:
            parts.append(Text(prompt[end : found.start()]))
        parts.append(_word(found))
        end = found.end()
    if end < len(prompt):
        parts.append(Text(prompt[end:]))
    return parts


def _word(found: re.Match[str]) -> Word:
    strength = float(found[2]) if found[2] else 1.0
    if strength > MAX_STRENGTH:
        raise WordRefused("E_STRENGTH", word=found[1].lower(), most=MAX_STRENGTH)
    return Word(found[1].lower(), strength, has_strength=bool(found[2]))


def written(name: str, strength: float = 1.0) -> str:
    """A word as one types it: `<name>` or `<name:0.8>`."""
    return f"<{name}>" if strength == 1.0 else f"<{name}:{strength:g}>"


def unclosed_in(prompt: str) -> list[str]:
    """The names behind a bracket that nothing closes: `<ana-dog on the beach`."""
    return [found[1].lower() for found in UNCLOSED.finditer(prompt)]


def words_in(prompt: str) -> list[Word]:
    """The words of a prompt, each once, in the order of their first place."""
    found: dict[str, Word] = {}
    for part in parse_prompt(prompt):
        if isinstance(part, Word):
            found.setdefault(part.name, part)
    return list(found.values())
