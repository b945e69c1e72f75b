"""`tintype guilds`: which servers may use this machine."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import Any

from bot import texts
from bot.cli import Subparsers, add_command
from bot.control import ask_or_do
from bot.settings import BotSettings
from bot.whereabouts import in_use
from storage.clock import SystemClock


def add(subparsers: Subparsers) -> None:
    """`guilds list`, `guilds allow` and `guilds forbid`."""
    parser = add_command(subparsers, "guilds", "say which servers may use this machine", run)
    inner = parser.add_subparsers(metavar="WHAT", dest="what")
    inner.add_parser("list", help="the servers that may, and those that have the bot and may not (yet)")
    for what, summary in (("allow", "let a server use it"), ("forbid", "take that back; members keep what they made")):
        inner.add_parser(what, help=summary).add_argument("guild", type=int, metavar="ID", help="the server's id")


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Ask the running bot, or look here."""
    used = in_use(settings)
    if used is not settings:
        print(texts.say("guilds-sandbox", folder=used.data_dir))
        return 0
    request = {"do": "guilds", "what": arguments.what or "list", "guild": getattr(arguments, "guild", None)}
    for line in _lines(ask_or_do(used.data_dir, used.master_key_file, SystemClock(), request), used):
        print(line)
    return 0


def _lines(told: Mapping[str, Any], settings: BotSettings) -> Iterator[str]:
    if settings.guilds:
        yield texts.say("guilds-fixed", guilds=[str(guild) for guild in sorted(settings.guilds)])
    for key in ("allowed", "waiting"):
        for guild in told[key]:
            yield texts.say(f"guilds-{key}", guild=str(guild))
    if not told["allowed"] and not settings.guilds:
        yield texts.say("guilds-none")
