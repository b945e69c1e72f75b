"""/privacy: what Tintype sees, keeps and never does, with the rights it was really granted."""

from __future__ import annotations

from discord import app_commands

from bot import cards
from bot.answers import Interaction, acknowledge, show
from bot.translator import spoken


@app_commands.command(name="privacy", description=spoken("cmd-privacy"))
async def command(interaction: Interaction) -> None:
    """Show the promises, and the live intents and permissions that prove them."""
    await acknowledge(interaction)
    intents = [name for name, granted in interaction.client.intents if granted]
    permissions = [name.replace("_", " ") for name, granted in interaction.app_permissions if granted]
    await show(interaction, cards.privacy_card(intents=intents, permissions=permissions))
