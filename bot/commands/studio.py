"""/studio: how a server's managers keep order."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import arranging, filters, moderating, quotas
from bot.answers import Interaction, acknowledge, show, studio_of
from bot.studio import Asker, asker_of
from bot.translator import spoken
from storage.errors import TintypeError
from storage.filtering import MOST_CHARACTERS, FilterKind
from storage.rules import EVERYBODY, Quota
from storage.words import MAX_PROMPT

Amount = app_commands.Range[int, 0, 10_000]
AtOnce = app_commands.Range[int, 1, 20]
Reason = app_commands.Range[str, 1, 200]
Days = app_commands.Range[int, 1, 365]
Channel = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel

command = app_commands.Group(
    name="studio",
    description=spoken("cmd-studio"),
    allowed_contexts=app_commands.AppCommandContext(guild=True),
    default_permissions=discord.Permissions(manage_guild=True),  # what Discord shows; it is asked again in code
)


def manager_of(interaction: Interaction) -> Asker:
    """Who asks, when they may manage this server.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    asker = asker_of(interaction)
    moderating.needs_manager(asker)
    return asker


@command.command(name="setup", description=spoken("cmd-studio-setup"))
@app_commands.describe(channel=spoken("cmd-studio-channel"))
async def setup(interaction: Interaction, channel: Channel | None = None) -> None:
    """Show who may teach and draw, where, and how long things stay, with menus to change it and what I may do there."""
    await acknowledge(interaction)
    studio = studio_of(interaction)
    if channel is None:
        await show(interaction, await arranging.setup_now(studio, interaction))
    else:
        await show(interaction, await arranging.place_now(studio, interaction, channel.id))


@command.command(name="reports", description=spoken("cmd-studio-reports"))
@app_commands.describe(
    block=spoken("cmd-studio-block"),
    reason=spoken("cmd-studio-reason"),
    days=spoken("cmd-studio-days"),
    unblock=spoken("cmd-studio-unblock"),
)
async def reports(
    interaction: Interaction,
    block: discord.User | None = None,
    reason: Reason | None = None,
    days: Days | None = None,
    unblock: discord.User | None = None,
) -> None:
    """Show what members reported, one by one, with buttons to decide, and who is blocked; or block, or let in again."""
    await acknowledge(interaction)
    studio, asker = studio_of(interaction), manager_of(interaction)
    wish = moderating.Wish.of(block, unblock, reason, days)
    card = await studio.run(lambda rooms: moderating.wished(rooms, asker, wish, studio.owners, studio.clock.now()))
    await studio.door.look()
    await show(interaction, card)


@command.command(name="audit", description=spoken("cmd-studio-audit"))
async def audit(interaction: Interaction) -> None:
    """Show the log of who decided what in this server, the newest first."""
    await acknowledge(interaction)
    asker = manager_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: moderating.audit_of(rooms, asker)))


@command.command(name="limits", description=spoken("cmd-studio-limits"))
@app_commands.describe(
    trainings=spoken("cmd-studio-trainings"),
    pictures=spoken("cmd-studio-pictures"),
    at_once=spoken("cmd-studio-at-once"),
    role=spoken("cmd-studio-role"),
    lift=spoken("cmd-studio-lift"),
)
async def limits(
    interaction: Interaction,
    trainings: Amount | None = None,
    pictures: Amount | None = None,
    at_once: AtOnce | None = None,
    role: discord.Role | None = None,
    lift: bool = False,  # noqa: FBT001, FBT002  an option of the command
) -> None:
    """Limit what members may ask for in 24 hours and at once, all or those with a role; without a number show that."""
    await acknowledge(interaction)
    asker, role_id = manager_of(interaction), EVERYBODY if role is None or role.is_default() else role.id
    asked = Quota(role=role_id, trainings=trainings, pictures=pictures, at_once=at_once)
    quota = Quota(role=role_id) if lift else asked
    is_change = lift or asked != Quota(role=role_id)
    card = await studio_of(interaction).run(lambda rooms: quotas.told(rooms, asker, quota if is_change else None))
    await show(interaction, card)


# --- the filter ------------------------------------------------------------------------------------------------------

KIND_CHOICES = [app_commands.Choice(name=spoken(f"choice-filter-{kind}"), value=kind.value) for kind in FilterKind]
Text = app_commands.Range[str, 1, MOST_CHARACTERS]
Prompt = app_commands.Range[str, 1, MAX_PROMPT]

filter_group = app_commands.Group(name="filter", description=spoken("cmd-studio-filter"), parent=command)


@filter_group.command(name="add", description=spoken("cmd-studio-filter-add"))
@app_commands.describe(text=spoken("cmd-studio-filter-text"), kind=spoken("cmd-studio-filter-kind"))
@app_commands.choices(kind=KIND_CHOICES)
async def add(interaction: Interaction, text: Text, kind: str = FilterKind.WORD.value) -> None:
    """Try a word or pattern on harmless prompts, and refuse it from then on in what members write."""
    await acknowledge(interaction)
    asker = manager_of(interaction)
    if kind not in tuple(FilterKind):
        raise TintypeError("E_OPTION", value=kind)
    card = await studio_of(interaction).run(lambda rooms: filters.added(rooms, asker, FilterKind(kind), text))
    await show(interaction, card)


@filter_group.command(name="remove", description=spoken("cmd-studio-filter-remove"))
@app_commands.describe(text=spoken("cmd-studio-filter-gone"))
async def remove(interaction: Interaction, text: Text) -> None:
    """Refuse a word or pattern no longer."""
    await acknowledge(interaction)
    asker = manager_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: filters.removed(rooms, asker, text)))


@filter_group.command(name="list", description=spoken("cmd-studio-filter-list"))
async def list_filters(interaction: Interaction) -> None:
    """List what the filter refuses; members are never shown it."""
    await acknowledge(interaction)
    asker = manager_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: filters.listed(rooms, asker)))


@filter_group.command(name="test", description=spoken("cmd-studio-filter-test"))
@app_commands.describe(text=spoken("cmd-studio-filter-try"))
async def try_text(interaction: Interaction, text: Prompt) -> None:
    """Say whether the filter would refuse a text, and what in the filter would."""
    await acknowledge(interaction)
    asker = manager_of(interaction)
    await show(interaction, await studio_of(interaction).run(lambda rooms: filters.tried(rooms, asker, text)))
