"""/favourites: the pictures that a member has given a star."""

from __future__ import annotations

from discord import app_commands

from bot import favourites
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.studio import asker_of
from bot.translator import spoken


@app_commands.command(name="favourites", description=spoken("cmd-favourites"))
async def command(interaction: Interaction) -> None:
    """List one's favourites, the newest first, each with a button to recall it."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: favourites.page_of(rooms, asker, 1)))
