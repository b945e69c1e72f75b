"""`tintype-trainer engine`: what the bot starts; the wire is standard input and output."""

from __future__ import annotations

import argparse

from trainers.cli import Subparsers, add_base, add_command
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Its options."""
    add_base(add_command(subparsers, "engine", "serve the bot: train and imagine behind the four verbs", run))


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> None:
    """Serve until the wire is closed; nothing is printed, since standard output is the wire."""
    from trainers.engine import WantedBase, serve

    base_model, device = arguments.base_model or settings.base_model, arguments.device or settings.device
    serve(WantedBase(base_model, device, settings.output_check, settings.beside))
