"""`tintype-trainer bench`: measures; each file of trainers/bench that has `add` is one measurement."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from typing import Any

from trainers import bench as measurements
from trainers.cli import Subparsers, add_passing
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Its options are those of the measurements."""
    add_passing(subparsers, "bench", "measure, and print what was measured (see `bench --help`)", run)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any] | None:
    """Run the measurement that is named."""
    chosen = parser().parse_args(arguments.rest)
    told: dict[str, Any] | None = chosen.run(chosen, settings)
    return told


def parser() -> argparse.ArgumentParser:
    """Every measurement as a subcommand; they are imported only here, so that other commands start at once."""
    whole = argparse.ArgumentParser(prog="tintype-trainer bench", description="Measure, and print what was measured.")
    subparsers = whole.add_subparsers(metavar="WHAT", required=True, dest="what")
    for module in pkgutil.iter_modules(measurements.__path__):
        found = importlib.import_module(f"{measurements.__name__}.{module.name}")
        if hasattr(found, "add"):
            found.add(subparsers)
    return whole
