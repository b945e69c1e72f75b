"""The photo report: every photo with its verdict, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from discord import ui

from bot import menus, texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.kinds import class_of
from bot.cards.layout import Card, Picture
from bot.modals import KINDS
from bot.plain import plain, quoted
from storage.photos import KEEP_DAYS

PAGE_PHOTOS = 10  # Discord: at most ten attachments in a message
NAME_CHARACTERS = 40
METHOD_CHARACTERS = 60
REMARK_CHARACTERS = 160
REJECTED_LINES = 10
TEXT_CHARACTERS = 1500  # of the verdicts, and of the rejections
MOST_KEPT_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoLine:
    """One accepted photo of the draft."""

    id: str  #: of the photo, so that *Remove 3* removes the one that was shown as 3
    n: int  #: 1, 2, … as the member counts them
    name: str
    width: int
    height: int
    remarks: tuple[str, ...]  #: finished sentences: blurred, dark, duplicate of photo 2
    thumbnail: bytes
    seen: str = ""  #: what its subject covers and how it will be cropped, once the engine has looked
    is_framed: bool = False  #: what a close crop leaves out is dimmed in the small picture


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhotos:
    """Photos that no training needs just now."""

    draft: str
    word: str
    count: int
    until: float  #: unix seconds; then they go by themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A draft as its owner sees it."""

    draft: str
    word: str
    kind: str | None  #: None until it is chosen
    class_word: str | None
    photos: Sequence[PhotoLine]
    rejected: Sequence[str]  #: finished sentences
    least: int  #: photos the method needs
    advised: int = 5  #: below this the likeness is rough
    most: int = 20  #: used for training at most
    consent: str | None = None  #: for a person: the text that pressing *Train* agrees to
    consent_version: int = 0  #: of that text; the button says which one was read
    person: int | None = None  #: the member who is shown, when that is another than the owner: they are asked for it
    has_agreed: bool = False  #: they ticked the box in the form
    agreed_at: float | None = None  #: unix seconds; to this text, for an earlier version of the word
    is_next: bool = False  #: it teaches the next version of a word that is there
    keep_days: int = 0  #: how long the photos stay after the word is learned
    until: float = 0.0  #: unix seconds; then they go by themselves
    methods: Sequence[tuple[str, str]] = ()  #: ways to learn that one may choose from: name and what it is
    method: str = ""  #: the name of the one that it will be learned with; empty while that is not known
    troubles: Mapping[str, str] = field(default_factory=dict)  #: word, class, method -> why it cannot be taken
    page: int = 1


def photo_report(report: Report) -> Card:
    """The ephemeral card after photos were handed in; ten photos a page."""
    shown = _page(report)
    pictures = [_picture(report, photo) for photo in shown]
    return layout.card(
        layout.text(_heading(report, shown)),
        layout.gallery(pictures) if pictures else None,
        layout.text(_verdicts(shown)) if shown else None,
        layout.text(_rejections(report)) if report.rejected else None,
        layout.text(layout.lines(_consent(report), _kept(report))),
        *layout.rows([layout.button("remove", p.id, texts.say("btn-remove", n=p.n)) for p in shown]),
        *layout.rows(_kinds(report)),
        *layout.rows(_actions(report)),
        *_methods(report),
        pictures=pictures,
    )


