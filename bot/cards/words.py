"""The cards of words: the list, one word, the question before a deletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

LIST_WORDS = 30
NAME_CHARACTERS = 32
TITLE_CHARACTERS = 80
VERSIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One training of a word."""

    n: int
    method: str
    size_bytes: int
    when: float  #: unix seconds
    base: str
    is_foreign: bool  #: made for another base model than the one that runs


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCard:
    """A word as its owner sees it."""

    concept: str
    name: str
    kind: str
    class_word: str | None
    visibility: str
    is_learning: bool
    versions: Sequence[VersionLine]  #: newest first
    sharing: Sequence[str] = ()  #: sentences that say who may use it

    @property
    def state(self) -> str:
        """ready, foreign, learning or empty: the word's state in one term."""
        if self.versions:
            return "foreign" if self.versions[0].is_foreign else "ready"
        return "learning" if self.is_learning else "empty"


def words_card(words: Sequence[WordCard]) -> Card:
    """All words of one member."""
    if not words:
        return layout.card(layout.text(texts.say("words-none")))
    told = [_line(word) for word in words[:LIST_WORDS]]
    more = len(words) - len(told)
    body = layout.lines(texts.say("words-title"), *told, texts.say("words-more", count=more) if more else None)
    return layout.card(layout.text(layout.cut(body)))


def _line(word: WordCard) -> str:
    newest = word.versions[0] if word.versions else None
    return texts.say(
        "words-line",
        name=plain(word.name, NAME_CHARACTERS),
        kind=texts.say(f"kind-{word.kind}"),
        state=word.state,
        method=plain(newest.method, TITLE_CHARACTERS) if newest else "",
        size=texts.size(newest.size_bytes) if newest else "",
        base=plain(newest.base, TITLE_CHARACTERS) if newest else "",
    )


def word_card(word: WordCard, sheet: Picture | None) -> Card:
    """One word with its sample sheet; shown to its owner alone."""
    pictures = [] if sheet is None else [sheet]
    usable = word.state == "ready"
    again = layout.button("relearn", word.concept, texts.say("btn-again-train"), style=layout.PRIMARY)
    buttons = [
        *([again] if word.state == "foreign" else []),
        layout.button("try", word.concept, texts.say("btn-try"), style=layout.SUCCESS, disabled=not usable),
        layout.button("ask_delete", word.concept, texts.say("btn-delete"), style=layout.DANGER),
    ]
    versions = [_version(version) for version in word.versions[:VERSIONS]]
    body = layout.lines(
        texts.say("word-title", name=plain(word.name, NAME_CHARACTERS)),
        texts.say(
            "word-kind",
            kind=texts.say(f"kind-{word.kind}"),
            class_word=plain(word.class_word or "none", NAME_CHARACTERS),
            visibility=word.visibility,
        ),
        *word.sharing,
        *(versions or [texts.say("word-none")]),
        texts.say("word-use", name=word.name) if usable else None,
    )
    return layout.card(
        layout.text(layout.cut(body)),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(buttons),
        pictures=pictures,
    )


def _version(version: VersionLine) -> str:
    if version.is_foreign:
        return texts.say("word-foreign", n=version.n, base=plain(version.base, TITLE_CHARACTERS))
    return texts.say(
        "word-version",
        n=version.n,
        method=plain(version.method, TITLE_CHARACTERS),
        size=texts.size(version.size_bytes),
        when=str(int(version.when)),
    )


def delete_card(*, concept: str, name: str) -> Card:
    """The question before a word is deleted."""
    label = texts.say("btn-delete-yes", word=name)
    return layout.card(
        layout.text(texts.say("word-delete-ask", name=plain(name, NAME_CHARACTERS))),
        *layout.rows([layout.button("delete_word", concept, label, style=layout.DANGER)]),
    )
