"""Cards of what moderators removed, as long as they can become."""

from __future__ import annotations

from bot.cards import Picture
from bot.cards.removals import Removed, removed_card

ID = "f" * 16
STYLE = Removed(
    report=ID, owner=2**62, name="a_" * 16, by=2**62, when=1e9, picture=Picture(name="case.png", data=b"", alt="a")
)
CARDS = {
    "removed": lambda: removed_card(STYLE, place=ID, n=2, total=4000),
    "nothing removed": lambda: removed_card(None, place=ID, n=1, total=0),
}
