"""/edit: a photo of one's own with other words for what it shows; what they do not touch stays."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import beginnings
from bot.answers import Interaction, acknowledge, studio_of
from bot.attachments import Upload
from bot.completion import complete_prompt, complete_word
from bot.options import QUALITIES, Asked, order_of
from bot.orders import MOST_PICTURES, ordered
from bot.placing import show_place
from bot.studio import asker_of
from bot.translator import spoken

EDIT = "null_text"  # as the engine calls it
QUALITY_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in QUALITIES]
STRENGTH = 0.6  # how far the first picture leaves the photo, where nothing is said
Prompt = app_commands.Range[str, 1, 1500]
Shows = app_commands.Range[str, 1, 600]
Word = app_commands.Range[str, 1, 40]
Count = app_commands.Range[int, 1, MOST_PICTURES]
Strength = app_commands.Range[float, 0.1, 1.0]


@app_commands.command(name="edit", description=spoken("cmd-edit"))
@app_commands.describe(
    image=spoken("cmd-edit-image"),
    shows=spoken("cmd-edit-shows"),
    prompt=spoken("cmd-edit-prompt"),
    word=spoken("cmd-imagine-word"),
    strength=spoken("cmd-edit-strength"),
    count=spoken("cmd-edit-count"),
    quality=spoken("cmd-imagine-quality"),
)
@app_commands.choices(quality=QUALITY_CHOICES)
@app_commands.autocomplete(prompt=complete_prompt, word=complete_word)
async def command(
    interaction: Interaction,
    image: discord.Attachment,
    shows: Shows,
    prompt: Prompt,
    word: Word | None = None,
    strength: Strength | None = None,
    count: Count | None = None,
    quality: str | None = None,
) -> None:
    """Queue the edit and tell its place; with several pictures each leaves the photo further than the one before."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    asker.needs_channel()
    upload = Upload(name=image.filename, url=image.url, size_bytes=image.size)
    freedom = STRENGTH if strength is None else strength
    begin = await beginnings.taken_in(studio, asker, upload, freedom, edit=EDIT, said=shows)
    extra = [word] if word else []
    asked = Asked(prompt=prompt, extra=extra, count=count or 1, negative="", quality=quality, begin=begin)
    facts, now = studio.facts(), studio.clock.now()
    job, _ = await studio.run(lambda rooms: ordered(rooms, asker, order_of(rooms, asker, asked), facts, now))
    await show_place(studio, interaction, job)
