"""The buttons of words: delete, after a question, and learn anew."""

from __future__ import annotations

from typing import Any

from bot import cards, dictionary, drafts, intake, modals, shares, texts
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import layout
from bot.plain import plain
from bot.studio import Asker, Studio, asker_of
from bot.takedown import take_down
from storage.permissions import Action
from storage.records import Draft


@on_press("ask_delete")
async def ask_delete(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Ask before a word is deleted."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    concept = await studio.run(lambda rooms: dictionary.own(rooms, asker, press.id, Action.DELETE))
    await show(interaction, cards.delete_card(concept=concept.id, name=concept.name))


@on_press("delete_word")
async def delete_word(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete a word with its weights and photos; pictures made with it stay."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    name = await studio.run(lambda rooms: _delete(rooms, asker, press.id))
    studio.wake()
    await show(interaction, layout.card(layout.text(texts.say("word-deleted", name=plain(name)))))
    await take_down(interaction.client, studio.run)


def _delete(rooms: Any, asker: Asker, concept_id: str) -> str:
    concept = dictionary.own(rooms, asker, concept_id, Action.DELETE)
    rooms.privacy.forget_word(concept.id)
    return concept.name


@on_press("relearn")
async def relearn(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Show the photos that are there for a word's next version, or open the form of /train for them."""
    asker = asker_of(interaction)
    draft, has_photos = await studio.soon(lambda rooms: _next_version(rooms, asker, press.id))
    if not has_photos:
        await interaction.response.send_modal(
            modals.train_form(draft.id, word=draft.word, kind=draft.kind, is_next=True)
        )
        return
    await acknowledge(interaction)
    await show(interaction, await intake.report(studio, asker, draft.id))


def _next_version(rooms: Any, asker: Asker, concept_id: str) -> tuple[Draft, bool]:
    draft = drafts.next_version(rooms, asker, dictionary.own(rooms, asker, concept_id, Action.RETRY))
    return draft, bool(rooms.photos.of(draft.id))


@on_press("unshare")
async def unshare(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Close a word to everybody but its owner."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    told = await studio.run(lambda rooms: _unshare(rooms, asker, press.id))
    studio.wake()
    await show(interaction, told)


def _unshare(rooms: Any, asker: Asker, concept_id: str) -> cards.Card:
    return shares.closed(rooms, asker, dictionary.own(rooms, asker, concept_id, Action.SHARE), None)
