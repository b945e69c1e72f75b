"""The gallery of styles for one member, made from rows: pages of a list, one style, and where a list was pressed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot import cards, texts
from bot.buttons import Press
from bot.cards import Card, Credit, Gallery, Picture, StyleFace, WorkLine
from bot.studio import Asker, EngineFacts
from storage.errors import NotAllowed, TintypeError
from storage.lineage import Work
from storage.listings import Listing, Order
from storage.origins import origin_of
from storage.permissions import Action, can
from storage.records import BlobId, ConceptId, Job, Kind, Version
from storage.styles import Base, Page, Style

log = logging.getLogger(__name__)


def base_of(facts: EngineFacts | None) -> Base | None:
    """The base model that runs, as far as it is known."""
    return Base(id=facts.base_id, revision=facts.base_revision) if facts and facts.base_id else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The page of a list that a message shows."""

    turn: Press  #: its own paging button
    styles: Sequence[str] = ()  #: the concepts on it, in order


def opened(rooms: Any, asker: Asker, order: Order, text: str, kind: Kind | None) -> Listing:
    """A new list of what the asker may use.

    Raises: NotAllowed(E_BLOCKED).
    """
    can(asker.actor, Action.USE)
    listing: Listing = rooms.styles.lists.open(asker.member, order, text, kind)
    return listing


def page_card(
    rooms: Any, asker: Asker, listing: Listing, n: int, facts: EngineFacts | None, only: Sequence[str] = ()
) -> Card:
    """A page of a list as it is now; with `only` the styles that it shows stay where they are.

    Raises: NotAllowed(E_BLOCKED).
    """
    can(asker.actor, Action.USE)
    n = min(n, cards.MOST_PAGES)
    page: Page = rooms.styles.page(asker.actor, listing, base_of(facts), n, cards.PAGE_STYLES, only)
    return cards.gallery_card(
        Gallery(
            listing=listing.id,
            order=listing.order,
            text=listing.text,
            n=page.n,
            pages=page.pages,
            total=page.total,
            styles=[_face(rooms, asker, style) for style in page.styles],
        )
    )


def turned(rooms: Any, asker: Asker, press: Press, facts: EngineFacts | None) -> Card:
    """The page that a paging button names.

    Raises: NotFound(E_LIST_GONE), NotAllowed.
    """
    can(asker.actor, Action.USE)
    return page_card(rooms, asker, rooms.styles.lists.get(asker.member, press.id), press.n, facts)


def again(rooms: Any, asker: Asker, place: Place | None, concept: str, facts: EngineFacts | None) -> Card:
    """What a button about a style stands on, anew: the page of the list, or else the style itself.

    Raises: NotFound(E_STYLE_GONE), NotAllowed.
    """
    if place is None or not rooms.styles.lists.knows(asker.member, place.turn.id):
        return style_card(rooms, asker, concept, facts)
    listing = rooms.styles.lists.get(asker.member, place.turn.id)
    return page_card(rooms, asker, listing, place.turn.n, facts, place.styles)


def style_card(rooms: Any, asker: Asker, concept: str, facts: EngineFacts | None) -> Card:
    """One style, with the pictures that it became part of.

    Raises: NotFound(E_STYLE_GONE), NotAllowed.
    """
    can(asker.actor, Action.USE)
    style: Style = rooms.styles.get(asker.actor, ConceptId(concept), base_of(facts))
    works = [_line(rooms, asker, work) for work in rooms.styles.works(asker.actor, style.concept.id)]
    return cards.style_card(_face(rooms, asker, style), works, mixing=style.mixing)


def of_another(rooms: Any, asker: Asker, concept: str, facts: EngineFacts | None) -> Style:
    """A style that somebody else shares.

    Raises: NotFound(E_STYLE_GONE), NotAllowed(E_REPORT_OWN, E_BLOCKED).
    """
    can(asker.actor, Action.USE)
    style: Style = rooms.styles.get(asker.actor, ConceptId(concept), base_of(facts))
    if style.concept.owner == asker.member:
        raise NotAllowed("E_REPORT_OWN")
    return style


def _face(rooms: Any, asker: Asker, style: Style) -> StyleFace:
    return StyleFace(
        concept=style.concept.id,
        name=style.concept.name,
        kind=style.concept.kind,
        class_word=style.concept.class_word,
        owner=style.concept.owner,
        licence=style.licence,
        about=style.about,
        uses=style.uses,
        likes=style.likes,
        is_liked=style.is_liked,
        is_mine=style.concept.owner == asker.member,
        preview=_preview(rooms, style),
        credits=origin_of(rooms.queue, rooms.concepts, style.concept.id).credits,
    )


def _preview(rooms: Any, style: Style) -> Picture | None:
    """A sample of the version's own, or its sheet; a file that is lost leaves the other styles to be seen."""
    blob = _sample(rooms, rooms.concepts.version(style.version))
    if blob is None:
        return None
    try:
        data = rooms.vault.open(blob)
    except TintypeError as lost:
        log.warning("style %s has no preview: %s", style.concept.id, lost)
        return None
    return Picture.named(style.version, data, texts.say("style-alt", name=style.concept.name))


def _sample(rooms: Any, version: Version) -> BlobId | None:
    job: Job | None = rooms.queue.get(version.job)
    cover = job.result.get("cover") if job else None
    return BlobId(cover) if cover else version.sheet


def _line(rooms: Any, asker: Asker, work: Work) -> WorkLine:
    others = [
        Credit(
            word=credit.name,
            owner=rooms.names.of(asker.actor.guild, credit.owner),
            is_mine=credit.owner == asker.member,
        )
        for credit in work.others
    ]
    return WorkLine(job=work.job, owner=work.owner, pictures=work.pictures, when=work.at, others=others)


# --- where a press came from ---------------------------------------------------------------------------------------


def place_of(message: discord.Message | None) -> Place | None:
    """The page of a list that a message shows, read from its buttons; None for other messages."""
    found = [Press.of(custom_id) for custom_id in _custom_ids(message.components if message else ())]
    presses = [press for press in found if press is not None]
    turns = [press for press in presses if press.verb == "styles"]
    styles = [press.id for press in presses if press.verb == "try"]
    return Place(turn=turns[len(turns) // 2], styles=styles) if turns else None


def _custom_ids(parts: Any) -> Iterator[str]:
    for part in parts:
        yield from _custom_ids(getattr(part, "children", ()))
        custom_id = getattr(part, "custom_id", None)
        if custom_id:
            yield custom_id
