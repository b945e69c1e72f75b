"""Says where queued pictures stand, or what they wait for, to the member alone; the grid comes from the outbox."""

from __future__ import annotations

from typing import Any

from bot import cards, choosing, holding
from bot.answers import Interaction, show
from bot.cards import Card
from bot.orders import Outcome
from bot.retelling import waiting_pictures
from bot.studio import Asker, Studio, asker_of
from bot.waits import waiting_of
from storage.pending import Pending


async def show_place(studio: Studio, interaction: Interaction, outcome: Outcome) -> None:
    """Wake the scheduler and show the job's place, with *Cancel*, kept up to date; or what must be answered first."""
    studio.wake()
    if isinstance(outcome, Pending):
        asker = asker_of(interaction)
        await show(interaction, await studio.run(lambda rooms: _question(rooms, asker, outcome)))
        return
    facts = studio.facts()
    is_awake = facts is not None and facts.state == "ready"
    waiting = await studio.run(lambda rooms: waiting_of(rooms, outcome, studio.clock.now(), is_engine_awake=is_awake))
    await show(interaction, waiting_pictures(outcome, cards.place_of(waiting)))
    studio.follow(interaction, outcome)


def _question(rooms: Any, asker: Asker, order: Pending) -> Card:
    if "unclear" in order.request:
        return choosing.choice_card(rooms, asker, order)
    return holding.asked_card(rooms, order)
