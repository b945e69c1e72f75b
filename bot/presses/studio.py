"""The buttons of those who keep order: decide about reports, block, let in, turn pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bot import modals, moderating, readmitting
from bot.answers import Interaction, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import Card
from bot.modals import Submitted, on_submit
from bot.notices import tell
from bot.studio import Asker, Studio, asker_of
from bot.takedown import take_down
from storage.moderation import DAY_S, Verdict

Deed = Callable[[Any, Asker, str], None]
Then = Callable[[Any, Asker], Card]
Page = Callable[[Any, Asker, int], Card]


@on_press("reports")
async def turn(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show report n of those that wait."""
    await _turn(studio, interaction, press, moderating.reports_of)


@on_press("keep_reported")
async def keep(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Say that a reported thing is well and settle its reports; what was hidden is seen again."""
    await _decide(studio, interaction, press, partial(moderating.decided, verdict=Verdict.KEEP))


@on_press("remove_reported")
async def remove(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete reported pictures, or take a reported style from everybody but its owner."""
    await _decide(studio, interaction, press, partial(moderating.decided, verdict=Verdict.REMOVE))


@on_press("strike")
async def strike(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Remove a reported thing and count it against its owner; the third strike in 30 days blocks for 30 days."""
    await _decide(studio, interaction, press, partial(moderating.decided, verdict=Verdict.STRIKE))


@on_press("block")
async def block(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form that asks for how long, and why, the owner of a reported thing is kept out."""
    asker = asker_of(interaction)
    await studio.soon(lambda rooms: moderating.blockable(rooms, asker, press.id))
    await interaction.response.send_modal(modals.block_form(press))


@on_submit("block")
async def block_for(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """Keep the owner of a reported thing out of this server's studio, for some days or until they are let in."""
    days = moderating.days_of(form.values.get("days", ""))
    until = None if days is None else studio.clock.now() + days * DAY_S
    reason = form.values.get("reason", "")[: modals.WHY_CHARACTERS].strip()
    await _decide(studio, interaction, press, partial(moderating.blocked, until=until, reason=reason))


@on_press("unblock")
async def unblock(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let a blocked member in again."""
    await _decide(studio, interaction, press, moderating.let_in)


@on_press("removed")
async def look_at_removed(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show style n of those that this server's moderators removed."""
    await _turn(studio, interaction, press, readmitting.removed_of)


@on_press("readmit")
async def readmit(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let a style in again that was removed; its owner is told."""
    await _decide(studio, interaction, press, readmitting.readmitted, readmitting.removed_of)


@on_press("audit")
async def leaf(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show page n of the log."""
    await _turn(studio, interaction, press, moderating.audit_of)


async def _turn(studio: Studio, interaction: Interaction, press: Press, page: Page) -> None:
    """Show the page that the button names."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: page(rooms, asker, press.n)))


async def _decide(
    studio: Studio, interaction: Interaction, press: Press, do: Deed, then: Then = moderating.reports_of
) -> None:
    """Do it, show what waits then, and let it be seen at once by everybody whom it concerns."""
    await acknowledge_press(interaction)
    asker, server = asker_of(interaction), interaction.guild.name if interaction.guild else None

    def work(rooms: Any) -> Card:
        do(rooms, asker, press.id)
        if server is not None:
            rooms.guilds.call(asker.actor.guild, server)
        return then(rooms, asker)

    card = await studio.run(work)
    await studio.door.look()
    await show(interaction, card)
    await take_down(interaction.client, studio.run)
    await tell(interaction.client, studio.run)
