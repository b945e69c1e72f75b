"""The card of a member's favourites: some pictures, each with buttons to recall it and to let it go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

PROMPT_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourite:
    """One picture in the list."""

    image: str
    prompt: str
    when: float  #: unix seconds
    picture: Picture | None  #: None when it is too large to be shown beside the others


def favourites_card(member: str, favourites: Sequence[Favourite], page: int, pages: int) -> Card:
    """One page of favourites; `member` is 16 hex characters."""
    if not favourites:
        return layout.card(layout.text(texts.say("favourites-none")))
    pictures = [one.picture for one in favourites if one.picture is not None]
    show = [layout.button("recall", one.image, texts.say("btn-recall", n=n)) for n, one in enumerate(favourites, 1)]
    drop = [
        layout.button("unstar", one.image, texts.say("btn-unstar", n=n), n=page) for n, one in enumerate(favourites, 1)
    ]
    turn = [
        layout.button("stars", member, texts.say("btn-back"), n=page - 1, disabled=page == 1),
        layout.button("stars", member, texts.say("btn-next"), n=page + 1, disabled=page == pages),
    ]
    lines = [texts.say("favourites-title"), *(_line(n, one) for n, one in enumerate(favourites, 1))]
    return layout.card(
        layout.text(layout.lines(*lines)),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(show),
        *layout.rows(drop),
        *layout.rows(turn if pages > 1 else []),
        pictures=pictures,
    )


def _line(n: int, one: Favourite) -> str:
    prompt = plain(one.prompt, PROMPT_CHARACTERS)
    return texts.say("favourites-line", n=n, prompt=prompt, image=one.image, when=str(int(one.when)))
