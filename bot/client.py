"""Tintype on Discord: loads the commands, and is the one door through which every interaction comes in."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import discord
from discord import app_commands

from bot import buttons, commands, errors, modals, presses, texts
from bot.buttons import Button, Press
from bot.menus import Menu
from bot.notices import tell
from bot.studio import Studio
from bot.takedown import take_down
from bot.translator import Translator
from storage.atomic import write_atomic
from storage.errors import TintypeError
from storage.records import GuildId

log = logging.getLogger(__name__)

INTENTS = discord.Intents(guilds=True)  # the only one: Tintype reads no messages
ANSWERS_S = 1.0  # for answers under way when Tintype is stopped


class Tree(app_commands.CommandTree["Tintype"]):
    """The slash commands; every one of them, and every completion, passes `interaction_check` first."""

    async def interaction_check(self, interaction: discord.Interaction[Tintype], /) -> bool:
        """Whether this server's members may use the operator's machine, and this is not delivered a second time."""
        interaction.client.note_answering()
        texts.speak(interaction.locale.value)
        if not interaction.client.studio.door.is_first(interaction.id):
            return False
        try:
            await interaction.client.studio.admit(interaction)
        except TintypeError as refusal:
            if interaction.type is discord.InteractionType.autocomplete:
                await interaction.response.autocomplete([])
            else:
                await errors.tell(interaction, refusal)
            return False
        return True

    async def on_error(self, interaction: discord.Interaction[Tintype], error: app_commands.AppCommandError, /) -> None:
        """Turn any error of a command into a sentence for the member."""
        if interaction.type is discord.InteractionType.autocomplete:
            log.error("a completion failed", exc_info=errors.cause_of(error))
            if not interaction.response.is_done():
                await interaction.response.autocomplete([])
            return
        if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
            await errors.tell(interaction, TintypeError("E_OLD_COMMAND"))
        elif isinstance(error, app_commands.TransformerError):
            await errors.tell(interaction, TintypeError("E_OPTION", value=str(error.value)))
        else:
            await errors.tell(interaction, error)


class Tintype(discord.Client):
    """The bot. It is given all it uses; `commands_file` remembers which definitions Discord already has."""

    def __init__(self, studio: Studio, commands_file: Path, **options: Any) -> None:
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,  # it keeps no messages
            **options,
        )
        self.studio = studio
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._commands_file = commands_file
        self._answering: set[asyncio.Task[Any]] = set()

    async def setup_hook(self) -> None:
        """Load commands and buttons; tell Discord about the commands only when they changed."""
        commands.load(self.tree)
        presses.load()
        self.add_dynamic_items(Button, Menu)
        await self.tree.set_translator(Translator())
        await self.studio.door.look()
        await self.sync_changed()

    async def close(self) -> None:
        """Let answers under way come to their end, leave Discord, and finish what goes on beside the answers."""
        await self._finish_answers()
        await super().close()
        self._forget_ready()
        await self.studio.door.settle()
        await self.studio.names.settle()

    def _forget_ready(self) -> None:
        """The library says that it is ready some seconds after the login, and goes on with that when it is closed."""
        waiting = self._connection._ready_task  # noqa: SLF001  it has no other name
        if waiting is not None:
            waiting.cancel()

    def note_answering(self) -> None:
        """This task answers an interaction: what it uses is not taken away under it."""
        task = asyncio.current_task()
        assert task is not None  # we are in one
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _finish_answers(self) -> None:
        if self._answering:
            _, late = await asyncio.wait(self._answering, timeout=ANSWERS_S)
            for task in late:
                task.cancel()

    async def sync_changed(self) -> bool:
        """Send the definitions when their hash is not the one on record; whether they were sent."""
        now = await self._definitions_hash()
        known = self._commands_file.read_text("utf-8") if self._commands_file.exists() else ""
        if known == now:
            return False
        await self.tree.sync()
        write_atomic(self._commands_file, now.encode())
        log.info("slash commands sent to Discord")
        return True

    async def _definitions_hash(self) -> str:
        """Of everything Discord is told, for this application."""
        translator = self.tree.translator
        definitions = [
            await command.get_translated_payload(self.tree, translator) if translator else command.to_dict(self.tree)
            for command in sorted(self.tree.get_commands(), key=lambda command: command.name)
        ]
        told = json.dumps([self.application_id, definitions], sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()

    async def on_interaction(self, interaction: discord.Interaction[Tintype]) -> None:
        """Answer every press and every form, of this run or of an earlier one."""
        if interaction.type not in {discord.InteractionType.component, discord.InteractionType.modal_submit}:
            return
        if not self.studio.door.is_first(interaction.id):
            return
        self.note_answering()
        texts.speak(interaction.locale.value)
        data: Any = interaction.data or {}
        try:
            await self._press_or_submit(interaction, Press.of(str(data.get("custom_id", ""))))
        except Exception as error:  # noqa: BLE001 – the translation point: nothing is swallowed, all is told and logged
            await errors.tell(interaction, error)

    async def _press_or_submit(self, interaction: discord.Interaction[Tintype], press: Press | None) -> None:
        await self.studio.admit(interaction)
        if press is None:
            raise TintypeError("E_OLD_BUTTON")
        if interaction.type is discord.InteractionType.component:
            await buttons.pressed(self.studio, interaction, press)
        else:
            await modals.submit(self.studio, interaction, press)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        """An outage at Discord: the server is still ours, so nothing changes."""
        log.info("server %d is unavailable", guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was taken out of a server: its jobs there can no longer be told."""
        log.info("removed from server %d", guild.id)
        await self.studio.run(lambda rooms: rooms.guilds.left(GuildId(guild.id)))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is deleted: so is what its server's managers have set up for it."""
        guild, gone = GuildId(channel.guild.id), [channel.id]
        await self.studio.run(lambda rooms: rooms.setups.forget_channels(guild, gone))

    async def on_ready(self) -> None:
        """Note the servers that the bot is in now, and do what could not be done while it was away."""
        here = [GuildId(guild.id) for guild in self.guilds]
        await self.studio.run(lambda rooms: rooms.guilds.present(here))
        await take_down(self, self.studio.run)
        await tell(self, self.studio.run)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was invited, perhaps back."""
        await self.studio.run(lambda rooms: rooms.guilds.joined(GuildId(guild.id)))
