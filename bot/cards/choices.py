"""The card that asks which of several words of one name is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card
from bot.plain import plain, quoted

NAME_CHARACTERS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A word that can be meant."""

    n: int  #: its button's number
    owner: str  #: what they are called; empty when nobody knows
    is_mine: bool
    kind: str
    class_word: str
    version: int


def choice_card(pending: str, name: str, candidates: Sequence[Candidate], *, more: int = 0) -> Card:
    """The question, with a button for each word that can be meant; `more` are not shown."""
    lines = [
        texts.say(
            "choice-line",
            n=one.n,
            whose=_whose(one),
            owner=plain(one.owner, NAME_CHARACTERS),
            kind=texts.say(f"kind-{one.kind}"),
            class_word=plain(one.class_word, NAME_CHARACTERS),
            version=one.version,
        )
        for one in candidates
    ]
    buttons = [layout.button("mean", pending, _label(one), n=one.n) for one in candidates]
    told = layout.lines(
        texts.say("choice-title", name=plain(name, NAME_CHARACTERS)),
        *lines,
        texts.say("choice-more", count=more) if more > 0 else None,
    )
    return layout.card(layout.text(told), *layout.rows(buttons))


def _label(one: Candidate) -> str:
    owner = quoted(one.owner, NAME_CHARACTERS)
    return texts.say("btn-mean", n=one.n, whose=_whose(one), owner=owner, class_word=one.class_word)


def _whose(one: Candidate) -> str:
    if one.is_mine:
        return "mine"
    return "named" if one.owner.strip() else "nobody"
