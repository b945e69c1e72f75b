"""Completing words while a member types: only words they may use here, at most 25."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, TypeVar

from discord import app_commands

from bot import showing
from bot.answers import Interaction, studio_of
from bot.gallery import base_of
from bot.ground import may_begin
from bot.studio import Asker, asker_of
from storage.errors import TintypeError
from storage.permissions import Action, may
from storage.records import Actor, Draft, Job

log = logging.getLogger(__name__)

T = TypeVar("T")
MOST_CHOICES = 25
CHOICE_CHARACTERS = 100  # Discord's limit for the name and the value of a choice
OPEN_WORD = re.compile(r"<([a-z0-9_-]*)$", re.IGNORECASE)  # a word that is being typed

Choice = app_commands.Choice[str]


async def complete_word(interaction: Interaction, current: str) -> list[Choice]:
    """The learned words that begin with what is typed."""
    prefix = current.strip().removeprefix("<").removesuffix(">").lower()
    return [Choice(name=f"<{name}>", value=name) for name in await _usable(interaction, prefix)]


async def complete_known(interaction: Interaction, current: str) -> list[Choice]:
    """The member's own words that contain what is typed, then those of others that begin with it."""
    asker, typed = asker_of(interaction), current.strip().strip("<>").lower()

    def known(rooms: Any) -> list[Choice]:
        others = [Choice(name=f"<{name}>", value=name) for name in _names(rooms, asker.actor, typed)]
        found = {choice.value: choice for choice in (*_own(rooms, asker, typed), *others)}
        return list(found.values())[:MOST_CHOICES]

    return await _soon(interaction, known)


async def complete_own(interaction: Interaction, current: str) -> list[Choice]:
    """The member's own words that contain what is typed, learned or not."""
    asker, typed = asker_of(interaction), current.strip().strip("<>").lower()
    return await _soon(interaction, lambda rooms: _own(rooms, asker, typed))


def _own(rooms: Any, asker: Asker, typed: str) -> list[Choice]:
    names = dict.fromkeys(concept.name for concept in rooms.concepts.mine(asker.member) if typed in concept.name)
    return [Choice(name=f"<{name}>", value=name) for name in names][:MOST_CHOICES]


async def complete_style(interaction: Interaction, current: str) -> list[Choice]:
    """Names and class words of the styles that the member may use here."""
    asker, base = asker_of(interaction), base_of(studio_of(interaction).facts())
    found = await _soon(interaction, lambda rooms: list(rooms.styles.terms(asker.actor, current, base, MOST_CHOICES)))
    return [Choice(name=term, value=term) for term in found]


async def complete_preset(interaction: Interaction, current: str) -> list[Choice]:
    """The member's presets whose name holds what is typed."""
    member, typed = asker_of(interaction).member, current.strip().lower()
    found = await _soon(interaction, lambda rooms: [one.name for one in rooms.wishes.presets(member)])
    return [Choice(name=name, value=name) for name in found if typed in name][:MOST_CHOICES]


async def complete_job(interaction: Interaction, current: str) -> list[Choice]:
    """The member's photos and newest jobs whose line or id holds what is typed."""
    asker, typed = asker_of(interaction), current.strip().lower()
    return await _soon(interaction, lambda rooms: _jobs(rooms, asker, typed))


def _jobs(rooms: Any, asker: Asker, typed: str) -> list[Choice]:
    found: list[Job | Draft] = [*showing.open_drafts(rooms, asker), *showing.latest(rooms, asker)]
    choices = [Choice(name=showing.title_of(rooms, one, asker.actor), value=one.id) for one in found]
    fitting = [choice for choice in choices if typed in choice.name.lower() or choice.value.startswith(typed)]
    return fitting[:MOST_CHOICES]


async def complete_prompt(interaction: Interaction, current: str) -> list[Choice]:
    """The prompt with its last, unfinished word completed; nothing once that would not fit into a choice."""
    typed = OPEN_WORD.search(current)
    if typed is None:
        return []
    whole = (f"{current[: typed.start()]}<{name}> " for name in await _usable(interaction, typed[1].lower()))
    return [Choice(name=prompt.strip(), value=prompt) for prompt in whole if len(prompt) <= CHOICE_CHARACTERS]


async def _usable(interaction: Interaction, prefix: str) -> list[str]:
    asker = asker_of(interaction)
    return await _soon(interaction, lambda rooms: _drawable(rooms, asker, prefix))


def _drawable(rooms: Any, asker: Asker, prefix: str) -> list[str]:
    """The words that may be used here; none where no pictures may be asked for."""
    try:
        may_begin(rooms, asker, Action.IMAGINE)
    except TintypeError:
        return []
    return _names(rooms, asker.actor, prefix)


async def _soon(interaction: Interaction, work: Callable[[Any], list[T]]) -> list[T]:
    """Nothing is offered while that would take too long."""
    try:
        return await studio_of(interaction).soon(work)
    except TintypeError as busy:
        log.info("nothing to complete with: %s", busy)
        return []


def _names(rooms: Any, actor: Actor, prefix: str) -> list[str]:
    found = rooms.concepts.complete(actor, prefix, MOST_CHOICES)
    return list(dict.fromkeys(concept.name for concept in found if may(actor, Action.USE, rooms.sharing.held(concept))))
