"""The subcommands of `tintype`: one file each, with `add` (its options) and `run` (what it does)."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

from bot.settings import BotSettings

#: Does the work and returns the exit status.
Command = Callable[[argparse.Namespace, BotSettings], int]
Subparsers = Any  # argparse keeps the type private


def add_command(subparsers: Subparsers, name: str, summary: str, run: Command) -> argparse.ArgumentParser:
    """A subcommand whose one-line summary is also the head of its own help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def every() -> list[ModuleType]:
    """All subcommands, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in names]
