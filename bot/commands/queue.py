"""/queue: what is being made now, and what waits; of other members only that there is something."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot import cards, holding
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import EngineLine, QueueLine, layout
from bot.machine import base_said, device_said
from bot.naming import word_today
from bot.studio import EngineFacts, asker_of
from bot.translator import spoken
from bot.waits import left_s, running_of
from storage.records import Job, MemberId


@app_commands.command(name="queue", description=spoken("cmd-queue"))
async def command(interaction: Interaction) -> None:
    """List running and waiting jobs, what of one's own waits for others' answers, and whether the engine is awake."""
    await acknowledge(interaction)
    studio = studio_of(interaction)
    member, now = asker_of(interaction).member, studio.clock.now()
    lines, awaited = await studio.run(lambda rooms: (_lines(rooms, member, now), holding.awaited_by(rooms, member)))
    await show(interaction, cards.queue_card(lines, _engine(studio.facts()), awaited))


def _lines(rooms: Any, member: MemberId, now: float) -> list[QueueLine]:
    running = [_line(rooms, job, member, 0, now) for job in rooms.queue.active()]
    jobs = {job.id: job for job in rooms.queue.ready()}
    order = (jobs[one.id] for one in rooms.turns.order(rooms.queue.line()))
    return running + [_line(rooms, job, member, place, now) for place, job in enumerate(order, 1)]


def _line(rooms: Any, job: Job, member: MemberId, place: int, now: float) -> QueueLine:
    is_mine = job.owner == member
    running = running_of(job, now)
    return QueueLine(
        kind=job.kind,
        is_mine=is_mine,
        word=word_today(rooms, job) if is_mine else None,
        place=place,
        percent=layout.percent(running.furthest, running.total),
        left_s=None if place else left_s(job, now),
    )


def _engine(facts: EngineFacts | None) -> EngineLine:
    if facts is None:
        return EngineLine(state="away")
    state = "ready" if facts.state == "ready" else "loading"
    return EngineLine(state=state, title=base_said(facts), device=device_said(facts))
