"""The one place where an error becomes what a member reads: a sentence for ours, a short number for all others."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import discord
from discord import app_commands

from bot import texts
from bot.plain import plain
from storage.errors import TintypeError

log = logging.getLogger(__name__)

FACT_CHARACTERS = 200
NAMED = {"roles": "<@&{}>", "channels": "<#{}>"}  # what Discord shows by its name, and mentions to nobody
OVER = {40060, 10062, 50027}  # Discord: acknowledged already, unknown interaction, invalid token: nobody listens


def cause_of(error: BaseException) -> BaseException:
    """The error inside discord.py's wrappers."""
    while isinstance(error, app_commands.CommandInvokeError):
        error = error.original
    return error


def sentence_of(error: BaseException) -> str:
    """What the member is told; an error that is none of ours is logged under a short number."""
    error = cause_of(error)
    if isinstance(error, TintypeError) and texts.knows(error.code):
        return texts.say(error.code, **{name: _told(name, fact) for name, fact in error.facts.items()})
    number = secrets.token_hex(3)
    log.error("error %s", number, exc_info=error)
    return texts.say("E_UNKNOWN", number=number)


def _told(name: str, fact: Any) -> Any:
    """A fact as its sentence needs it: ids of roles and channels are shown by their names."""
    if name in NAMED and isinstance(fact, (list, tuple)):
        return [NAMED[name].format(int(number)) for number in fact] or "none"
    return shown(fact)


def shown(fact: Any) -> Any:
    """A fact as a member may see it: a stranger's text made plain; nothing is `none`, which sentences select by."""
    if isinstance(fact, (list, tuple)):
        return [shown(part) for part in fact]
    return plain(fact, FACT_CHARACTERS) or "none" if isinstance(fact, str) else fact


async def tell(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Answer an interaction with the error's sentence, visible to the member alone, if somebody still listens."""
    cause = cause_of(error)
    if isinstance(cause, discord.HTTPException) and cause.code in OVER:
        log.info("interaction %s was over before its answer (%s)", interaction.id, cause.code)
        return
    await answer(interaction, sentence_of(error))


async def answer(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Say one sentence to the member alone, whether or not the interaction was acknowledged before."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except discord.HTTPException as error:
        if error.code not in OVER:
            raise
        log.info("interaction %s was over before its answer (%s)", interaction.id, error.code)
    except discord.InteractionResponded:
        log.info("interaction %s was answered twice", interaction.id)
