"""The limits of command definitions."""

from __future__ import annotations

import unicodedata
from typing import Any

from bot.sandbox.checks.forms import check_choice
from bot.sandbox.refusals import Form, Json

SLASH, USER, MESSAGE = 1, 2, 3
MOST = {SLASH: 100, USER: 15, MESSAGE: 15}
MOST_CHARACTERS = 8000
SUBCOMMAND, GROUP = 1, 2
Path = tuple[str | int, ...]


def check_commands(commands: Any) -> None:
    """A bulk overwrite.

    Raises: Refused(50035).
    """
    form = Form()
    if form.count((), commands, 0, 130):
        keys = [(command.get("type", SLASH), command.get("name")) for command in commands]
        for index, command in enumerate(commands):
            check_command(form, (index,), command)
            if keys.count(keys[index]) > 1:
                form.wrong(
                    (index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
                )
        for kind, most in MOST.items():
            if sum(1 for key in keys if key[0] == kind) > most:
                form.wrong((), "APPLICATION_COMMAND_TOO_MANY", f"At most {most} commands of type {kind}.")
    form.refuse()


def check_command(form: Form, path: Path, command: Json) -> None:
    """One command."""
    kind = command.get("type", SLASH)
    if kind == SLASH:
        _check_names(form, path, command)
        _check_options(form, path, command.get("options") or [], depth=0)
    else:
        form.text((*path, "name"), command.get("name"), 32)
        if command.get("description"):
            form.wrong(
                (*path, "description"), "APPLICATION_COMMAND_INVALID_DESCRIPTION", "Only slash commands have one"
            )
    if characters(command) > MOST_CHARACTERS:
        form.wrong(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MOST_CHARACTERS})")


def _check_names(form: Form, path: Path, part: Json) -> None:
    names = [(("name",), part.get("name"))]
    names += [(("name_localizations", key), name) for key, name in (part.get("name_localizations") or {}).items()]  # type: ignore[misc]
    for place, name in names:
        if not is_name(name):
            form.wrong((*path, *place), "STRING_TYPE_REGEX", "String value did not match validation regex.")
    form.text((*path, "description"), part.get("description"), 100)
    for key, text in (part.get("description_localizations") or {}).items():
        form.text((*path, "description_localizations", key), text, 100)


def _check_options(form: Form, path: Path, options: list[Json], depth: int) -> None:
    if not form.count((*path, "options"), options, 0, 25):
        return
    names = [option.get("name") for option in options]
    was_optional = False
    for index, option in enumerate(options):
        here = (*path, "options", index)
        _check_names(form, here, option)
        if names.count(option.get("name")) > 1:
            form.wrong((*here, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique")
        if option.get("required") and was_optional:
            form.wrong(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must come first")
        was_optional = was_optional or not option.get("required")
        _check_option(form, here, option, depth)


def _check_option(form: Form, path: Path, option: Json, depth: int) -> None:
    kind = option.get("type")
    if kind not in range(1, 12):
        form.wrong((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of 1 to 11.")
    elif kind in {SUBCOMMAND, GROUP}:
        if depth >= (2 if kind == SUBCOMMAND else 1):
            form.wrong((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deeply")
        _check_options(form, path, option.get("options") or [], depth + 1)
    choices = option.get("choices") or []
    form.count((*path, "choices"), choices, 0, 25)
    for index, choice in enumerate(choices):
        check_choice(form, (*path, "choices", index), choice, int(kind or 3))
    if choices and option.get("autocomplete"):
        form.wrong((*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Not together with choices")
    least, most = option.get("min_length", 0) or 0, option.get("max_length", 6000) or 6000
    if not 0 <= least <= most <= 6000:
        form.wrong((*path, "max_length"), "NUMBER_TYPE_MAX", "0 <= min_length <= max_length <= 6000.")


def characters(part: Json) -> int:
    """What Discord counts against the 8000: names, descriptions and values, the longest localisation of each."""
    total = 0
    for key in ("name", "description"):
        texts = [part.get(key) or "", *(part.get(f"{key}_localizations") or {}).values()]
        total += max(len(str(text)) for text in texts)
    total += len(part["value"]) if isinstance(part.get("value"), str) else 0
    inner = [*(part.get("options") or []), *(part.get("choices") or [])]
    return total + sum(characters(one) for one in inner)


def is_name(name: Any) -> bool:
    """Whether Discord takes this as a command's or option's name: 1-32 lower-case letters, digits, - _ '."""
    if not isinstance(name, str) or not 1 <= len(name) <= 32 or name != name.lower():
        return False
    return all(char in "-_'" or unicodedata.category(char)[0] in "LNM" for char in name)
