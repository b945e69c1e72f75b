"""The cards of the queue, of help, and of a member's rights: privacy, receipt, the question before /forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card
from bot.cards.photos import KeptPhotos, kept_list
from bot.plain import plain
from storage.output_checks import OFF

QUEUE_LINES = 15
NAME_CHARACTERS = 32  # of a member or a word
AWAITED_CHARACTERS = 500  # of one order that waits: five questions of one member are the most
LIST_CHARACTERS = 900
GRANTED_CHARACTERS = 350  # beside the promises, which are longer in some languages
MOST_LIKENESSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One job in the queue as one member may see it: other members' words and prompts stay hidden."""

    kind: str
    is_mine: bool
    word: str | None  #: only of one's own
    place: int  #: 0 runs
    percent: int = 0
    left_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLine:
    """The engine's state in the queue card."""

    state: str  #: ready, loading or away
    title: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """What a member wants that waits for others' answers: pictures, or a training of another member's likeness."""

    question: str  #: to take this one back ends it
    kind: str  #: train, imagine
    asked: Sequence[tuple[str, str]]  #: who is yet to answer, and the word that it is about
    until: float  #: unix seconds; then it ends by itself


def queue_card(jobs: Sequence[QueueLine], engine: EngineLine, awaited: Sequence[Awaited] = ()) -> Card:
    """What runs and what waits, and what of one's own waits for others, with the way back."""
    told = [_queue_line(job) for job in jobs[:QUEUE_LINES]] or [texts.say("queue-empty")]
    more = len(jobs) - QUEUE_LINES
    body = layout.lines(
        texts.say("queue-title"),
        *told,
        texts.say("queue-more", count=more) if more > 0 else None,
        texts.say(f"queue-engine-{engine.state}", title=plain(engine.title), device=plain(engine.device)),
    )
    room = layout.CARD_CHARACTERS - AWAITED_CHARACTERS * len(awaited)
    return layout.card(layout.text(layout.cut(body, room)), *(item for one in awaited for item in _awaited(one)))


def _awaited(one: Awaited) -> list[ui.Item[Any]]:
    people = [plain(name, NAME_CHARACTERS) for name, _ in one.asked]
    words = [plain(word, NAME_CHARACTERS) for _, word in one.asked]
    told = texts.say(f"queue-awaited-{one.kind}", person=people[0], word=words[0], until=str(int(one.until)))
    each = [texts.say("leave-asked-line", owner=who, word=word) for who, word in zip(people, words, strict=True)]
    back = layout.button("withdraw", one.question, texts.say("btn-withdraw"))
    lines = layout.lines(told, *(each if one.kind == "imagine" else ()))
    return [layout.text(lines), *layout.rows([back])]


