"""/queue: what is being made now, and what waits; of other members only that there is something."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot import cards
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import EngineLine, QueueLine
from bot.studio import EngineFacts, asker_of
from bot.translator import spoken
from bot.waits import left_s
from storage.records import Job, MemberId


@app_commands.command(name="queue", description=spoken("cmd-queue"))
async def command(interaction: Interaction) -> None:
    """List running and waiting jobs, and say whether the engine is awake."""
    await acknowledge(interaction)
    studio = studio_of(interaction)
    member, now = asker_of(interaction).member, studio.clock.now()
    lines = await studio.run(lambda rooms: _lines(rooms, member, now))
    await show(interaction, cards.queue_card(lines, _engine(studio.facts())))


def _lines(rooms: Any, member: MemberId, now: float) -> list[QueueLine]:
    running = [_line(job, member, 0, now) for job in rooms.queue.active()]
    return running + [_line(job, member, place, now) for place, job in enumerate(rooms.queue.ready(), 1)]


def _line(job: Job, member: MemberId, place: int, now: float) -> QueueLine:
    is_mine = job.owner == member
    done, total = (job.progress.done, job.progress.total) if job.progress else (0, 0)
    return QueueLine(
        kind=job.kind,
        is_mine=is_mine,
        word=str(job.request.get("word", "")) if is_mine else None,
        place=place,
        percent=int(100 * done / total) if total else 0,
        left_s=None if place else left_s(job, now),
    )


def _engine(facts: EngineFacts | None) -> EngineLine:
    if facts is None:
        return EngineLine(state="away")
    return EngineLine(state="ready" if facts.state == "ready" else "loading", title=facts.title, device=facts.device)
