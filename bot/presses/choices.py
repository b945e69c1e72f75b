"""The buttons of a word that several members offer alike."""

from __future__ import annotations

from bot import orders
from bot.answers import Interaction, acknowledge_press
from bot.buttons import Press, on_press
from bot.placing import show_place
from bot.studio import Studio, asker_of


@on_press("mean")
async def mean(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Go on with an order of pictures, with word n of those that it can mean."""
    await acknowledge_press(interaction)
    asker, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()
    asker.needs_channel()
    outcome = await studio.run(lambda rooms: orders.chosen(rooms, asker, press.id, press.n, facts, now))
    await show_place(studio, interaction, outcome)
