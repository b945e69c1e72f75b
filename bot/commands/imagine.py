"""/imagine: pictures from a prompt, with learned words in it."""

from __future__ import annotations

from discord import app_commands

from bot.answers import Interaction, acknowledge, studio_of
from bot.completion import complete_prompt, complete_word
from bot.orders import MOST_PICTURES, SHAPES, Order, ordered
from bot.placing import show_place
from bot.studio import asker_of
from bot.translator import spoken
from storage.errors import TintypeError

SHAPE_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in SHAPES]
Prompt = app_commands.Range[str, 1, 1500]
Word = app_commands.Range[str, 1, 40]
Count = app_commands.Range[int, 1, MOST_PICTURES]
Seed = app_commands.Range[int, 0, 4294967295]


@app_commands.command(name="imagine", description=spoken("cmd-imagine"))
@app_commands.describe(
    prompt=spoken("cmd-imagine-prompt"),
    word=spoken("cmd-imagine-word"),
    word2=spoken("cmd-imagine-word2"),
    count=spoken("cmd-imagine-count"),
    seed=spoken("cmd-imagine-seed"),
    negative=spoken("cmd-imagine-negative"),
    shape=spoken("cmd-imagine-shape"),
)
@app_commands.choices(shape=SHAPE_CHOICES)
@app_commands.autocomplete(prompt=complete_prompt, word=complete_word, word2=complete_word)
async def command(
    interaction: Interaction,
    prompt: Prompt,
    word: Word | None = None,
    word2: Word | None = None,
    count: Count = MOST_PICTURES,
    seed: Seed | None = None,
    negative: Prompt | None = None,
    shape: str = "square",
) -> None:
    """Queue pictures and tell their place; the grid comes into the channel when it is drawn."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), asker_of(interaction)
    asker.needs_channel()
    if shape not in SHAPES:
        raise TintypeError("E_OPTION", value=shape)
    order = Order(
        prompt=prompt,
        negative=negative or "",
        extra=[name for name in (word, word2) if name],
        count=count,
        seed=seed,
        shape=shape,
    )
    facts, now = studio.facts(), studio.clock.now()
    job, _ = await studio.run(lambda rooms: ordered(rooms, asker, order, facts, now))
    await show_place(studio, interaction, job)