def pages(report: Report) -> int:
    """How many pages the photos take, at least one."""
    return max(1, -(-len(report.photos) // PAGE_PHOTOS))


def discarded() -> Card:
    """What is left of a report that was cancelled."""
    return layout.card(layout.text(texts.say("report-discarded")))


def put_aside(kept: KeptPhotos) -> Card:
    """What is left of a report whose photos stay kept for a next version."""
    return layout.card(
        layout.text(layout.lines(texts.say("report-put-aside"), kept_line(kept))), *layout.rows([drop_button(kept)])
    )


def kept_line(kept: KeptPhotos) -> str:
    """How many photos are kept for a next version, and until when."""
    return texts.say("photos-kept", count=kept.count, until=str(int(kept.until)), word=plain(kept.word))


def drop_button(kept: KeptPhotos) -> Button:
    """*Delete my photos now*."""
    return layout.button("drop_photos", kept.draft, texts.say("btn-drop-photos"), style=layout.DANGER)


def kept_list(kept: Sequence[KeptPhotos]) -> list[Any]:
    """The parts of a card that list photos which are kept, each with its button; nothing when there are none."""
    shown = kept[:MOST_KEPT_SHOWN]
    if not shown:
        return []
    told = [
        texts.say("photos-line", word=plain(o.word) or "none", count=o.count, until=str(int(o.until))) for o in shown
    ]
    buttons = [
        layout.button("drop_photos", one.draft, texts.say("btn-drop-photos-of", word=one.word), style=layout.DANGER)
        for one in shown
    ]
    return [layout.text(layout.lines(texts.say("photos-title"), *told)), *layout.rows(buttons)]


def _page(report: Report) -> Sequence[PhotoLine]:
    first = (min(max(1, report.page), pages(report)) - 1) * PAGE_PHOTOS
    return report.photos[first : first + PAGE_PHOTOS]


def _picture(report: Report, photo: PhotoLine) -> Picture:
    alt = texts.say(
        "report-alt",
        n=photo.n,
        total=len(report.photos),
        word=report.word.strip() or "none",
        name=quoted(photo.name, NAME_CHARACTERS),
        is_framed="yes" if photo.is_framed else "no",
    )
    return Picture.named(f"photo-{photo.n:02}", photo.thumbnail, alt)


def _heading(report: Report, shown: Sequence[PhotoLine]) -> str:
    have = len(report.photos)
    counts = texts.say(
        "report-counts",
        good=have,
        kind=texts.say(f"kind-{report.kind}") if report.kind else "none",
        class_word=class_of(report.kind, _class_word(report)),
    )
    page = None
    if pages(report) > 1:
        page = texts.say("report-page", first=shown[0].n, last=shown[-1].n, total=have)
    return layout.lines(
        texts.say("report-title", word=plain(report.word, NAME_CHARACTERS) or "none"),
        *(texts.say(f"report-{part}-trouble", trouble=trouble) for part, trouble in report.troubles.items()),
        texts.say("report-next", word=plain(report.word, NAME_CHARACTERS)) if report.is_next else None,
        counts,
        _method(report),
        page,
        _enough(report),
        None if report.kind or not report.photos else texts.say("report-kind-ask"),
    )


def _class_word(report: Report) -> str | None:
    """What it is a kind of, unless that cannot be taken."""
    return None if "class" in report.troubles else report.class_word


def _is_ready(report: Report) -> bool:
    return len(report.photos) >= report.least and not report.troubles and report.kind is not None


def _enough(report: Report) -> str | None:
    have = len(report.photos)
    if have < report.least:
        return texts.say("report-few", have=have, need=report.least, missing=report.least - have)
    if have > report.most:
        return texts.say("report-many", total=have, most=report.most)
    is_ready = "yes" if _is_ready(report) else "no"
    return texts.say("report-warn-few", have=have, is_ready=is_ready) if have < report.advised else None


def _verdicts(shown: Sequence[PhotoLine]) -> str:
    return layout.cut("\n".join(_verdict(photo) for photo in shown), TEXT_CHARACTERS)


def _verdict(photo: PhotoLine) -> str:
    remarks = plain_remarks(photo.remarks)
    return texts.say(
        "report-line-warn" if remarks else "report-line-good",
        n=photo.n,
        name=plain(photo.name, NAME_CHARACTERS),
        width=photo.width,
        height=photo.height,
        seen=photo.seen,
        remarks=remarks,
    )


def plain_remarks(remarks: Sequence[str]) -> str:
    """The remarks of one photo on one line."""
    return layout.cut(" ".join(remarks), REMARK_CHARACTERS)


def _rejections(report: Report) -> str:
    told = [f"✖ {sentence}" for sentence in report.rejected[:REJECTED_LINES]]
    more = len(report.rejected) - len(told)
    told = [layout.cut(line, TEXT_CHARACTERS // (len(told) + 2)) for line in told]
    return layout.lines(
        texts.say("report-rejected-title"), *told, texts.say("report-rejected-more", count=more) if more else None
    )


def _consent(report: Report) -> str | None:
    if report.consent is None:
        return None
    if report.person is not None:
        key = "report-sitter" if report.agreed_at is None else "report-sitter-agreed"
        facts = {"person": str(report.person), "text": report.consent, "when": str(int(report.agreed_at or 0))}
        return texts.say(key, button=texts.say("btn-ask-sitter"), **facts)
    if report.has_agreed:
        return texts.say("report-agreed", text=report.consent)
    if report.agreed_at is not None:
        return texts.say("report-agreed-before", text=report.consent, when=str(int(report.agreed_at)))
    return texts.say("report-consent", button=texts.say("btn-agree-train"), text=report.consent)


def _kept(report: Report) -> str:
    return texts.say("report-kept", days=report.keep_days, until=str(int(report.until)))


def _kinds(report: Report) -> list[Button]:
    """What the photos show, to choose from, until it is known."""
    if report.kind or not report.photos:
        return []
    labels = [texts.say(f"choice-{name}") for name in KINDS]
    return [layout.button("kind", report.draft, label, n=n, style=layout.PRIMARY) for n, label in enumerate(labels, 1)]


def _methods(report: Report) -> list[layout.Row]:
    """The ways to learn, to choose from, where there is more than one."""
    if len(report.methods) < 2 or not report.photos:
        return []
    return [
        ui.ActionRow(menus.choices("method", report.draft, 0, texts.say("menu-method"), report.methods, report.method))
    ]


def _method(report: Report) -> str | None:
    title = dict(report.methods).get(report.method) if len(report.methods) > 1 else None
    return title and texts.say("report-method", method=plain(title, METHOD_CHARACTERS))


def _actions(report: Report) -> list[Button]:
    label = texts.say(_training_label(report))
    style = layout.PRIMARY if report.troubles else layout.PLAIN
    page, last = min(max(1, report.page), pages(report)), pages(report)
    actions = [
        layout.button(
            "train",
            report.draft,
            label,
            n=report.consent_version,
            style=layout.SUCCESS,
            disabled=not _is_ready(report),
        ),
        layout.button("add", report.draft, texts.say("btn-add")),
        layout.button("word", report.draft, texts.say("btn-word"), style=style),
        _keeping(report),
        layout.button("discard", report.draft, texts.say("btn-discard"), style=layout.DANGER),
    ]
    if page > 1:
        actions.append(layout.button("page", report.draft, texts.say("btn-earlier"), n=page - 1))
    if page < last:
        actions.append(layout.button("page", report.draft, texts.say("btn-later"), n=page + 1))
    return actions


def _training_label(report: Report) -> str:
    if report.consent is None or report.agreed_at is not None:
        return "btn-train"
    if report.person is not None:
        return "btn-ask-sitter"
    return "btn-train" if report.has_agreed else "btn-agree-train"


def _keeping(report: Report) -> Button:
    """How long the photos are kept afterwards; a press chooses the next longer time."""
    following = KEEP_DAYS[(KEEP_DAYS.index(report.keep_days) + 1) % len(KEEP_DAYS)]
    return layout.button("keep_photos", report.draft, texts.say("btn-keep-photos", days=report.keep_days), n=following)
