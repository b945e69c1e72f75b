"""Completing words while a member types: only words they may use here, at most 25."""

from __future__ import annotations

import re
from typing import Any

from discord import app_commands

from bot.answers import Interaction, studio_of
from bot.studio import asker_of
from storage.errors import TintypeError
from storage.permissions import Action, Held, can
from storage.records import Actor, Concept

MOST_CHOICES = 25
CHOICE_CHARACTERS = 100  # Discord's limit for the name and the value of a choice
OPEN_WORD = re.compile(r"<([a-z0-9_-]*)$", re.IGNORECASE)  # a word that is being typed

Choice = app_commands.Choice[str]


async def complete_word(interaction: Interaction, current: str) -> list[Choice]:
    """The learned words that begin with what is typed."""
    prefix = current.strip().removeprefix("<").removesuffix(">").lower()
    return [Choice(name=f"<{name}>", value=name) for name in await _usable(interaction, prefix)]


async def complete_own(interaction: Interaction, current: str) -> list[Choice]:
    """The member's own words that contain what is typed, learned or not."""
    member = asker_of(interaction).member
    mine: list[Concept] = await studio_of(interaction).run(lambda rooms: rooms.concepts.mine(member))
    typed = current.strip().strip("<>").lower()
    names = dict.fromkeys(concept.name for concept in mine if typed in concept.name)
    return [Choice(name=f"<{name}>", value=name) for name in names][:MOST_CHOICES]


async def complete_prompt(interaction: Interaction, current: str) -> list[Choice]:
    """The prompt with its last, unfinished word completed; nothing once that would not fit into a choice."""
    typed = OPEN_WORD.search(current)
    if typed is None:
        return []
    whole = (f"{current[: typed.start()]}<{name}> " for name in await _usable(interaction, typed[1].lower()))
    return [Choice(name=prompt.strip(), value=prompt) for prompt in whole if len(prompt) <= CHOICE_CHARACTERS]


async def _usable(interaction: Interaction, prefix: str) -> list[str]:
    actor = asker_of(interaction).actor
    names: list[str] = await studio_of(interaction).run(lambda rooms: _names(rooms, actor, prefix))
    return names


def _names(rooms: Any, actor: Actor, prefix: str) -> list[str]:
    found = rooms.concepts.complete(actor, prefix, MOST_CHOICES)
    return list(dict.fromkeys(concept.name for concept in found if _may_use(rooms, actor, concept)))


def _may_use(rooms: Any, actor: Actor, concept: Concept) -> bool:
    try:
        can(actor, Action.USE, Held(concept, rooms.concepts.grants(concept.id)))
    except TintypeError:
        return False
    return True
