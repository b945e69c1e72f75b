"""`tintype-trainer join`: several machines as one Tintype; not offered yet, and says so."""

from __future__ import annotations

import argparse

from storage.errors import TintypeError
from trainers.cli import Subparsers, add_command
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Its options: none yet."""
    add_command(subparsers, "join", "lend this machine to another one's Tintype (not offered yet)", run)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> None:
    """Say that it is not offered yet.

    Raises: TintypeError E_JOIN_LATER.
    """
    raise TintypeError("E_JOIN_LATER")
