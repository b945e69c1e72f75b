"""/help: what Tintype can do, in one minute."""

from __future__ import annotations

from discord import app_commands

from bot import cards
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.modals import KINDS
from bot.translator import spoken


@app_commands.command(name="help", description=spoken("cmd-help"))
async def command(interaction: Interaction) -> None:
    """Explain the three steps, and name what the engine knows."""
    await acknowledge(interaction)
    facts = studio_of(interaction).facts()
    methods = [method.title for method in facts.methods] if facts else []
    words = sorted({word for kind in KINDS for word in facts.class_words.get(kind, ())}) if facts else []
    await show(interaction, cards.help_card(methods=methods, class_words=words))
