"""The buttons of a word's versions: use one, drop one after a question, compare sample points, choose from them."""

from __future__ import annotations

from typing import Any

from bot import cards, comparing, texts, versions
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import layout
from bot.plain import plain
from bot.retelling import retold
from bot.studio import Asker, Studio, asker_of
from storage.permissions import Action


@on_press("use_version")
async def use(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let a word mean this version from now on."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    version, concept = await studio.run(lambda rooms: versions.use(rooms, asker, press.id))
    told = texts.say("version-used", n=version.n, name=plain(concept.name))
    await show(interaction, layout.card(layout.text(told)))


@on_press("ask_drop")
async def ask_drop(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Ask before a version is dropped."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    version, concept = await studio.run(lambda rooms: versions.own(rooms, asker, press.id, Action.DELETE))
    await show(interaction, cards.drop_card(version=version.id, n=version.n, name=concept.name))


@on_press("drop_version")
async def drop(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete a version for real; pictures made with it stay."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    told = await studio.run(lambda rooms: _dropped(rooms, asker, press.id))
    await show(interaction, layout.card(layout.text(told)))


def _dropped(rooms: Any, asker: Asker, version_id: str) -> str:
    version, concept = versions.drop(rooms, asker, version_id)
    now = rooms.concepts.in_use(concept.id)[0]
    return texts.say("version-dropped", n=version.n, name=plain(concept.name), now=now.n)


@on_press("compare")
async def compare(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Draw a version's contact sheet: its sample points by strengths."""
    await acknowledge(interaction)
    asker, facts, now = asker_of(interaction), studio.engine(), studio.clock.now()
    asker.needs_channel()
    job, _ = await studio.run(lambda rooms: comparing.queued(rooms, asker, press.id, facts, now))
    studio.wake()
    await show(interaction, await studio.run(lambda rooms: retold(rooms, job, facts, now)))


@on_press("choose")
async def choose(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Let a word mean sample point and strength of cell n of its contact sheet."""
    await acknowledge_press(interaction)
    asker, facts, now = asker_of(interaction), studio.facts(), studio.clock.now()
    job = await studio.run(lambda rooms: comparing.choose(rooms, asker, press.id, press.n))
    await show(interaction, await studio.run(lambda rooms: retold(rooms, job, facts, now)))
