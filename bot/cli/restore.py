"""`tintype restore`: a snapshot back into the empty data folder that `tintype run` then uses."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot import lock, texts
from bot.cli import Subparsers, add_command
from bot.settings import BotSettings
from bot.whereabouts import run_by
from storage.backup import restore
from storage.clock import SystemClock


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "restore", "bring a snapshot back into an empty data folder", run)
    parser.add_argument("snapshot", type=Path, metavar="SNAPSHOT", help="the folder that `tintype backup` named")
    parser.add_argument("--keys", type=Path, metavar="FILE", help="the newest keys.json (default: beside the snapshot)")


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Restore, and forget again who asked for it since."""
    used = run_by(settings)
    with lock.held(used.data_dir):
        forgotten = restore(arguments.snapshot, used.data_dir, used.master_key_file, SystemClock(), arguments.keys)
    print(texts.say("restore-made", folder=used.data_dir, snapshot=arguments.snapshot, forgotten=len(forgotten)))
    if used is not settings:
        print(texts.say("restore-sandbox", folder=settings.data_dir))
    return 0
