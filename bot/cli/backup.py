"""`tintype backup`: a snapshot of everything, also while Tintype runs."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot import texts
from bot.cli import Subparsers, add_command
from bot.control import ask_or_do
from bot.settings import BotSettings
from bot.whereabouts import in_use
from storage.backup import DATABASE
from storage.clock import SystemClock
from storage.errors import TintypeError

BACKUPS = "backups"


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "backup", "put a snapshot of everything into a folder; Tintype may run", run)
    parser.add_argument("--to", type=Path, metavar="DIR", help="where to (default: backups/ in the data folder)")


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Ask the running bot for it, or make it here."""
    used = in_use(settings)
    if not (used.data_dir / DATABASE).exists():
        raise TintypeError("E_NO_DATA", folder=str(used.data_dir))
    folder = (arguments.to or used.data_dir / BACKUPS).resolve()
    made = ask_or_do(used.data_dir, used.master_key_file, SystemClock(), {"do": "backup", "to": str(folder)})
    facts = {"folder": made["folder"], "files": made["files"], "size": texts.size(made["bytes"])}
    print(texts.say("backup-made", master_key=used.master_key_file, **facts))
    return 0
