"""`tintype-trainer miniature`: remakes the bundled base model from nothing."""

from __future__ import annotations

import argparse

from trainers.cli import Subparsers, add_passing
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Its options are those of trainers/miniature/build.py."""
    add_passing(subparsers, "miniature", "remake the bundled base model (see `miniature build --help`)", run)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> None:
    """Hand everything over to the builder."""
    from trainers.miniature.build import main

    main(arguments.rest)
