"""`tintype run`: the bot, on Discord with a token, on the local stand-in without."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from typing import TYPE_CHECKING, Any

from bot import logs, texts
from bot.cli import Subparsers, add_command
from bot.engine_process import command, environment
from bot.settings import BotSettings
from bot.threads import DaemonThreads
from bot.whereabouts import run_by
from storage.env import Secret
from storage.errors import TintypeError

if TYPE_CHECKING:
    from bot.runtime import EngineOf


def add(subparsers: Subparsers) -> None:
    """It has no options: everything is a setting."""
    add_command(subparsers, "run", "start Tintype: on Discord with a token, else on the local stand-in", run)


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Run until Ctrl-C or SIGTERM.

    Raises: TintypeError that says what to do.
    """
    settings = run_by(settings)
    handlers = logs.set_up(settings.data_dir, settings.log_level, [settings.discord_token.reveal()])
    try:
        asyncio.run(_run(settings))
    finally:
        logs.take_down(handlers)
    return 0


async def _run(settings: BotSettings) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.set_default_executor(DaemonThreads())
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    say("run-starting", base=settings.base_model)
    if settings.discord_token:
        await _on_discord(settings, stop)
    else:
        await _on_stand_in(settings, stop)
    say("run-stopped")


async def _on_discord(settings: BotSettings, stop: asyncio.Event) -> None:
    from bot.connection import Place
    from bot.runtime import serve

    place = Place(
        data_dir=settings.data_dir,
        master_key_file=settings.master_key_file,
        api_url=settings.discord_api_url,
        discord_token=settings.discord_token,
        guilds=settings.guilds,
        owners=settings.owners,
        takes_photos=settings.training_intake != "off",
    )
    await serve(place, engine_of(settings), stop, tell)


async def _on_stand_in(settings: BotSettings, stop: asyncio.Event) -> None:
    """The same bot, unchanged, at a Discord of our own; every server there is ours, so every one is allowed."""
    from bot.connection import Place
    from bot.runtime import serve
    from bot.sandbox import Sandbox
    from bot.sandbox import serve as stand_in

    box = Sandbox()
    try:
        async with stand_in(box, settings.sandbox_port) as url:
            say("run-sandbox", folder=str(settings.data_dir))
            say("run-token")
            say("run-try", url=url)
            place = Place(
                data_dir=settings.data_dir,
                master_key_file=settings.master_key_file,
                api_url=f"{url}/api/v10",
                discord_token=Secret(box.discord_token),
                guilds=Everywhere(),
                owners=settings.owners,
                takes_photos=settings.training_intake != "off",
                is_invited=False,
            )
            await serve(place, engine_of(settings), stop, tell)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise TintypeError("E_SANDBOX_PORT", port=str(settings.sandbox_port), reason=why) from error


class Everywhere(frozenset[int]):
    """A set of servers that holds all of them."""

    __slots__ = ()

    def __contains__(self, guild: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


def engine_of(settings: BotSettings) -> EngineOf:
    """How the engine of these settings is started."""
    from bot.runtime import EngineOf

    return EngineOf(
        command=command(settings.base_model, settings.device),
        environ=environment(os.environ, settings.models_dir, settings.output_check, settings.beside),
    )


def say(key: str, **facts: Any) -> None:
    """Tell the operator a sentence."""
    tell(texts.say(key, **facts))


def tell(text: str) -> None:
    """Tell the operator at once, also when the output is a pipe."""
    print(text, flush=True)
