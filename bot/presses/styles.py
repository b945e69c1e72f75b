"""The buttons of styles: turn a page, look closer, like, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot import gallery, modals, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import Card, layout
from bot.modals import Submitted, on_submit
from bot.plain import plain
from bot.studio import Asker, EngineFacts, Studio, asker_of
from storage.permissions import Action, can
from storage.records import ConceptId
from storage.styles import Style

Deed = Callable[[Any, Asker, str, EngineFacts | None], None]


@on_press("styles")
async def turn(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show page n of a list of styles, as it is now."""
    await acknowledge_press(interaction)
    asker, facts = asker_of(interaction), studio.facts()
    await show(interaction, await studio.run(lambda rooms: gallery.turned(rooms, asker, press, facts)))


@on_press("style")
async def look(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show one style, large, beside the list."""
    await acknowledge(interaction)
    asker, facts = asker_of(interaction), studio.facts()
    await show(interaction, await studio.run(lambda rooms: gallery.style_card(rooms, asker, press.id, facts)))


@on_press("like")
async def like(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Count the member among those who like a style."""
    await _again(studio, interaction, press, _like)


@on_press("unlike")
async def unlike(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Take the member's like back."""
    await _again(studio, interaction, press, _unlike)


async def _again(studio: Studio, interaction: Interaction, press: Press, do: Deed) -> None:
    """Do it, and show what the button stands on as it is then."""
    await acknowledge_press(interaction)
    asker, facts, place = asker_of(interaction), studio.facts(), gallery.place_of(interaction.message)

    def work(rooms: Any) -> Card:
        do(rooms, asker, press.id, facts)
        return gallery.again(rooms, asker, place, press.id, facts)

    await show(interaction, await studio.run(work))


def _like(rooms: Any, asker: Asker, concept: str, facts: EngineFacts | None) -> None:
    can(asker.actor, Action.USE)
    rooms.styles.like(asker.actor, ConceptId(concept), gallery.base_of(facts))


def _unlike(rooms: Any, asker: Asker, concept: str, facts: EngineFacts | None) -> None:
    rooms.styles.unlike(asker.member, ConceptId(concept))


@on_press("report_style")
async def ask_for_reason(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Open the form that asks what is wrong with a style."""
    asker, facts = asker_of(interaction), studio.facts()
    style = await studio.soon(lambda rooms: gallery.of_another(rooms, asker, press.id, facts))
    title = texts.say("modal-report", word=style.concept.name)
    await interaction.response.send_modal(modals.reason_form(press, title))


@on_submit("report_style")
async def report(studio: Studio, interaction: Interaction, press: Press, form: Submitted) -> None:
    """What is wrong with a style was written: put it before the moderators."""
    await acknowledge(interaction)
    asker, facts, reason = asker_of(interaction), studio.facts(), form.values.get("reason", "")
    style = await studio.run(lambda rooms: _report(rooms, asker, press.id, reason, facts))
    await show(interaction, layout.card(layout.text(texts.say("style-reported", name=plain(style.concept.name)))))


def _report(rooms: Any, asker: Asker, concept: str, reason: str, facts: EngineFacts | None) -> Style:
    style = gallery.of_another(rooms, asker, concept, facts)
    rooms.moderation.report(
        asker.member, guild=asker.actor.guild, channel=asker.channel, concept=style.concept.id, reason=reason
    )
    return style
