"""The whole bot against the stand-in, with the fake engine."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

from bot import runtime
from bot.cli.run import Everywhere
from bot.engine_link import Patience
from bot.sandbox import Sandbox
from bot.sandbox.client import Member, Message
from tests.bot.bots import place_of
from tests.bot.engine.stage import COMMAND, QUICK, fake_environment


@dataclass
class Whole:
    """One running bot and what it told its operator."""

    task: asyncio.Task[None]
    stop: asyncio.Event
    told: list[str] = field(default_factory=list)


@asynccontextmanager
async def running(
    data: Path,
    url: str,
    command: Sequence[str] = COMMAND,
    environ: Mapping[str, str] | None = None,
    patience: Patience = QUICK,
    **settings: object,
) -> AsyncIterator[Whole]:
    engine = runtime.EngineOf(command=command, environ=environ or fake_environment(**settings), patience=patience)
    stop, told = asyncio.Event(), []
    place = place_of(data, f"{url}/api/v10", Everywhere())
    task = asyncio.create_task(runtime.serve(place, engine, stop, told.append))
    whole = Whole(task, stop, told)
    try:
        async with asyncio.timeout(30):
            while not any("awake" in line for line in told) or not any("Logged in" in line for line in told):
                await asyncio.sleep(0.02)
                if task.done():
                    break
        yield whole
    finally:
        stop.set()
        async with asyncio.timeout(15):
            await task


def photo(n: int) -> bytes:
    """A picture that is sharp, bright, and unlike the others."""
    image = Image.new("RGB", (96, 96), (40 + 30 * n, 120, 220 - 25 * n))
    draw = ImageDraw.Draw(image)
    for at in range(0, 96, 8 + n):
        draw.rectangle((at, (at * (n + 2)) % 80, at + 5, (at * (n + 2)) % 80 + 12), fill=(255, 255 - 20 * n, at * 2))
        draw.line((0, at, 95, (at * (n + 3)) % 96), fill=(0, at, 60 * n % 255))
    kept = io.BytesIO()
    image.save(kept, "PNG")
    return kept.getvalue()


PHOTOS = {f"photo{n}": (f"p{n}.png", photo(n)) for n in range(1, 5)}


async def say(member: Member, name: str, /, **options: object) -> Message:
    answer = await member.command(name, **options)
    assert isinstance(answer, Message)
    return answer


async def press(member: Member, message: Message, label: str) -> Message:
    answer = await member.press(member.newest(message), label)
    assert isinstance(answer, Message)
    return answer


async def learned(member: Member, word: str = "ana-dog", kind: str = "animal") -> Message:
    """Hand photos in, press *Train*, and wait for the final message."""
    report = await say(member, "train", word=word, kind=kind, **PHOTOS)
    labels = [button.label for button in report.buttons]
    train = [label for label in labels if "rain" in label]
    assert train, report.text
    await press(member, report, train[0])
    return await member.wait_for(lambda one: f"<{word}> is learned" in one.text and not one.is_ephemeral, 60)


def box_messages(box: Sandbox, text: str) -> int:
    """How many messages that everybody sees hold this text now."""
    return sum(
        text in str(one.components) + (one.content or "")
        for one in box.messages.values()
        if not one.is_deleted and one.visible_to is None
    )
