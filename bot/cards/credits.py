"""The line that credits a word: how it is written, whose it is, and which version where that is not today's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.plain import plain

WORD_CHARACTERS = 40  # with its strength
OWNER_CHARACTERS = 32
MOST_NAMES = 4  # of those whom a pack credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """A word in pictures, as one reader is told of it."""

    word: str  #: as it is written, without brackets: `ana-dog:0.8`
    owner: str = ""  #: what they are called, which is no mention; empty when nobody knows
    is_mine: bool = False  #: of who reads it
    version: int = 0  #: 0 where there is none to tell
    is_dropped: bool = False  #: that version, so that nothing more can be made with it
    is_gone: bool = False  #: deleted, so that nobody is credited
    names: Sequence[str] = ()  #: that the pack wants to be credited which the word came from


def credit_line(credit: Credit) -> str:
    """`<ana-dog> by Ana (version 2)`."""
    state = "dropped" if credit.is_dropped else "ready"
    version = texts.say("credit-version", version=credit.version, state=state) if credit.version else ""
    word, owner = f"<{plain(credit.word, WORD_CHARACTERS)}>", plain(credit.owner, OWNER_CHARACTERS)
    pack = texts.say("credit-pack", credits=plain_names(credit.names)) if credit.names else ""
    return texts.say(f"credit-{_whose(credit)}", word=word, owner=owner) + version + pack


def plain_names(names: Sequence[str]) -> list[str]:
    """Names that a pack credits, as a card may show them."""
    shown = [plain(name, OWNER_CHARACTERS) for name in names[:MOST_NAMES]]
    return [*shown, "…"] if len(names) > MOST_NAMES else shown


def names_line(names: Sequence[str]) -> str | None:
    """A line of whom one credits for a word from a pack; None where it is nobody."""
    return texts.say("trial-credits", credits=plain_names(names)) if names else None


def _whose(credit: Credit) -> str:
    if credit.is_gone:
        return "gone"
    if credit.is_mine:
        return "mine"
    return "named" if credit.owner.strip() else "nobody"
