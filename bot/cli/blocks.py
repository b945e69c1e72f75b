"""`tintype blocks`: whom this machine serves in no server."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from bot import texts
from bot.barring import MOST_DAYS
from bot.cli import Subparsers, add_command
from bot.control import ask_or_do
from bot.settings import BotSettings
from bot.whereabouts import in_use
from storage.clock import SystemClock
from storage.standing import moment


def add(subparsers: Subparsers) -> None:
    """`blocks list`, `blocks add` and `blocks remove`."""
    parser = add_command(subparsers, "blocks", "say whom this machine serves in no server", run)
    inner = parser.add_subparsers(metavar="WHAT", dest="what")
    inner.add_parser("list", help="the members who are kept out, until when and why")
    adding = inner.add_parser("add", help="keep a member out everywhere; what they wait for is cancelled")
    adding.add_argument("member", type=int, metavar="ID", help="the member's id")
    adding.add_argument("--days", type=_days, help="for so many days; else until you let them in again")
    adding.add_argument("--reason", default="", help="why; it is shown by `blocks list` alone")
    removing = inner.add_parser("remove", help="let a member in again")
    removing.add_argument("member", type=int, metavar="ID", help="the member's id")


def _days(text: str) -> int:
    number = int(text)
    if not 1 <= number <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_DAYS}")
    return number


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Ask the running bot, or do it here."""
    used = in_use(settings)
    request = {"do": "blocks", "what": arguments.what or "list"}
    request |= {name: getattr(arguments, name, None) for name in ("member", "days", "reason")}
    told = ask_or_do(used.data_dir, used.master_key_file, SystemClock(), request)
    for one in told["blocks"]:
        print(_line(one))
    if not told["blocks"]:
        print(texts.say("blocks-none"))
    return 0


def _line(block: Mapping[str, Any]) -> str:
    until = "none" if block["until"] is None else moment(block["until"])
    return texts.say("blocks-line", member=str(block["member"]), until=until, reason=block["reason"] or "none")
