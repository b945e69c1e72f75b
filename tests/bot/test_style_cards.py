"""The cards of styles stay within Discord's limits, and show of each style what this member may do."""

from __future__ import annotations

from typing import Any

import pytest

from bot import cards
from bot.buttons import Press
from bot.cards import Card, Picture
from tests.bot.limits import BUTTON, TEXT, THUMBNAIL, faults_of_card, walk

JOB = "0123456789abcdef"
EVIL = "@everyone <@1> [x](http://e.vil) **_`~|#-\u202e\u0000\n> " * 60
LONG_WORD = "a_" * 16
PNG = b"\x89PNG"


def face(n: int = 1, **changes: Any) -> cards.StyleFace:
    facts: dict[str, Any] = {
        "concept": f"{n:016x}", "name": LONG_WORD, "kind": "animal", "class_word": EVIL, "owner": 2**63,
        "licence": "here", "about": EVIL, "uses": 10**9, "likes": 10**9, "is_liked": False, "is_mine": False,
        "preview": Picture(name=f"{n}.png", data=PNG, alt=EVIL), "credits": [EVIL] * 9,
    }  # fmt: skip
    return cards.StyleFace(**(facts | changes))


def gallery(*styles: cards.StyleFace, text: str = "", n: int = 1, pages: int = 1) -> Card:
    return cards.gallery_card(
        cards.Gallery(
            listing=JOB, order="top", text=text, n=n, pages=pages, total=len(styles) + 4 * (pages - 1), styles=styles
        )
    )


def work(**changes: Any) -> cards.WorkLine:
    facts: dict[str, Any] = {"job": JOB, "owner": 2**63, "pictures": 10**9, "when": 1.8e9}
    return cards.WorkLine(
        **(facts | {"others": [cards.Credit(word=LONG_WORD, owner=EVIL, names=[EVIL] * 9)] * 9} | changes)
    )


def whole(style: cards.StyleFace, *works: cards.WorkLine) -> Card:
    return cards.style_card(style, works, mixing="free")


EXTREMES = {
    "a full page": lambda: gallery(*(face(n) for n in range(1, 5)), text=EVIL, n=500, pages=10**4),
    "the last page that a button can name": lambda: gallery(face(), n=998, pages=10**6),
    "a page without pictures": lambda: gallery(*(face(n, preview=None, is_mine=True) for n in range(1, 5))),
    "nothing": gallery,
    "nothing found": lambda: gallery(text=EVIL),
    "one style": lambda: whole(face(), *[work()] * 5),
    "one style without anything": lambda: whole(face(about="", preview=None, class_word="", uses=0, likes=0)),
}


def parts(card: Card, kind: int) -> list[dict[str, Any]]:
    return [part for part in walk(card.view.to_components()) if part["type"] == kind]


def told(card: Card) -> str:
    return "\n".join(part["content"] for part in parts(card, TEXT))


def labels(card: Card) -> list[str]:
    return [part["label"] for part in parts(card, BUTTON)]


@pytest.mark.parametrize("name", EXTREMES)
def test_a_card_with_extreme_content_stays_within_discords_limits(name: str) -> None:
    card = EXTREMES[name]()

    assert faults_of_card(card) == []
    assert all(Press.of(part["custom_id"]) is not None for part in parts(card, BUTTON))
    assert all(item.is_persistent() for item in card.view.walk_children() if item.is_dispatchable())


@pytest.mark.parametrize("name", EXTREMES)
def test_no_card_shows_a_strangers_mention_link_or_hidden_character(name: str) -> None:
    text = told(EXTREMES[name]())

    assert "\u202e" not in text
    assert "\x00" not in text
    assert " @everyone" not in text
    assert "](http" not in text


def test_each_style_has_its_picture_beside_it_and_its_buttons_below() -> None:
    card = gallery(face(1, name="rex"), face(2, name="cup", is_liked=True))

    assert [part["media"]["url"] for part in parts(card, THUMBNAIL)] == ["attachment://1.png", "attachment://2.png"]
    assert labels(card)[:8] == ["Try it", "Like", "Card", "Report", "Try it", "Liked", "Card", "Report"]


def test_nobody_is_offered_to_like_or_report_what_is_their_own() -> None:
    assert labels(gallery(face(is_mine=True)))[:2] == ["Try it", "Card"]
    assert labels(whole(face(is_mine=True))) == ["Try it"]


def test_pages_are_turned_within_their_bounds() -> None:
    first, middle, last = (gallery(face(), n=n, pages=3) for n in (1, 2, 3))

    assert [[part["disabled"] for part in parts(card, BUTTON)[-3:]] for card in (first, middle, last)] == [
        [True, False, False], [False, False, False], [False, False, True],
    ]  # fmt: skip
    assert [part["custom_id"] for part in parts(middle, BUTTON)[-3:]] == [f"t1:styles:{JOB}:{n}" for n in (1, 2, 3)]
    assert "Page 2 of 3" in labels(middle)
    assert labels(gallery()) == ["Look again"]


def test_one_style_names_the_pictures_it_is_in_and_credits_their_words() -> None:
    text = told(
        whole(
            face(name="rex", uses=1, likes=0),
            work(pictures=4, owner=5, others=[cards.Credit(word="cup", owner="Eve")]),
            work(others=[]),
        )
    )

    assert "In one picture of others · no likes yet" in text
    assert f"`{JOB}` · 4 pictures by <@5>, <t:1800000000:R> with <cup> by Eve" in text
    assert text.endswith("by <@9223372036854775808>, <t:1800000000:R>")
