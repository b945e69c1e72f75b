"""`tintype demo`: the whole main job without an account, a download or a GPU."""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

from bot.cli import Subparsers, add_command
from bot.demo.children import running_bot, trainer
from bot.demo.page import likeness_cells, page
from bot.demo.story import FIRST_SEED, OWNERS, Made, Sitter, Story, sitters_of
from bot.demo.timeline import Timeline
from bot.sandbox.client import Member
from bot.settings import BotSettings
from storage.errors import TintypeError

MARK = ".tintype-demo"  # a folder without it is not ours to empty


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "demo", "two members train, draw, share and mix, without account or GPU", run)
    parser.add_argument(
        "--out", type=Path, default=Path("demo"), help="where pictures and summary.html go (default: demo)"
    )


def run(arguments: argparse.Namespace, settings: BotSettings) -> int:
    """Run it; everything the member saw is kept.

    Raises: TintypeError that says what went wrong.
    """
    folder: Path = arguments.out
    _empty(folder)
    asyncio.run(_run(folder))
    return 0


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise TintypeError("E_DEMO_FOLDER", folder=str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


async def _run(folder: Path) -> None:
    timeline = Timeline(_say)
    _say(f"The demo writes to {folder}/ and takes a few minutes.")
    with timeline.step("photos drawn"):
        told = await trainer("bench", "sitters", "--out", str(folder / "photos"))
    sitters = sitters_of(told["sitters"])
    made = await _live(folder, timeline, sitters)
    likeness = await _judged(folder, timeline, made)
    (folder / "timeline.json").write_text(json.dumps(timeline.as_json(), indent=1), "utf-8")
    (folder / "summary.html").write_text(page(folder, timeline, sitters, made, likeness), "utf-8")
    _tell_likeness(sitters, likeness)
    _say(f"All in all {timeline.passed_s():.0f} s. Open {folder}/summary.html to see everything.")


async def _live(folder: Path, timeline: Timeline, sitters: Sequence[Sitter]) -> list[Made]:
    """With the bot running, and two members at it."""
    async with running_bot(folder) as bot:
        with timeline.step("bot started"):
            url = await bot.url()
        with timeline.step("engine awake") as step:
            step.note = await bot.engine()
        async with (
            Member.connect(url, OWNERS[0], channel="general") as ana,
            Member.connect(url, OWNERS[1], channel="general") as ben,
        ):
            seeds = count(FIRST_SEED)
            made = await _told([Story(member, folder, timeline, seeds) for member in (ana, ben)], sitters)
        with timeline.step("bot stopped") as step:
            code = await bot.stop()
            step.note = f"exit {code}"
        if code:
            raise TintypeError("E_DEMO_BOT", log=str(folder / "bot.log"))
    return made


async def _told(stories: Sequence[Story], sitters: Sequence[Sitter]) -> list[Made]:
    """Each teaches a word and draws with it; the first shares, the second finds, tries and mixes."""
    (ana, ben), (first, second) = stories, sitters
    each = [(ana, first), (ben, second)]
    for story, sitter in each:
        await story.teach(sitter)
    for story, sitter in each:
        await story.learned(sitter)
    made = [one for story, sitter in each for one in await story.draw(sitter)]
    await ana.draw_grid(f"a <{first.word}>{first.questions[0]['words']}", first.word)
    await ana.share(first)
    await ben.find(first)
    made += await ben.draw_together(first, second)
    await ana.unshare(first)
    await ben.refused(first)
    return made


async def _judged(folder: Path, timeline: Timeline, made: Sequence[Made]) -> list[dict[str, Any]]:
    listed = folder / "pictures.json"
    listed.write_text(json.dumps([asdict(one) | {"file": str(one.file)} for one in made], indent=1), "utf-8")
    with timeline.step("pictures judged"):
        files = {
            "--sitters": folder / "photos" / "sitters.json",
            "--pictures": listed,
            "--sheet": folder / "summary.png",
        }
        told = await trainer("bench", "likeness", *(str(part) for pair in files.items() for part in pair))
    rows: list[dict[str, Any]] = told["rows"]
    return rows


def _tell_likeness(sitters: Sequence[Sitter], likeness: Sequence[Mapping[str, Any]]) -> None:
    _say(f"\n{'likeness of':<14}{'asked by':<24}{'images':>7}{'subject':>9}{'prompt':>8}")
    for word, way, images, subject, prompt in likeness_cells(sitters, likeness):
        _say(f"{word:<14}{way:<24}{images:>7}{subject:>9}{prompt:>8}")


def _say(text: str) -> None:
    print(text, flush=True)
