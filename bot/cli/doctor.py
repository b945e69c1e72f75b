"""`tintype doctor`: is all well, and what is to be done if not."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence

from bot import texts
from bot.cli import Subparsers, add_command
from bot.doctor import Finding, Level, Surroundings, examine
from bot.engine_process import command, environment
from bot.settings import BotSettings
from bot.whereabouts import in_use
from storage.clock import SystemClock


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "doctor", "look at everything Tintype needs, and say what to mend", run)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Examine; 1 when something is to be mended."""
    used = in_use(settings)
    around = Surroundings(
        clock=SystemClock(),
        engine_command=command(used.base_model, used.device),
        engine_environ=environment(os.environ, used.models_dir, used.output_check, used.beside),
    )
    found = asyncio.run(_examined(used, around, is_quiet=arguments.json))
    is_sick = any(finding.level is Level.FAIL for finding in found)
    print(_as_json(found, is_well=not is_sick) if arguments.json else _verdict(found))
    return int(is_sick)


async def _examined(settings: BotSettings, around: Surroundings, *, is_quiet: bool) -> Sequence[Finding]:
    found = []
    async for finding in examine(settings, around):
        found.append(finding)
        if not is_quiet:
            print(_line(finding), flush=True)
    return found


def _line(finding: Finding) -> str:
    return f"{texts.say(f'doctor-{finding.level}'):<7} {finding.name:<12} {finding.text}"


def _verdict(found: Sequence[Finding]) -> str:
    counts = {level: sum(finding.level is level for finding in found) for level in Level}
    if counts[Level.FAIL]:
        return texts.say("doctor-sick", count=counts[Level.FAIL])
    return texts.say("doctor-look", count=counts[Level.WARN]) if counts[Level.WARN] else texts.say("doctor-healthy")


def _as_json(found: Sequence[Finding], *, is_well: bool) -> str:
    told = [
        {"check": finding.check, "level": finding.level, "key": finding.key, "text": finding.text} for finding in found
    ]
    return json.dumps({"ok": is_well, "findings": told}, ensure_ascii=False)
