"""`tintype-trainer miniature`: remakes the bundled base model from nothing."""

from __future__ import annotations

import argparse

from trainers.cli import Subparsers, add_command
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Its options are those of trainers/miniature/build.py."""
    parser = add_command(subparsers, "miniature", "remake the bundled base model (`miniature build --help`)", run)
    parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> None:
    """Hand everything over to the builder."""
    from trainers.miniature.build import main

    main(arguments.rest)
