"""How a command answers: acknowledge at once, then show a card to the member alone."""

from __future__ import annotations

from typing import Any

import discord

from bot.cards import Card
from bot.studio import Studio

Interaction = discord.Interaction[Any]


def studio_of(interaction: Interaction) -> Studio:
    """The studio of the client that received this interaction."""
    studio: Studio = interaction.client.studio
    return studio


async def acknowledge(interaction: Interaction) -> None:
    """Tell Discord within its three seconds that a private answer follows; before anything else is done."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def acknowledge_press(interaction: Interaction) -> None:
    """Tell Discord that the message under the button, or under the form's button, will be edited."""
    if interaction.message is None:
        await acknowledge(interaction)
    else:
        await interaction.response.defer()


async def show(interaction: Interaction, card: Card) -> None:
    """Show the card: instead of `thinking…`, or in place of the message whose button was pressed."""
    await interaction.edit_original_response(view=card.view, attachments=card.files)
