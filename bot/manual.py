"""docs/commands.md, written from the commands, buttons and forms themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import getdoc
from typing import Any

from discord import AppCommandOptionType as Type
from discord import app_commands

from bot import buttons, commands, labels, modals, presses, texts

KINDS = {
    Type.string: "text",
    Type.integer: "whole number",
    Type.number: "number",
    Type.boolean: "yes or no",
    Type.attachment: "file",
    Type.user: "member",
    Type.role: "role",
    Type.channel: "channel",
}


def commands_page(pressers: Mapping[str, str]) -> str:
    """Every command with its options, who may use it, and what it answers; then every button and form.

    `pressers` tells of each verb who may press it.
    """
    presses.load()
    parts = [_command(command) for command in _leaves()]
    parts += ["## Buttons", _buttons(buttons.answers(), pressers), "## Forms", _forms(modals.answers())]
    return "\n\n".join(parts)


def _leaves() -> Iterator[app_commands.Command[Any, ..., Any]]:
    for command in commands.every():
        if isinstance(command, app_commands.Group):
            yield from (leaf for leaf in command.walk_commands() if isinstance(leaf, app_commands.Command))
        else:
            yield command


def _command(command: app_commands.Command[Any, ..., Any]) -> str:
    name = command.qualified_name
    who = texts.say(f"may-{name.replace(' ', '-')}")
    lines = [
        f"## /{name}",
        f"{command.description}.",
        f"- Who: {who}\n- Answer: {getdoc(command.callback)}",
        _options(command),
    ]
    return "\n\n".join(line for line in lines if line)


def _options(command: app_commands.Command[Any, ..., Any]) -> str:
    rows = [_option(parameter) for parameter in _distinct(command)]
    return "\n".join(["| option | what | meaning |", "| --- | --- | --- |", *rows]) if rows else ""


def _distinct(command: app_commands.Command[Any, ..., Any]) -> list[app_commands.Parameter]:
    """Its options; of photo1 to photo10 only the first stands for all."""
    return [one for one in command.parameters if not (one.name[:5] == "photo" and one.name != "photo1")]


def _option(option: app_commands.Parameter) -> str:
    name = "photo1 … photo10" if option.name == "photo1" else str(option.display_name)
    what = [KINDS[option.type], "needed" if option.required else "", _limits(option)]
    if option.choices:
        what.append(" · ".join(str(choice.value) for choice in option.choices))
    if option.autocomplete:
        what.append("completed while typing")
    return f"| `{name}` | {', '.join(part for part in what if part)} | {_plain(str(option.description))} |"


def _limits(option: app_commands.Parameter) -> str:
    if option.min_value is None or option.max_value is None:
        return ""
    unit = " characters" if option.type is Type.string else ""
    return f"{option.min_value}–{option.max_value}{unit}"


def _buttons(answers: Mapping[str, str], pressers: Mapping[str, str]) -> str:
    """One row for each verb, in the order of their labels."""
    shown = {verb: " · ".join(f"*{_plain(label)}*" for label in labels.labels_of(verb)) for verb in answers}
    rows = [
        f"| {shown[verb]} | {_plain(answers[verb])} | {pressers[verb]} | `{verb}` |"
        for verb in sorted(answers, key=lambda verb: (shown[verb].lower().strip("*‹★ "), verb))
    ]
    head = ["| button or menu | what it does | who may | called |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _forms(answers: Mapping[str, str]) -> str:
    head = ["| opened by | when it is sent | called |", "| --- | --- | --- |"]
    rows = [f"| {_opener(verb)} | {_plain(told)} | `{verb}` |" for verb, told in sorted(answers.items())]
    return "\n".join([*head, *rows])


def _opener(verb: str) -> str:
    """The button or command that opens a form; they share their verb."""
    return "`/train`" if verb == "teach" else " · ".join(f"*{_plain(label)}*" for label in labels.labels_of(verb))


def _plain(text: str) -> str:
    """As Markdown shows it letter for letter in a table."""
    return text.replace("<", "\\<").replace("|", "\\|")
