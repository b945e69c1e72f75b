"""The slash commands: one file each, with a `command`; adding one is adding a file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from discord import app_commands

Command = app_commands.Command[Any, ..., Any] | app_commands.Group


def every() -> list[Command]:
    """All commands, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").command for name in names]


def load(tree: app_commands.CommandTree[Any]) -> None:
    """Put all commands into the tree."""
    for command in every():
        tree.add_command(command)
