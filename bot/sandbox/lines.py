"""Turns a typed line into a command's name and options, helped by the command's definition."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from bot.sandbox.options import ATTACHMENT, GROUP, SUBCOMMAND, TEXT, NotPossible, find_command
from bot.sandbox.state import Json


def options_of(definitions: list[Json], line: str) -> tuple[str, dict[str, Any]]:
    """From `/train photos/*.png word:ana-dog` to ("train", {"photo1": Path, …, "word": "ana-dog"}).

    `name:value` sets an option (a value with spaces in quotes), files and patterns fill the upload options in
    order, and whatever else stands there is the text of the first text option not set by name.
    Raises: NotPossible for unknown commands, too many files, words with no place.
    """
    names, rest = _names(definitions, line.lstrip("/"))
    definition, path = find_command(definitions, names)
    known = {one["name"]: one for one in (path[-1] if path else definition).get("options") or []}
    options: dict[str, Any] = {}
    rest = re.sub(r'(?:(?<=\s)|^)(\w[\w-]*):("[^"]*"|\S+)', lambda found: _take(found, known, options), rest)
    uploads = [name for name, one in known.items() if one["type"] == ATTACHMENT and name not in options]
    words = []
    for word in rest.split():
        found = _files(word) if uploads else []
        if len(found) > len(uploads):
            raise NotPossible(f"{word}: {len(found)} files, but room for {len(uploads)}; use the form for more")
        for file in found:
            options[uploads.pop(0)] = file
        if not found and uploads and any(mark in word for mark in "*?["):
            raise NotPossible(f"no file is called {word}")
        if not found:
            words.append(word)
    if words:
        options = {_first_text(known, options, words): " ".join(words), **options}
    return " ".join(names), options


def _names(definitions: list[Json], line: str) -> tuple[list[str], str]:
    """The command's name with its group and subcommand, and the rest of the line."""
    first, _, rest = line.partition(" ")
    names = [first]
    place = next((one for one in definitions if one["name"] == first), {})
    while True:
        word, _, after = rest.strip().partition(" ")
        parts = [one for one in place.get("options") or [] if one["type"] in {SUBCOMMAND, GROUP}]
        place = next((one for one in parts if one["name"] == word), {})
        if not place:
            return names, rest.strip()
        names.append(word)
        rest = after


def _take(found: re.Match[str], known: dict[str, Json], options: dict[str, Any]) -> str:
    """Set an option named in the line; what is no option stays in the text."""
    name, value = found[1], found[2]
    if name not in known:
        return found[0]
    value = value[1:-1] if value.startswith('"') and value.endswith('"') and len(value) > 1 else value
    options[name] = Path(value) if known[name]["type"] == ATTACHMENT else value
    return ""


def _files(word: str) -> list[Path]:
    """The files a word names; none when it is an ordinary word."""
    if any(mark in word for mark in "*?["):
        pattern = Path(word)
        root = Path(pattern.anchor) if pattern.is_absolute() else Path()
        return sorted(path for path in root.glob(str(pattern.relative_to(root) if pattern.is_absolute() else pattern)))
    name = shlex.split(word)[0] if word.count('"') == 2 else word
    return [Path(name)] if Path(name).is_file() else []


def _first_text(known: dict[str, Json], options: dict[str, Any], words: list[str]) -> str:
    for name, one in known.items():
        if one["type"] == TEXT and name not in options:
            return name
    raise NotPossible(f"no place for {' '.join(words)!r}; options are {', '.join(known) or 'none'}")
