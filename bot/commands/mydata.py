"""/mydata: everything Tintype keeps about a member, counted, and the files behind buttons."""

from __future__ import annotations

from discord import app_commands

from bot import belongings
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.studio import asker_of
from bot.translator import spoken


@app_commands.command(name="mydata", description=spoken("cmd-mydata"))
async def command(interaction: Interaction) -> None:
    """Count what is kept, with a button for each zip of it."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: belongings.overview(rooms, asker)))
