"""An unmodified discord.py client with one of everything: what the stand-in must carry."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.sandbox import Sandbox

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (8).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
Interaction = discord.Interaction["LittleBot"]


class Form(ui.Modal, title="Hand in"):
    word: Any = ui.Label(text="Word", component=ui.TextInput(custom_id="word"))
    photos: Any = ui.Label(text="Photos", component=ui.FileUpload(custom_id="photos", min_values=1, max_values=10))
    consent: Any = ui.Label(text="Consent", component=ui.Checkbox(custom_id="consent"))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        photos = self.photos.component.values
        sizes = [len(await photo.read()) for photo in photos]
        said = f"{self.word.component.value}: {sizes} {self.consent.component.value}"
        await interaction.response.send_message(said, ephemeral=True)


class Card(ui.LayoutView):
    def __init__(self, title: str, pressed: int) -> None:
        super().__init__(timeout=None)
        again: ui.Button[Card] = ui.Button(label="Again", custom_id=f"again:{pressed}")
        again.callback = self.again  # type: ignore[method-assign]
        self.pressed = pressed
        gallery: ui.MediaGallery[Card] = ui.MediaGallery(
            discord.MediaGalleryItem("attachment://grid.png", description="a dog at the beach")
        )
        self.add_item(ui.Container(ui.TextDisplay(f"# {title}"), gallery, ui.ActionRow(again)))

    async def again(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.defer()
        card = Card("pressed", self.pressed + 1)
        await interaction.edit_original_response(view=card, attachments=[picture()])


def picture() -> discord.File:
    return discord.File(io.BytesIO(PNG), "grid.png")


class LittleBot(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents(guilds=True), max_messages=None, guild_ready_timeout=0.01)
        self.tree = app_commands.CommandTree(self)
        commands: list[app_commands.Command[Any, ..., Any]] = [form, card, hello, silent, photo, slow, rules]
        for command in commands:
            self.tree.add_command(command)
        self.resumes = 0

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_resumed(self) -> None:
        self.resumes += 1


@app_commands.command(description="a form")
async def form(interaction: Interaction) -> None:
    await interaction.response.send_modal(Form())


@app_commands.command(description="a card")
async def card(interaction: Interaction) -> None:
    await interaction.response.defer(thinking=True)
    await interaction.followup.send(view=Card("a card", 0), file=picture())


class Rules(ui.LayoutView):
    """One menu of each kind; a choice is answered with the names of what was chosen."""

    def __init__(self, place: str) -> None:
        super().__init__(timeout=None)
        menus: list[ui.Select[Any] | ui.RoleSelect[Any] | ui.UserSelect[Any] | ui.ChannelSelect[Any]] = [
            ui.RoleSelect(placeholder="Roles", min_values=0, max_values=3),
            ui.UserSelect(placeholder="Members"),
            ui.ChannelSelect(placeholder="Channels", max_values=2, channel_types=[discord.ChannelType.text]),
            ui.Select(placeholder="Days", options=[discord.SelectOption(label="30 days", value="30", default=True)]),
        ]
        self.add_item(ui.TextDisplay(f"rules of {place}, until <t:86400:R>"))
        for menu in menus:
            menu.callback = self.chosen  # type: ignore[method-assign]
            self.add_item(ui.ActionRow(menu))

    async def chosen(self, interaction: discord.Interaction[Any]) -> None:
        data: Any = interaction.data
        resolved = data.get("resolved", {})
        parts = {**resolved.get("roles", {}), **resolved.get("users", {}), **resolved.get("channels", {})}
        names = [str(parts[one].get("name") or parts[one].get("username")) if one in parts else one
                 for one in data["values"]]  # fmt: skip
        await interaction.response.send_message(f"chosen: {'+'.join(names) or 'nothing'}", ephemeral=True)


@app_commands.command(description="rules of a channel")
@app_commands.default_permissions(manage_guild=True)
async def rules(interaction: Interaction, channel: discord.TextChannel, name: str, also: str) -> None:
    await interaction.response.send_message(view=Rules(f"{channel.name} {name} {also}"), ephemeral=True)


@rules.autocomplete("also")
async def things(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=f"{current}x", value=f"{current}x")]


@app_commands.command(description="hello")
async def hello(interaction: Interaction, name: str) -> None:
    await interaction.response.send_message(f"hello {name}", ephemeral=True)


@hello.autocomplete("name")
async def names(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=name, value=name) for name in ("ana", "ben") if current in name]


@app_commands.command(description="never answers")
async def silent(interaction: Interaction) -> None:
    pass


@app_commands.command(description="reads a photo")
async def photo(interaction: Interaction, photo1: discord.Attachment) -> None:
    data = await photo1.read()
    await interaction.response.send_message(
        f"{photo1.filename} {len(data)}", file=discord.File(io.BytesIO(data), "b.png")
    )


@app_commands.command(description="edits a message of the channel")
async def slow(interaction: Interaction) -> None:
    await interaction.response.send_message("begun")
    channel: Any = interaction.channel
    message = await channel.send("0 %", nonce="c1")
    again = await channel.send("0 %", nonce="c1")
    await message.edit(content=f"100 % {message.id == again.id}")


@asynccontextmanager
async def running(sandbox: Sandbox, url: str) -> AsyncIterator[LittleBot]:
    """The bot, logged in to the stand-in."""
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = f"{url}/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url.replace("http", "ws") + "/gateway")
    bot = LittleBot()
    task = asyncio.create_task(bot.start(sandbox.discord_token))
    try:
        ready = asyncio.create_task(bot.wait_until_ready())
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if task.done():
            task.result()
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(task, return_exceptions=True)
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before
