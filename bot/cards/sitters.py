"""The cards of a question about a likeness: to who is shown, what is left of it, and what the asker is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

PAGE_PHOTOS = 10  # Discord: at most ten attachments in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A member is asked whether their likeness may be learned; names and the word as they were written."""

    question: str
    draft: str
    asker: str
    person: str
    server: str
    word: str
    photos: int
    consent: str  #: what they would agree to
    until: float  #: unix seconds; then nobody is asked any more


def sitting_card(sitting: Sitting, *, is_alone: bool) -> Card:
    """The question, without a photo: those are shown to the member alone."""
    told = texts.say(
        "sitting-ask",
        asker=plain(sitting.asker),
        person=plain(sitting.person),
        server=plain(sitting.server),
        word=plain(sitting.word),
        photos=sitting.photos,
        where="alone" if is_alone else "channel",
        until=str(int(sitting.until)),
    )
    buttons = [
        layout.button("see_photos", sitting.question, texts.say("btn-see-photos"), n=1, style=layout.PRIMARY),
        layout.button("agree", sitting.question, texts.say("btn-agree"), style=layout.SUCCESS),
        layout.button("decline", sitting.question, texts.say("btn-decline"), style=layout.DANGER),
    ]
    agree = texts.say("sitting-means", text=sitting.consent)
    return layout.card(layout.text(told), layout.text(agree), *layout.rows(buttons))


def sitting_over_card(state: str, word: str, *, is_begun: bool = True) -> Card:
    """What is left of the question before who was asked; what the training lacks is the asker's business."""
    told = texts.say("sitting-over", state=state, word=plain(word))
    return layout.card(layout.text(layout.lines(told, None if is_begun else texts.say("sitting-not-begun"))))


def sitting_reply_card(sitting: Sitting, *, state: str, why: str, is_alone: bool, trouble: str | None = None) -> Card:
    """What the asker is told; in a channel neither who was asked nor about which word."""
    who = "alone" if is_alone else "channel"
    told = texts.say(
        f"sitting-{state}",
        asker=plain(sitting.asker),
        person=plain(sitting.person) or "none",
        word=plain(sitting.word) or "none",
        why=why or "none",
        where=who,
        is_begun="no" if trouble else "yes",
    )
    begun = texts.say("sitting-begin-later", trouble=trouble) if trouble else None
    return layout.card(layout.text(layout.lines(told, begun)))


def sitting_photos_card(question: str, thumbnails: Sequence[bytes], page: int) -> Card:
    """Ten of the photos in question, for the eyes of who is shown."""
    first = (page - 1) * PAGE_PHOTOS
    pictures = [
        Picture.named(f"photo-{n:02}", data, texts.say("sitting-alt", n=n, total=len(thumbnails)))
        for n, data in enumerate(thumbnails[first : first + PAGE_PHOTOS], first + 1)
    ]
    more = [
        layout.button("see_photos", question, texts.say(label), n=to)
        for label, to in (("btn-earlier", page - 1), ("btn-later", page + 1))
        if 1 <= to <= -(-len(thumbnails) // PAGE_PHOTOS)
    ]
    return layout.card(
        layout.text(texts.say("sitting-photos", total=len(thumbnails))),
        layout.gallery(pictures),
        *layout.rows(more),
        pictures=pictures,
    )


def asked_card(sitting: Sitting) -> Card:
    """The draft before its owner, while the question about it waits."""
    told = texts.say(
        "sitting-waits", person=plain(sitting.person), word=plain(sitting.word), until=str(int(sitting.until))
    )
    buttons = [
        layout.button("withdraw", sitting.question, texts.say("btn-withdraw")),
        layout.button("discard", sitting.draft, texts.say("btn-discard"), style=layout.DANGER),
    ]
    return layout.card(layout.text(told), *layout.rows(buttons))
