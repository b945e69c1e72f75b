"""The cards of words: the list, one word, the question before a deletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.kinds import kind_of
from bot.cards.layout import Card, Picture
from bot.cards.photos import KeptPhotos, drop_button, kept_line
from bot.plain import plain

LIST_WORDS = 30
NAME_CHARACTERS = 32
TITLE_CHARACTERS = 80
VERSIONS = 8  # a row of buttons for each, of the forty parts that a message may have


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One training of a word."""

    id: str
    n: int
    method: str
    size_bytes: int
    when: float  #: unix seconds
    base: str
    is_foreign: bool  #: made for another base model than the one that runs
    is_used: bool = False  #: the word means it
    score: float | None = None  #: likeness from 0 to 1, where the engine could tell
    step: int | None = None  #: of the sample point that was chosen
    strength: float = 1.0  #: where a prompt says none


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
    kept: KeptPhotos | None = None  #: the photos for its next version
    taken_by: str | None = None  #: the job that took it over from a file, until it is enabled

    @property
    def used(self) -> VersionLine | None:
        """The version that the word means; None when there is none, or none for this base model."""
        return next((version for version in self.versions if version.is_used), None)

    @property
    def state(self) -> str:
        """ready, foreign, waits (to be enabled), learning or empty: the word's state in one term."""
        if self.versions:
            return "ready" if self.used else "foreign"
        if self.taken_by:
            return "waits"
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
    newest = word.used or (word.versions[0] if word.versions else None)
    return texts.say(
        "words-line",
        name=plain(word.name, NAME_CHARACTERS),
        kind=texts.say(f"kind-{word.kind}"),
        state=word.state,
        method=plain(newest.method, TITLE_CHARACTERS) if newest else "",
        size=texts.size(newest.size_bytes) if newest else "",
        base=plain(newest.base, TITLE_CHARACTERS) if newest else "",
        visibility=word.visibility,
    )


def word_card(word: WordCard, sheet: Picture | None) -> Card:
    """One word with its sample sheet; shown to its owner alone."""
    pictures = [] if sheet is None else [sheet]
    usable = word.state == "ready"
    is_one_of_several = len(word.versions) > 1
    versions = [_version(one, is_marked=one.is_used and is_one_of_several) for one in word.versions[:VERSIONS]]
    more = len(word.versions) - len(versions)
    body = layout.lines(
        texts.say("word-title", name=plain(word.name, NAME_CHARACTERS)),
        texts.say(
            "word-kind",
            kind=kind_of(word.kind, word.class_word),
            visibility=word.visibility,
        ),
        *word.sharing,
        *(versions or [texts.say("word-waits" if word.taken_by else "word-none")]),
        texts.say("word-versions-more", count=more) if more > 0 else None,
        kept_line(word.kept) if word.kept else None,
        texts.say("word-use", name=word.name, kind=word.kind) if usable else None,
        texts.say("sheet-legend") if pictures else None,
    )
    return layout.card(
        layout.text(layout.cut(body)),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(_deeds(word)),
        *_rows_of_versions(word.versions[:VERSIONS]),
        pictures=pictures,
    )


def _deeds(word: WordCard) -> list[Button]:
    """What can be done with the word as it is."""
    is_foreign, usable = word.state == "foreign", word.used is not None
    label = texts.say("btn-again-train" if is_foreign else "btn-next-version")
    again = layout.button("relearn", word.concept, label, style=layout.PRIMARY if is_foreign else layout.PLAIN)
    compare = layout.button("compare", word.used.id, texts.say("btn-compare")) if word.used else None
    look = layout.button("look", word.taken_by, texts.say("btn-look"), style=layout.PRIMARY) if word.taken_by else None
    deeds = [
        look,
        layout.button("try", word.concept, texts.say("btn-try"), style=layout.SUCCESS, disabled=not usable),
        again if word.versions and not word.is_learning else None,
        compare,
        layout.button("ask_delete", word.concept, texts.say("btn-delete"), style=layout.DANGER),
        drop_button(word.kept) if word.kept else None,
    ]
    return [deed for deed in deeds if deed is not None]


def _rows_of_versions(versions: Sequence[VersionLine]) -> list[layout.Row]:
    """*Use* and *Drop* for each of several versions; one alone is the word."""
    return [] if len(versions) < 2 else [layout.Row(*_deeds_of(version)) for version in versions]


def _deeds_of(version: VersionLine) -> list[Button]:
    is_fixed = version.is_used or version.is_foreign
    return [
        layout.button("use_version", version.id, texts.say("btn-use-version", n=version.n), disabled=is_fixed),
        layout.button("ask_drop", version.id, texts.say("btn-drop-version", n=version.n), style=layout.DANGER),
    ]


def _version(version: VersionLine, *, is_marked: bool) -> str:
    if version.is_foreign:
        return texts.say("word-foreign", n=version.n, base=plain(version.base, TITLE_CHARACTERS))
    return texts.say(
        "word-version",
        n=version.n,
        use="yes" if is_marked else "no",
        method=plain(version.method, TITLE_CHARACTERS),
        size=texts.size(version.size_bytes),
        score="none" if version.score is None else layout.percent(version.score, 1.0),
        step=version.step or "none",
        strength="none" if version.strength == 1.0 else f"{version.strength:g}",
        base=plain(version.base, TITLE_CHARACTERS),
        when=str(int(version.when)),
    )


def drop_card(*, version: str, n: int, name: str) -> Card:
    """The question before one version is dropped."""
    label = texts.say("btn-drop-yes", n=n)
    return layout.card(
        layout.text(texts.say("version-drop-ask", n=n, name=plain(name, NAME_CHARACTERS))),
        *layout.rows([layout.button("drop_version", version, label, style=layout.DANGER)]),
    )


def delete_card(*, concept: str, name: str) -> Card:
    """The question before a word is deleted."""
    label = texts.say("btn-delete-yes", word=name)
    return layout.card(
        layout.text(texts.say("word-delete-ask", name=plain(name, NAME_CHARACTERS))),
        *layout.rows([layout.button("delete_word", concept, label, style=layout.DANGER)]),
    )
