"""Turns a typed line into a command's name and options, helped by the command's definition."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from bot.sandbox.options import ATTACHMENT, GROUP, SUBCOMMAND, TEXT, NotPossible, find_command
from bot.sandbox.state import Json

TOKEN = re.compile(r'(\w[\w-]*):("[^"]*"|\S*)(?!\S)|\S+')


def options_of(definitions: list[Json], line: str) -> tuple[str, dict[str, Any]]:
    """From `/train photos/*.png word:ana-dog` to ("train", {"photo1": Path, …, "word": "ana-dog"}).

    `name:value` sets an option; a text without quotes goes on to the next option, as in Discord. Files and patterns
    fill the upload options in order; plain words before any text are that of the first text option not set by name.
    Raises: NotPossible for unknown commands, too many files, words with no place.
    """
    names, rest = _names(definitions, line.lstrip("/"))
    definition, path = find_command(definitions, names)
    known = {one["name"]: one for one in (path[-1] if path else definition).get("options") or []}
    options: dict[str, Any] = {}
    pieces: list[str] = []
    words, files = pieces, []  # `words`: those of the text that is being read
    for found in TOKEN.finditer(rest):
        if found[1] in known:
            words = _take(found[1], found[2], known[found[1]], options) or pieces
        elif several := _files(found[0], known):
            files.append((found[0], several))
        else:
            words.append(found[0])
    if pieces:
        options = {_first_text(known, options, pieces): pieces, **options}
    options = {name: " ".join(value) if isinstance(value, list) else value for name, value in options.items()}
    uploads = [name for name, one in known.items() if one["type"] == ATTACHMENT and name not in options]
    return " ".join(names), options | _uploaded(uploads, files)


def _uploaded(uploads: list[str], files: list[tuple[str, list[Path]]]) -> dict[str, Path]:
    """The files in order in the upload options that are still free."""
    free = list(uploads)
    taken: dict[str, Path] = {}
    for word, found in files:
        if len(found) > len(free):
            raise NotPossible(f"{word}: {len(found)} files, but room for {len(free)}; use the form for more")
        taken |= {free.pop(0): file for file in found}
    return taken


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


def _take(name: str, value: str, option: Json, options: dict[str, Any]) -> list[str]:
    """Set an option named in the line; the list that further words of its text belong to, empty when there are none."""
    is_quoted = value.startswith('"') and value.endswith('"') and len(value) > 1
    value = value[1:-1] if is_quoted else value
    if option["type"] == TEXT and not is_quoted:
        options[name] = words = [value]
        return words
    options[name] = Path(value) if option["type"] == ATTACHMENT else value
    return []


def _files(word: str, known: dict[str, Json]) -> list[Path]:
    """The files a word names, where the command takes any; none when it is an ordinary word.

    A pattern has a dot or a slash: without, it is how one writes. Raises: NotPossible for a pattern that names none.
    """
    if not any(one["type"] == ATTACHMENT for one in known.values()):
        return []
    if not any(mark in word for mark in "*?["):
        name = shlex.split(word)[0] if word.count('"') == 2 else word
        return [Path(name)] if Path(name).is_file() else []
    if "." not in word and "/" not in word:
        return []
    pattern = Path(word)
    root = Path(pattern.anchor) if pattern.is_absolute() else Path()
    try:
        found = sorted(root.glob(str(pattern.relative_to(root) if pattern.is_absolute() else pattern)))
    except ValueError:  # pathlib's own rules for `**`
        found = []
    if not found:
        raise NotPossible(f"no file is called {word}")
    return found


def _first_text(known: dict[str, Json], options: dict[str, Any], words: list[str]) -> str:
    for name, one in known.items():
        if one["type"] == TEXT and name not in options:
            return name
    raise NotPossible(f"no place for {' '.join(words)!r}; options are {', '.join(known) or 'none'}")
