"""The card of a contact sheet: sample points by strengths, with a button for each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

NAME_CHARACTERS = 32
ROW_CHARACTERS = 40  # of what stands before a row, in a button


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactSheet:
    """A finished contact sheet, and which of its cells the word means now."""

    job: str
    word: str
    rows: Sequence[str]  #: what stands before each
    strengths: Sequence[float]
    is_person: bool
    chosen: tuple[int, int] | None = None  #: row and column, 0 the first
    version: int = 0  #: the number of the version that the word means now
    strength: float = 1.0  #: of that version
    sheet: bytes | None = None  #: None of a person, and when it was dropped


def contact_card(contact: ContactSheet) -> Card:
    """The sheet with its cells as buttons; of a person it is shown to that person alone."""
    pictures = [_picture(contact)] if contact.sheet is not None and not contact.is_person else []
    show_me = layout.button("show_me", contact.job, texts.say("btn-show-me"))
    word = plain(contact.word, NAME_CHARACTERS)
    return layout.card(
        layout.text(
            layout.lines(
                texts.say("compare-title", word=word),
                texts.say("compare-help", word=word),
                texts.say("compare-now", word=word, version=contact.version, strength=f"{contact.strength:g}"),
                texts.say("result-private") if contact.is_person else None,
            )
        ),
        layout.gallery(pictures) if pictures else None,
        *(layout.rows([show_me]) if contact.is_person else ()),
        *(layout.Row(*_cells(contact, row)) for row in range(len(contact.rows))),
        pictures=pictures,
    )


def _picture(contact: ContactSheet) -> Picture:
    strengths = [f"{strength:g}" for strength in contact.strengths]
    alt = texts.say("compare-alt", word=contact.word, rows=list(contact.rows), strengths=strengths)
    return Picture.named(f"{contact.job}-compare", contact.sheet or b"", alt)


def _cells(contact: ContactSheet, row: int) -> list[Button]:
    return [
        layout.button(
            "choose",
            contact.job,
            texts.say(
                "btn-choose",
                row=layout.cut(contact.rows[row], ROW_CHARACTERS),
                strength=f"{strength:g}",
                is_chosen="yes" if contact.chosen == (row, column) else "no",
            ),
            n=row * len(contact.strengths) + column + 1,
            style=layout.SUCCESS if contact.chosen == (row, column) else layout.PLAIN,
        )
        for column, strength in enumerate(contact.strengths)
    ]


def comparing_card(*, job: str, word: str, place: str) -> Card:
    """A contact sheet that is not drawn yet."""
    told = texts.say("compare-queued", word=plain(word, NAME_CHARACTERS), place=place)
    cancel = layout.button("cancel", job, texts.say("btn-cancel"), style=layout.DANGER)
    return layout.card(layout.text(told), *layout.rows([cancel]))
