"""The buttons of a member's rights: the zips of /mydata, and the deletions of /forget with their receipt."""

from __future__ import annotations

from typing import Any

from bot import belongings, cards, dictionary, likeness
from bot.answers import Interaction, acknowledge, acknowledge_press, show
from bot.buttons import Press, on_press
from bot.cards import Card, Deleted
from bot.studio import Asker, Studio, asker_of
from bot.takedown import take_down
from storage.permissions import Action, can
from storage.privacy import Receipt
from storage.records import ConceptId


@on_press("mydata")
async def download(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Hand out one zip of what is kept."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    belongings.refuse_foreign(asker, press.id)
    await show(interaction, await belongings.part_card(studio, asker, press.n))


@on_press("forget_all")
async def forget_all(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete everything of the member who presses."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    belongings.refuse_foreign(asker, press.id)
    studio.door.forget(asker.member)
    await studio.names.forget(asker.member)
    await _forget(studio, interaction, await studio.run(lambda rooms: _everything(rooms, asker)))


@on_press("forget_word")
async def forget_word(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Delete one word with its owner's pictures made with it; those of a person's word go whoever made them."""
    await acknowledge_press(interaction)
    asker = asker_of(interaction)
    await _forget(studio, interaction, await studio.run(lambda rooms: _word(rooms, asker, press.id)))


@on_press("take_back")
async def take_back(studio: Studio, interaction: Interaction, press: Press) -> None:
    """Take one's agreement to a word that shows one back: it is refused at once, and what runs with it is cancelled."""
    await acknowledge(interaction)
    asker = asker_of(interaction)
    concept = await studio.run(lambda rooms: likeness.taken_back(rooms, asker.member, ConceptId(press.id)))
    studio.wake()
    is_mine = concept.owner == asker.member
    await show(interaction, cards.taken_back_card(concept.id, concept.name, is_mine=is_mine))
    await take_down(interaction.client, studio.run)


def _everything(rooms: Any, asker: Asker) -> Receipt:
    can(asker.actor, Action.DELETE)
    receipt: Receipt = rooms.privacy.forget(asker.member)
    return receipt


def _word(rooms: Any, asker: Asker, concept_id: str) -> Receipt:
    concept = dictionary.own(rooms, asker, concept_id, Action.DELETE)
    receipt: Receipt = rooms.privacy.forget_word(concept.id, with_pictures=True)
    return receipt


async def _forget(studio: Studio, interaction: Interaction, receipt: Receipt) -> None:
    """Stop what ran, hand over the receipt, and take our messages about it down."""
    studio.wake()
    await show(interaction, _card(receipt))
    await take_down(interaction.client, studio.run)


def _card(receipt: Receipt) -> Card:
    return cards.receipt_card(
        Deleted(
            receipt=receipt.id,
            when=receipt.at,
            photos=receipt.photos,
            words=receipt.words,
            versions=receipt.versions,
            checkpoints=receipt.checkpoints,
            images=receipt.images,
            jobs=receipt.jobs_cancelled,
            consents=receipt.consents,
            files=receipt.files,
            size_bytes=receipt.bytes,
            is_key_destroyed=receipt.key_destroyed,
        )
    )
