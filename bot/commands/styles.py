"""/styles: look through what others share, as far as one may use it here."""

from __future__ import annotations

from discord import app_commands

from bot import gallery
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.completion import complete_style
from bot.studio import asker_of
from bot.translator import spoken
from storage.errors import TintypeError
from storage.listings import Order
from storage.records import Kind

KIND_CHOICES = [app_commands.Choice(name=spoken(f"shown-{kind}"), value=kind.value) for kind in Kind]
Text = app_commands.Range[str, 1, 60]

command = app_commands.Group(name="styles", description=spoken("cmd-styles"))


@command.command(name="browse", description=spoken("cmd-styles-browse"))
@app_commands.describe(kind=spoken("cmd-styles-kind"))
@app_commands.choices(kind=KIND_CHOICES)
async def browse(interaction: Interaction, kind: str | None = None) -> None:
    """List all styles by name, or those of one kind."""
    await _open(interaction, Order.NAME, kind=kind)


@command.command(name="search", description=spoken("cmd-styles-search"))
@app_commands.describe(text=spoken("cmd-styles-text"))
@app_commands.autocomplete(text=complete_style)
async def search(interaction: Interaction, text: Text) -> None:
    """List the styles with this in their name, their class word or what their owner says about them."""
    await _open(interaction, Order.TOP, text=text)


@command.command(name="top", description=spoken("cmd-styles-top"))
async def top(interaction: Interaction) -> None:
    """List styles by likes, then by how often others used them in the last 30 days."""
    await _open(interaction, Order.TOP)


@command.command(name="new", description=spoken("cmd-styles-new"))
async def new(interaction: Interaction) -> None:
    """List styles, the newest first."""
    await _open(interaction, Order.NEW)


@command.command(name="random", description=spoken("cmd-styles-random"))
async def random(interaction: Interaction) -> None:
    """List styles in an order of chance, which stays while one turns pages."""
    await _open(interaction, Order.RANDOM)


async def _open(interaction: Interaction, order: Order, text: str = "", kind: str | None = None) -> None:
    await acknowledge(interaction)
    studio, asker, facts = studio_of(interaction), asker_of(interaction), studio_of(interaction).facts()
    if kind is not None and kind not in set(Kind):
        raise TintypeError("E_OPTION", value=kind)
    wanted = None if kind is None else Kind(kind)
    listing = await studio.run(lambda rooms: gallery.opened(rooms, asker, order, text, wanted))
    await show(interaction, await studio.run(lambda rooms: gallery.page_card(rooms, asker, listing, 1, facts)))
