"""/words: list, look at, rename, delete, export and import what one has taught."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands

from bot import cards, dictionary, exports, gallery, imports, shares, texts
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.attachments import Upload
from bot.cards import Card, layout
from bot.completion import complete_known, complete_own
from bot.plain import plain
from bot.studio import Asker, EngineFacts, asker_of
from bot.translator import spoken
from storage.permissions import Action
from storage.records import Kind
from storage.sharing import ABOUT_CHARACTERS, Licence, Mixing

Word = app_commands.Range[str, 1, 40]
About = app_commands.Range[str, 1, ABOUT_CHARACTERS]
WITH_CHOICES = [app_commands.Choice(name=spoken(f"choice-with-{name}"), value=name) for name in shares.WITH]
LICENCE_CHOICES = [app_commands.Choice(name=spoken(f"choice-licence-{one}"), value=one.value) for one in Licence]
MIXING_CHOICES = [app_commands.Choice(name=spoken(f"choice-mixing-{one}"), value=one.value) for one in Mixing]
FORM_CHOICES = [app_commands.Choice(name=spoken(f"choice-as-{form}"), value=form) for form in exports.FORMS]
KIND_CHOICES = [app_commands.Choice(name=spoken(f"choice-{kind}"), value=str(kind)) for kind in Kind]
Credit = app_commands.Range[str, 1, 80]
ClassWord = app_commands.Range[str, 1, 64]
Trigger = app_commands.Range[str, 1, 120]
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
@app_commands.autocomplete(word=complete_known)
async def card(interaction: Interaction, word: Word) -> None:
    """Show one's word with its sample sheet, its versions and who may use it; of others' words what they share."""
    await acknowledge(interaction)
    studio, asker, facts = studio_of(interaction), asker_of(interaction), studio_of(interaction).facts()
    await show(interaction, await studio.run(lambda rooms: _card(rooms, asker, word, facts)))


def _card(rooms: Any, asker: Asker, word: str, facts: EngineFacts | None) -> Card:
    concept = dictionary.known_named(rooms, asker, word)
    if concept.owner != asker.member:
        return gallery.style_card(rooms, asker, concept.id, facts)
    back = [texts.say("word-taken-back")] if rooms.concepts.is_taken_back(concept.id) else []
    told = [*back, *shares.credits_of(rooms, concept), *cards.sharing_lines(shares.sharing_of(rooms, asker, concept))]
    face = replace(dictionary.card_of(rooms, concept, facts), sharing=told)
    return cards.word_card(face, dictionary.sheet_of(rooms, concept))


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
@app_commands.rename(form="as")
@app_commands.describe(
    word=spoken("cmd-words-word"),
    form=spoken("cmd-words-as"),
    licence=spoken("cmd-words-pack-licence"),
    credit=spoken("cmd-words-credit"),
)
@app_commands.choices(form=FORM_CHOICES, licence=LICENCE_CHOICES)
@app_commands.autocomplete(word=complete_own)
async def export(
    interaction: Interaction, word: Word, form: str = "files", licence: str | None = None, credit: Credit | None = None
) -> None:
    """Hand out a word's weights, to its owner alone: as files for other programs, or as one pack."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    wished = exports.Wished(form=form, licence=licence, credit=credit)
    async with studio.handing_out:
        taken = await studio.run(lambda rooms: exports.taken(rooms, asker, word, wished))
        card = await asyncio.to_thread(exports.handed_out, taken, asker.limit_bytes)
    await show(interaction, card)


@command.command(name="import", description=spoken("cmd-words-import"))
@app_commands.describe(
    file=spoken("cmd-words-file"),
    word=spoken("cmd-words-new"),
    kind=spoken("cmd-words-kind"),
    class_word=spoken("cmd-words-class"),
    trigger=spoken("cmd-words-trigger"),
)
@app_commands.choices(kind=KIND_CHOICES)
async def import_(
    interaction: Interaction,
    file: discord.Attachment,
    word: NewName | None = None,
    kind: str | None = None,
    class_word: ClassWord | None = None,
    trigger: Trigger | None = None,
) -> None:
    """Take over a word made elsewhere, and show its first pictures before it can be used."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    asker.needs_channel()
    await studio.run(lambda rooms: imports.may_import(rooms, asker, kind))
    facts, now = studio.engine(), studio.clock.now()
    found = await imports.handed_in(studio, Upload(name=file.filename, url=file.url, size_bytes=file.size))
    asked = imports.Asked(word=word, kind=kind, class_word=class_word, trigger=trigger)
    told = await studio.run(lambda rooms: imports.begun(rooms, asker, found, asked, facts, now))
    await imports.show_and_follow(studio, interaction, asker, told)


@command.command(name="share", description=spoken("cmd-words-share"))
@app_commands.rename(whom="with")
@app_commands.describe(
    word=spoken("cmd-words-word"),
    whom=spoken("cmd-words-with"),
    member=spoken("cmd-words-member"),
    role=spoken("cmd-words-role"),
    licence=spoken("cmd-words-licence"),
    mixing=spoken("cmd-words-mixing"),
    about=spoken("cmd-words-about"),
)
@app_commands.choices(whom=WITH_CHOICES, licence=LICENCE_CHOICES, mixing=MIXING_CHOICES)
@app_commands.autocomplete(word=complete_own)
async def share(
    interaction: Interaction,
    word: Word,
    whom: str,
    member: discord.User | None = None,
    role: discord.Role | None = None,
    licence: str | None = None,
    mixing: str | None = None,
    about: About | None = None,
) -> None:
    """Open a word to a member, a role, this server or every server, and show who may use it now."""
    await acknowledge(interaction)
    studio, asker, those = studio_of(interaction), asker_of(interaction), shares.Whom.of(whom, member, role)
    said = {"licence": licence, "mixing": mixing, "about": about}
    await show(interaction, await studio.run(lambda rooms: shares.share(rooms, asker, word, those, **said)))


@command.command(name="unshare", description=spoken("cmd-words-unshare"))
@app_commands.rename(whom="with")
@app_commands.describe(
    word=spoken("cmd-words-word"),
    whom=spoken("cmd-words-without"),
    member=spoken("cmd-words-member"),
    role=spoken("cmd-words-role"),
)
@app_commands.choices(whom=WITH_CHOICES)
@app_commands.autocomplete(word=complete_own)
async def unshare(
    interaction: Interaction,
    word: Word,
    whom: str | None = None,
    member: discord.User | None = None,
    role: discord.Role | None = None,
) -> None:
    """Close a word to some or to everybody else, cancel what they draw with it, and show who may use it now."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    those = None if whom is None else shares.Whom.of(whom, member, role)
    told = await studio.run(lambda rooms: shares.unshare(rooms, asker, word, those))
    studio.wake()
    await show(interaction, told)
