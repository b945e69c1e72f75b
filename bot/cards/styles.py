"""The cards of styles: a page of the gallery, and one style with what it became part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from discord import ui

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.credits import Credit, credit_line, names_line
from bot.cards.kinds import kind_of
from bot.cards.layout import Card, Picture
from bot.plain import plain

PAGE_STYLES = 4  # each takes eight of the forty components that a message may have
MOST_PAGES = 998  # of the 999 that fit into a button: the last one names a next page too
NAME_CHARACTERS = 32
ABOUT_CHARACTERS = 240
SEARCH_CHARACTERS = 60
MOST_CREDITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleFace:
    """A style as one member sees it."""

    concept: str
    name: str
    kind: str
    class_word: str
    owner: int
    licence: str  #: of the licences that there are
    about: str
    uses: int
    likes: int
    is_liked: bool
    is_mine: bool
    preview: Picture | None = None
    credits: Sequence[str] = ()  #: whom the pack credits that it came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """One page of a list of styles."""

    listing: str
    order: str
    text: str  #: what was searched for
    n: int
    pages: int
    total: int
    styles: Sequence[StyleFace]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """Pictures that a style is in."""

    job: str
    owner: int
    pictures: int
    when: float  #: unix seconds
    others: Sequence[Credit] = field(default=())  #: words it was mixed with


def gallery_card(gallery: Gallery) -> Card:
    """A page of styles, each with its preview and buttons."""
    heading = layout.lines(_title(gallery), _count(gallery))
    items = [part for style in gallery.styles for part in _style(style)]
    pictures = [style.preview for style in gallery.styles if style.preview is not None]
    return layout.card(layout.text(heading), *items, *layout.rows(_paging(gallery)), pictures=pictures)


def _title(gallery: Gallery) -> str:
    if gallery.text:
        return texts.say("gallery-search", text=plain(gallery.text, SEARCH_CHARACTERS))
    return texts.say("gallery-title", order=gallery.order)


def _count(gallery: Gallery) -> str:
    if gallery.total:
        return texts.say("gallery-count", total=gallery.total)
    return texts.say("gallery-none-found" if gallery.text else "gallery-none")


def _style(style: StyleFace) -> list[ui.Item[ui.LayoutView]]:
    told = layout.lines(
        texts.say("style-line", name=plain(style.name, NAME_CHARACTERS), kind=_kind(style)),
        *_facts(style),
    )
    card = layout.button("style", style.concept, texts.say("btn-style"))
    return [layout.beside(told, style.preview), *layout.rows(_buttons(style, card))]


def _kind(style: StyleFace) -> str:
    return kind_of(style.kind, style.class_word)


def _facts(style: StyleFace) -> list[str | None]:
    return [
        texts.say("style-by", owner=str(style.owner), licence=texts.say(f"style-licence-{style.licence}")),
        names_line(style.credits),
        plain(style.about, ABOUT_CHARACTERS),
        texts.say("style-counts", uses=style.uses, likes=style.likes),
    ]


def _buttons(style: StyleFace, *more: Button) -> list[Button]:
    """Nobody likes or reports what is their own."""
    likes, liked = (
        layout.button("like", style.concept, texts.say("btn-like")),
        layout.button("unlike", style.concept, texts.say("btn-liked")),
    )
    others = [
        liked if style.is_liked else likes,
        *more,
        layout.button("report_style", style.concept, texts.say("btn-report")),
    ]
    tried = layout.button("try", style.concept, texts.say("btn-try"), style=layout.SUCCESS)
    return [tried, *(more if style.is_mine else others)]


def _paging(gallery: Gallery) -> list[Button]:
    """One looks at the same page anew; from it a press above it knows which page it stands on."""
    if gallery.pages == 1:
        return [layout.button("styles", gallery.listing, texts.say("btn-look-again"), n=1)]
    here, last = gallery.n, min(gallery.pages, MOST_PAGES)
    page = texts.say("btn-page", n=here, pages=gallery.pages)
    turns = [(here - 1, texts.say("btn-back"), here == 1), (here, page, False)]
    turns.append((here + 1, texts.say("btn-next"), here >= last))
    return [layout.button("styles", gallery.listing, label, n=n, disabled=off) for n, label, off in turns]


def style_card(style: StyleFace, works: Sequence[WorkLine], *, mixing: str) -> Card:
    """One style, large, with what its owner allows and the pictures that it became part of."""
    name = plain(style.name, NAME_CHARACTERS)
    told = layout.lines(
        texts.say("style-title", name=name),
        _kind(style),
        *_facts(style),
        texts.say(f"style-mixing-{mixing}"),
        texts.say("style-use", name=style.name, kind=style.kind),
        texts.say("style-works") if works else None,
        *(_work(work) for work in works),
    )
    pictures = [] if style.preview is None else [style.preview]
    return layout.card(
        layout.text(layout.cut(told)),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(_buttons(style)),
        pictures=pictures,
    )


def _work(work: WorkLine) -> str:
    mixed = [credit_line(credit) for credit in work.others[:MOST_CREDITS]]
    line = texts.say("style-work", job=work.job, owner=str(work.owner), count=work.pictures, when=str(int(work.when)))
    return f"{line} {texts.say('style-mixed', credits=mixed)}" if mixed else line
