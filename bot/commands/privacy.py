"""/privacy: what Tintype sees, keeps and never does, with the rights it was really granted."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot import cards, keeping, texts
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import Likeness
from bot.studio import Asker, asker_of
from bot.translator import spoken

VIEW = "view_channel"  # which discord.py lists as `read_messages`


@app_commands.command(name="privacy", description=spoken("cmd-privacy"))
async def command(interaction: Interaction) -> None:
    """Show the promises, the intents and permissions that prove them, words that show the member, and kept photos."""
    await acknowledge(interaction)
    intents = [name for name, granted in interaction.client.intents if granted]
    permissions = [_named(name) for name, granted in interaction.app_permissions if granted]
    asker, facts = asker_of(interaction), studio_of(interaction).facts()
    likenesses, kept = await studio_of(interaction).run(
        lambda rooms: (_likenesses(rooms, asker), keeping.of_member(rooms, asker.member))
    )
    card = cards.privacy_card(
        intents=intents,
        permissions=permissions,
        likenesses=likenesses,
        kept=kept,
        check=facts.output_check if facts else "",
        compares_faces=facts.compares_faces if facts else False,
    )
    await show(interaction, card)


def _named(permission: str) -> str:
    """As Discord's settings call it in the member's language, at least what the bot asks for."""
    key = f"permission-{VIEW if permission == 'read_messages' else permission}"
    return texts.say(key) if texts.knows(key) else permission.replace("_", " ").title()


def _likenesses(rooms: Any, asker: Asker) -> list[Likeness]:
    shown = rooms.sharing.showing(asker.member)
    return [Likeness(concept=concept.id, name=concept.name, owner=concept.owner) for concept in shown]
