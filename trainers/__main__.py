"""`tintype-trainer`: trains, imagines and measures without Discord, and is the engine that the bot starts."""

from __future__ import annotations

import argparse
import errno
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from dotenv import dotenv_values

from storage.env import check_keys
from storage.errors import TintypeError
from storage.texts import sentence
from trainers import process
from trainers.cli import (
    Stopped,
    bench,
    editing,
    engine,
    exporting,
    imagine,
    importing,
    join,
    look,
    merging,
    methods,
    miniature,
    models,
    preview,
    sheet,
    train,
)
from trainers.models import keep_in
from trainers.settings import TrainerSettings

SUBCOMMANDS = (
    engine,
    join,
    look,
    train,
    imagine,
    editing,
    preview,
    exporting,
    importing,
    merging,
    sheet,
    bench,
    methods,
    models,
    miniature,
)
COMPUTING = {"engine", "look", "train", "imagine", "edit", "preview", "import", "merge", "sheet", "bench", "miniature"}
EXIT_STOPPED = 130  # as a shell reports Ctrl-C


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="tintype-trainer", description=__doc__)
    whole.add_argument("--verbose", action="store_true", help="log what the libraries say, too")
    subparsers = whole.add_subparsers(metavar="COMMAND", required=True, dest="command")
    for subcommand in SUBCOMMANDS:
        subcommand.add(subparsers)
    return whole


def _told(arguments: argparse.Namespace) -> tuple[int, dict[str, Any] | None]:
    try:
        return 0, arguments.run(arguments, _settings(_environ(arguments.command)))
    except TintypeError as error:
        return _refused(error)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        return _refused(TintypeError("E_DISK_FULL"))
    except (Stopped, KeyboardInterrupt):
        print("Stopped.", file=sys.stderr)
        return EXIT_STOPPED, {"ok": False, "code": "stopped", "error": "Stopped."}


def _refused(error: TintypeError) -> tuple[int, dict[str, Any]]:
    text = sentence(error.code, error.facts)
    print(text, file=sys.stderr)
    return 1, {"ok": False, "code": error.code, "error": text}


def _settings(environ: Mapping[str, str]) -> TrainerSettings:
    check_keys(environ)
    settings = TrainerSettings.from_env(environ)
    keep_in(settings.models_dir)
    return settings


def _environ(command: str) -> Mapping[str, str]:
    """The environment over `.env`; an engine is told everything by the bot that starts it."""
    if command == "engine":
        return os.environ
    written = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**written, **os.environ}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; its result is one JSON object in the last line of standard output."""
    arguments = parser().parse_args(argv)
    if arguments.command in COMPUTING and argv is None and process.needs_restart(os.environ):
        process.restart(os.environ, "trainers")
    if arguments.command != "models":
        process.go_offline(os.environ)
    if arguments.command != "engine":
        logging.basicConfig(level=logging.INFO if arguments.verbose else logging.ERROR, stream=sys.stderr)
    code, told = _told(arguments)
    if told is not None:
        print(json.dumps(told, ensure_ascii=False))
    return code


if __name__ == "__main__":
    sys.exit(main())
