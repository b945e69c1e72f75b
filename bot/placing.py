"""Says where queued pictures stand, to the member alone; the grid itself comes from the outbox."""

from __future__ import annotations

from bot import cards
from bot.answers import Interaction, show
from bot.retelling import waiting_pictures
from bot.studio import Studio
from bot.waits import waiting_of
from storage.records import Job


async def show_place(studio: Studio, interaction: Interaction, job: Job) -> None:
    """Wake the scheduler and show the job's place, with *Cancel*; it is kept up to date from then on."""
    studio.wake()
    facts = studio.facts()
    is_awake = facts is not None and facts.state == "ready"
    waiting = await studio.run(lambda rooms: waiting_of(rooms, job, studio.clock.now(), is_engine_awake=is_awake))
    await show(interaction, waiting_pictures(job, cards.place_of(waiting)))
    studio.follow(interaction, job)
