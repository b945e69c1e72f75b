"""/settings: what /imagine takes where an option is left out, and named presets."""

from __future__ import annotations

from discord import app_commands

from bot import texts
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.cards import layout, preset_line
from bot.completion import complete_preset
from bot.options import QUALITIES, checked, settings_of
from bot.orders import MOST_PICTURES, SHAPES
from bot.plain import plain
from bot.studio import asker_of
from bot.translator import spoken
from storage.preferences import Preset

SHAPE_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in SHAPES]
QUALITY_CHOICES = [app_commands.Choice(name=spoken(f"choice-{name}"), value=name) for name in QUALITIES]
Name = app_commands.Range[str, 1, 32]
Text = app_commands.Range[str, 1, 500]
Count = app_commands.Range[int, 1, MOST_PICTURES]

command = app_commands.Group(name="settings", description=spoken("cmd-settings"))


@command.command(name="show", description=spoken("cmd-settings-show"))
async def card(interaction: Interaction) -> None:
    """Show one's settings and presets, with a button for each thing that can be set."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: settings_of(rooms, asker)))


@command.command(name="save", description=spoken("cmd-settings-save"))
@app_commands.describe(
    name=spoken("cmd-settings-name"),
    shape=spoken("cmd-imagine-shape"),
    count=spoken("cmd-imagine-count"),
    quality=spoken("cmd-imagine-quality"),
    negative=spoken("cmd-imagine-negative"),
    prompt=spoken("cmd-settings-prompt"),
)
@app_commands.choices(shape=SHAPE_CHOICES, quality=QUALITY_CHOICES)
async def save(
    interaction: Interaction,
    name: Name,
    shape: str | None = None,
    count: Count | None = None,
    quality: str | None = None,
    negative: Text | None = None,
    prompt: Text | None = None,
) -> None:
    """Keep these options under a name, for /imagine preset:; an earlier preset of that name is replaced."""
    await acknowledge(interaction)
    member = asker_of(interaction).member
    preset = checked(Preset(name=name, shape=shape, count=count, quality=quality, negative=negative, prompt=prompt))
    saved = await studio_of(interaction).run(lambda rooms: rooms.wishes.save(member, preset))
    told = layout.lines(texts.say("preset-saved", name=plain(saved.name)), preset_line(saved))
    await show(interaction, layout.card(layout.text(told)))


@command.command(name="drop", description=spoken("cmd-settings-drop"))
@app_commands.describe(name=spoken("cmd-settings-name"))
@app_commands.autocomplete(name=complete_preset)
async def drop(interaction: Interaction, name: Name) -> None:
    """Delete a preset."""
    await acknowledge(interaction)
    member = asker_of(interaction).member
    gone = await studio_of(interaction).run(lambda rooms: rooms.wishes.drop(member, name))
    await show(interaction, layout.card(layout.text(texts.say("preset-dropped", name=plain(gone.name)))))
