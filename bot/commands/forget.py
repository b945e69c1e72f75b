"""/forget: the question before a word, or everything, is deleted for good."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot import cards, dictionary
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.belongings import key_of
from bot.cards import Card
from bot.completion import complete_own
from bot.studio import Asker, asker_of
from bot.translator import spoken
from storage.permissions import Action, can
from storage.records import Kind

Word = app_commands.Range[str, 1, 40]


@app_commands.command(name="forget", description=spoken("cmd-forget"))
@app_commands.describe(word=spoken("cmd-forget-word"))
@app_commands.autocomplete(word=complete_own)
async def command(interaction: Interaction, word: Word | None = None) -> None:
    """Ask first; a press deletes, and answers with a receipt."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: _question(rooms, asker, word)))


def _question(rooms: Any, asker: Asker, word: str | None) -> Card:
    can(asker.actor, Action.DELETE)
    if word is None:
        return cards.forget_card(member=key_of(asker.member), concept=None, word=None)
    concept = dictionary.own_named(rooms, asker, word, Action.DELETE)
    return cards.forget_card(
        member=key_of(asker.member), concept=concept.id, word=concept.name, is_person=concept.kind is Kind.PERSON
    )
