"""`tintype`: runs the bot, and everything an operator does around it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from dotenv import dotenv_values

from bot import cli
from bot.settings import BotSettings
from storage.env import check_keys
from storage.errors import TintypeError
from storage.texts import sentence

EXIT_STOPPED = 130  # as a shell reports Ctrl-C


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = argparse.ArgumentParser(prog="tintype", description=__doc__)
    subparsers = whole.add_subparsers(metavar="COMMAND", required=True, dest="command")
    for subcommand in cli.every():
        subcommand.add(subparsers)
    return whole


def environment() -> dict[str, str]:
    """`.env` in the folder where we were started, and the environment over it."""
    return {name: value for name, value in dotenv_values(".env").items() if value is not None} | os.environ


def settings_of(environ: Mapping[str, str]) -> BotSettings:
    """The settings, when all keys are known.

    Raises: SettingsError.
    """
    check_keys(environ)
    return BotSettings.from_env(environ)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; the exit status."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments, settings_of(environment())))
    except TintypeError as error:
        print(sentence(error.code, error.facts), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return EXIT_STOPPED


if __name__ == "__main__":
    sys.exit(main())
