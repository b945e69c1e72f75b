"""/imagine: pictures from a prompt, with learned words in it."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import beginnings
from bot.answers import Interaction, acknowledge, studio_of
from bot.attachments import Upload
from bot.beginnings import Beginning
from bot.completion import complete_preset, complete_prompt, complete_word
from bot.options import QUALITIES, Asked, order_of
from bot.orders import MOST_PICTURES, SHAPES, ordered
from bot.placing import show_place
from bot.studio import Asker, Studio, asker_of
from bot.translator import spoken
from storage.errors import TintypeError

SHAPE_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in SHAPES]
QUALITY_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in QUALITIES]
STRENGTH = 0.6  # how far pictures leave the one they begin from, where nothing is said
Prompt = app_commands.Range[str, 1, 1500]
Word = app_commands.Range[str, 1, 40]
Count = app_commands.Range[int, 1, MOST_PICTURES]
Seed = app_commands.Range[int, 0, 4294967295]
Strength = app_commands.Range[float, 0.1, 1.0]


@app_commands.command(name="imagine", description=spoken("cmd-imagine"))
@app_commands.describe(
    prompt=spoken("cmd-imagine-prompt"),
    word=spoken("cmd-imagine-word"),
    word2=spoken("cmd-imagine-word2"),
    count=spoken("cmd-imagine-count"),
    seed=spoken("cmd-imagine-seed"),
    negative=spoken("cmd-imagine-negative"),
    shape=spoken("cmd-imagine-shape"),
    quality=spoken("cmd-imagine-quality"),
    preset=spoken("cmd-imagine-preset"),
    image=spoken("cmd-imagine-image"),
    strength=spoken("cmd-imagine-strength"),
)
@app_commands.choices(shape=SHAPE_CHOICES, quality=QUALITY_CHOICES)
@app_commands.autocomplete(prompt=complete_prompt, word=complete_word, word2=complete_word, preset=complete_preset)
async def command(
    interaction: Interaction,
    prompt: Prompt,
    word: Word | None = None,
    word2: Word | None = None,
    count: Count | None = None,
    seed: Seed | None = None,
    negative: Prompt | None = None,
    shape: str | None = None,
    quality: str | None = None,
    preset: Word | None = None,
    image: discord.Attachment | None = None,
    strength: Strength | None = None,
) -> None:
    """Queue pictures and tell their place; the grid comes into the channel when it is drawn."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    asker.needs_channel()
    asked = Asked(
        prompt=prompt,
        extra=[name for name in (word, word2) if name],
        count=count,
        seed=seed,
        negative=negative,
        shape=shape,
        quality=quality,
        preset=preset,
        begin=await _beginning(studio, asker, image, strength),
    )
    facts, now = studio.facts(), studio.clock.now()
    job, _ = await studio.run(lambda rooms: ordered(rooms, asker, order_of(rooms, asker, asked), facts, now))
    await show_place(studio, interaction, job)


async def _beginning(
    studio: Studio, asker: Asker, image: discord.Attachment | None, strength: float | None
) -> Beginning | None:
    if image is None:
        if strength is not None:
            raise TintypeError("E_STRENGTH_ALONE")
        return None
    upload = Upload(name=image.filename, url=image.url, size_bytes=image.size)
    return await beginnings.taken_in(studio, asker, upload, STRENGTH if strength is None else strength)