def _queue_line(job: QueueLine) -> str:
    kind = job.kind if job.kind in {"train", "imagine", "sheet", "import", "preview"} else "other"
    owner = "mine" if job.is_mine else "other"
    what = texts.say(f"queue-{owner}-{kind}", word=plain(job.word or "?"), kind=job.kind)
    if job.place:
        return texts.say("queue-line", place=job.place, what=what)
    left = "none" if job.left_s is None else texts.span(job.left_s)
    return texts.say("queue-running", what=what, percent=job.percent, left=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A word that shows the member who asks."""

    concept: str
    name: str
    owner: int


def privacy_card(
    *,
    intents: Sequence[str],
    permissions: Sequence[str],
    likenesses: Sequence[Likeness] = (),
    kept: Sequence[KeptPhotos] = (),
    check: str = "",
    compares_faces: bool = False,
) -> Card:
    """What Tintype sees, keeps and never does, with the rights it was really granted; and the words that show one."""
    none = texts.say("privacy-none")
    granted = texts.say("privacy-intents", intents=list(intents) or none, permissions=list(permissions) or none)
    return layout.card(
        layout.text(texts.say("privacy-body")),
        layout.text(check_line(check)),
        *([layout.text(texts.say("privacy-faces"))] if compares_faces else []),
        layout.text(layout.cut(granted, GRANTED_CHARACTERS)),
        *_likenesses(likenesses[:MOST_LIKENESSES]),
        *kept_list(kept),
    )


def check_line(check: str) -> str:
    """What looks at pictures before they are posted: the name of a check, or off; empty while nobody knows."""
    key = "asleep" if not check else "off" if check == OFF else "on"
    return texts.say(f"check-{key}", check=check)


def _likenesses(likenesses: Sequence[Likeness]) -> list[Any]:
    if not likenesses:
        return []
    told = [texts.say("privacy-likeness", name=plain(one.name), owner=str(one.owner)) for one in likenesses]
    buttons = [
        layout.button("take_back", one.concept, texts.say("btn-take-back", word=one.name), style=layout.DANGER)
        for one in likenesses
    ]
    return [layout.text(layout.lines(texts.say("privacy-likenesses"), *told)), *layout.rows(buttons)]


def taken_back_card(concept: str, name: str, *, is_mine: bool) -> Card:
    """What follows an agreement that was taken back, with the way to delete the rest."""
    forget = layout.button("forget_word", concept, texts.say("btn-delete-yes", word=name), style=layout.DANGER)
    told = texts.say("taken-back" if is_mine else "taken-back-sitter", name=plain(name))
    return layout.card(layout.text(told), *layout.rows([forget]))


def help_card(*, methods: Sequence[str], class_words: Sequence[str]) -> Card:
    """What Tintype can do, and what this engine can."""
    known = layout.lines(
        texts.say("help-methods", methods=[plain(method) for method in methods]) if methods else None,
        texts.say("help-class-words", words=[plain(word) for word in class_words]) if class_words else None,
    )
    return layout.card(
        layout.text(texts.say("help-body")), layout.text(layout.cut(known, LIST_CHARACTERS)) if known else None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept about a member, counted, and in how many zips it comes."""

    member: str  #: 16 hex characters
    words: int
    images: int
    photos: int
    jobs: int
    parts: int
    left_out: int = 0  #: files too large for a message here
    drafts: Sequence[KeptPhotos] = ()  #: those photos that no training needs just now


def mydata_card(kept: Kept) -> Card:
    """The counts, with a button for each zip."""
    body = layout.lines(
        texts.say(
            "mydata-body", words=kept.words, images=kept.images, photos=kept.photos, jobs=kept.jobs, parts=kept.parts
        ),
        texts.say("mydata-left-out", count=kept.left_out) if kept.left_out else None,
    )
    labels = [texts.say("btn-download", n=n, count=kept.parts) for n in range(1, kept.parts + 1)]
    buttons = [layout.button("mydata", kept.member, label, n=n) for n, label in enumerate(labels, 1)]
    return layout.card(layout.text(body), *layout.rows(buttons), *kept_list(kept.drafts))


def forget_card(*, member: str, concept: str | None, word: str | None, is_person: bool = False) -> Card:
    """The question before data is deleted for good. `member` and `concept` are 16 hex characters.

    Of a person's word the pictures that others made go too.
    """
    if concept is not None:
        kind = "person" if is_person else "other"
        ask = texts.say("forget-ask-word", word=plain(word or "?"), kind=kind)
        press = layout.button("forget_word", concept, texts.say("btn-delete-yes", word=word), style=layout.DANGER)
    else:
        ask = texts.say("forget-ask-all")
        press = layout.button("forget_all", member, texts.say("btn-forget-yes"), style=layout.DANGER)
    return layout.card(layout.text(ask), *layout.rows([press]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """What a deletion removed, counted."""

    receipt: str
    when: float  #: unix seconds
    photos: int
    words: int
    versions: int
    checkpoints: int
    images: int
    jobs: int
    consents: int
    files: int
    size_bytes: int
    is_key_destroyed: bool


def receipt_card(deleted: Deleted) -> Card:
    """The receipt of a deletion."""
    line = texts.say(
        "receipt-line",
        when=str(int(deleted.when)),
        photos=deleted.photos,
        words=deleted.words,
        versions=deleted.versions,
        checkpoints=deleted.checkpoints,
        images=deleted.images,
        jobs=deleted.jobs,
        consents=deleted.consents,
        files=deleted.files,
        size=texts.size(deleted.size_bytes),
    )
    key = texts.say("receipt-key" if deleted.is_key_destroyed else "receipt-key-kept")
    return layout.card(
        layout.text(
            layout.lines(
                texts.say("receipt-title"),
                line,
                key,
                texts.say("receipt-number", receipt=deleted.receipt),
                texts.say("receipt-stays"),
            )
        )
    )
