"""The card of a word's sharing: who may use it, under which licence, and the way to close it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card
from bot.plain import plain

MOST_GRANTEES = 30
ABOUT_CHARACTERS = 300
NAME_CHARACTERS = 32
SERVER_CHARACTERS = 100  # Discord's most


@dataclass(frozen=True, slots=True, kw_only=True)
class Grantee:
    """Whom a word is open to."""

    scope: str  #: member, role, guild, elsewhere (another server) or instance
    subject: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """Moderators have removed a word."""

    server: str  #: what it is called; empty for who runs this Tintype
    is_whole: bool  #: nobody but its owner can use it anywhere, or else only there


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How a word is shared, as its owner sees it."""

    concept: str
    name: str
    grantees: Sequence[Grantee]
    licence: str
    mixing: str
    about: str
    is_quarantined: bool
    standing: Sequence[int] = ()  #: members who have leave to use it without asking each time
    barred: Sequence[Barred] = ()


def sharing_lines(sharing: Sharing | None) -> list[str]:
    """Who may use a word, as lines below its name; none while it is private."""
    barred = [_barred(one) for one in sharing.barred] if sharing else []
    if sharing is None or not sharing.grantees:
        return barred
    shown = [
        texts.say("share-with", scope=one.scope, subject=str(one.subject)) for one in sharing.grantees[:MOST_GRANTEES]
    ]
    more = len(sharing.grantees) - len(shown)
    standing = [f"<@{member}>" for member in sharing.standing[:MOST_GRANTEES]]
    told = [
        *barred,
        texts.say("share-quarantined") if sharing.is_quarantined and not _is_shut(sharing) else None,
        *shown,
        texts.say("words-more", count=more) if more else None,
        texts.say("share-licence", licence=texts.say(f"style-licence-{sharing.licence}")),
        texts.say(f"style-mixing-{sharing.mixing}"),
        texts.say("share-standing", members=standing) if standing else None,
        plain(sharing.about, ABOUT_CHARACTERS) if sharing.about else None,
    ]
    return [line for line in told if line]


def _is_shut(sharing: Sharing) -> bool:
    return any(one.is_whole for one in sharing.barred)


def _barred(one: Barred) -> str:
    key = "share-removed" if one.is_whole else "share-removed-there"
    return texts.say(key, server=plain(one.server, SERVER_CHARACTERS) or "none")


def sharing_card(sharing: Sharing) -> Card:
    """Who may use a word now; shown to its owner alone."""
    name = plain(sharing.name, NAME_CHARACTERS)
    lines = sharing_lines(sharing)
    if not lines:
        return layout.card(layout.text(texts.say("share-none", name=name)))
    if not sharing.grantees:
        return layout.card(layout.text(layout.lines(texts.say("share-none", name=name), *lines)))
    close = layout.button("unshare", sharing.concept, texts.say("btn-unshare"), style=layout.DANGER)
    return layout.card(
        layout.text(layout.cut(layout.lines(texts.say("share-title", name=name), *lines))), *layout.rows([close])
    )
