"""/words: list, look at, rename, delete and export what one has taught."""

from __future__ import annotations

from typing import Any

from discord import app_commands

from bot import cards, dictionary, exports, texts
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import Card, layout
from bot.completion import complete_own
from bot.plain import plain
from bot.studio import Asker, EngineFacts, asker_of
from bot.translator import spoken
from storage.permissions import Action

Word = app_commands.Range[str, 1, 40]
NewName = app_commands.Range[str, 1, 64]

command = app_commands.Group(name="words", description=spoken("cmd-words"))


@command.command(name="mine", description=spoken("cmd-words-mine"))
async def mine(interaction: Interaction) -> None:
    """List one's words with their state, method and size."""
    await acknowledge(interaction)
    studio, asker, facts = studio_of(interaction), asker_of(interaction), studio_of(interaction).facts()
    await show(interaction, await studio.run(lambda rooms: _list(rooms, asker, facts)))


def _list(rooms: Any, asker: Asker, facts: EngineFacts | None) -> Card:
    words = [dictionary.card_of(rooms, concept, facts) for concept in rooms.concepts.mine(asker.member)]
    return cards.words_card(words)


@command.command(name="card", description=spoken("cmd-words-card"))
@app_commands.describe(word=spoken("cmd-words-word"))
@app_commands.autocomplete(word=complete_own)
async def card(interaction: Interaction, word: Word) -> None:
    """Show one word with its sample sheet and versions, to its owner alone."""
    await acknowledge(interaction)
    studio, asker, facts = studio_of(interaction), asker_of(interaction), studio_of(interaction).facts()
    await show(interaction, await studio.run(lambda rooms: _card(rooms, asker, word, facts)))


def _card(rooms: Any, asker: Asker, word: str, facts: EngineFacts | None) -> Card:
    concept = dictionary.own_named(rooms, asker, word, Action.SEE)
    return cards.word_card(dictionary.card_of(rooms, concept, facts), dictionary.sheet_of(rooms, concept))


@command.command(name="rename", description=spoken("cmd-words-rename"))
@app_commands.describe(word=spoken("cmd-words-word"), name=spoken("cmd-words-name"))
@app_commands.autocomplete(word=complete_own)
async def rename(interaction: Interaction, word: Word, name: NewName) -> None:
    """Give a word another name; versions, not names, stand in jobs and pictures."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    old, new = await studio.run(lambda rooms: _rename(rooms, asker, word, name))
    await show(interaction, layout.card(layout.text(texts.say("word-renamed", old=plain(old), new=plain(new)))))


def _rename(rooms: Any, asker: Asker, word: str, name: str) -> tuple[str, str]:
    concept = dictionary.own_named(rooms, asker, word, Action.RENAME)
    rooms.rules.refuse(asker.actor.guild, name)
    return concept.name, rooms.concepts.rename(concept, name).name


@command.command(name="delete", description=spoken("cmd-words-delete"))
@app_commands.describe(word=spoken("cmd-words-word"))
@app_commands.autocomplete(word=complete_own)
async def delete(interaction: Interaction, word: Word) -> None:
    """Ask before a word is deleted."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    concept = await studio.run(lambda rooms: dictionary.own_named(rooms, asker, word, Action.DELETE))
    await show(interaction, cards.delete_card(concept=concept.id, name=concept.name))


@command.command(name="export", description=spoken("cmd-words-export"))
@app_commands.describe(word=spoken("cmd-words-word"))
@app_commands.autocomplete(word=complete_own)
async def export(interaction: Interaction, word: Word) -> None:
    """Hand out a word's weights, to its owner alone."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    await show(interaction, await studio.run(lambda rooms: exports.exported(rooms, asker, word)))
