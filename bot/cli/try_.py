"""`tintype try`: be a member at the keyboard, against a running stand-in."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from bot.cli import Subparsers, add_command
from bot.settings import BotSettings
from storage.errors import TintypeError


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "try", "use Tintype by hand on the stand-in that `tintype run` started", run)
    parser.add_argument("--as", dest="member", metavar="NAME", default="ana", help="who you are (default: ana)")
    parser.add_argument("--manager", action="store_true", help="may manage the server, and so sees /studio")
    parser.add_argument(
        "--role", dest="roles", metavar="NAME", action="append", help="has this role, made if there is none; repeatable"
    )
    parser.add_argument("--locale", metavar="CODE", help="what your Discord is set to, such as de (default: as before)")
    parser.add_argument("--url", metavar="URL", help="where the stand-in is (default: TINTYPE_SANDBOX_PORT here)")


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Read lines until `quit`.

    Raises: TintypeError(E_NO_SANDBOX) when nobody answers there.
    """
    import aiohttp

    from bot.sandbox.try_ import main

    url = arguments.url or f"http://127.0.0.1:{settings.sandbox_port}"
    try:
        return asyncio.run(main(url, arguments.member, sys.stdin, sys.stdout, about(arguments)))
    except aiohttp.ClientError as error:
        raise TintypeError("E_NO_SANDBOX", url=url) from error


def about(arguments: argparse.Namespace) -> dict[str, Any]:
    """What is told of the member; what is left out stays as it was before."""
    told = {"is_manager": arguments.manager or None, "roles": arguments.roles, "locale": arguments.locale}
    return {key: value for key, value in told.items() if value is not None}
