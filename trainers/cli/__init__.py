"""The subcommands of `tintype-trainer`: one file each, with `add` (its options) and `run` (what it does)."""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from storage.errors import TintypeError
from trainers.settings import TrainerSettings

#: Does the work and returns what is printed as the last line, or None when there is nothing to print.
Command = Callable[[argparse.Namespace, TrainerSettings], "dict[str, Any] | None"]
MOST_SEED = 2**32 - 1
Subparsers = Any  # argparse keeps the type private


class Stopped(Exception):
    """The person at the keyboard stopped it."""


def add_command(subparsers: Subparsers, name: str, summary: str, run: Command) -> argparse.ArgumentParser:
    """A subcommand whose one-line summary is also the head of its own help."""
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    return parser


def add_passing(subparsers: Subparsers, name: str, summary: str, run: Command) -> None:
    """A subcommand that reads all that follows its name itself, `--help` included: `arguments.rest`."""
    parser = subparsers.add_parser(name, help=summary, add_help=False, prefix_chars="\0")
    parser.add_argument("rest", nargs="*")
    parser.set_defaults(run=run)


def bounded(of: type[float], low: float, high: float) -> Callable[[str], float]:
    """The type of an option that is a number (`int` or `float`) from low to high."""

    def read(text: str) -> float:
        try:
            number = of(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {low:g} to {high:g}")
        return number

    return read


def out_folder(folder: Path) -> Path:
    """Make a folder for what will be made, and see that it can be written before minutes are spent.

    Raises: TintypeError E_OUT_FOLDER.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise TintypeError("E_OUT_FOLDER", path=str(folder), reason=error.strerror or "refused") from error


def add_base(parser: argparse.ArgumentParser) -> None:
    """The options of everything that loads a base model."""
    parser.add_argument(
        "--base-model",
        metavar="B",
        help="miniature, owner/name@revision, or a folder in diffusers' layout (default: TINTYPE_BASE_MODEL)",
    )
    parser.add_argument("--device", metavar="D", help="auto, cpu, cuda, cuda:1 or mps (default: TINTYPE_DEVICE)")
