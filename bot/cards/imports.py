"""The cards of weights made elsewhere: what they show, whether the person agrees, their first pictures, the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import consent, texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.jobs import Running
from bot.cards.kinds import kind_of
from bot.cards.layout import Card, Picture
from bot.cards.results import remarks
from bot.modals import KINDS
from bot.plain import plain

NAME_CHARACTERS = 60
TRIGGER_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What was handed in, as the inspector found it."""

    name: str
    layout: str  #: file, pack or peft
    kind: str  #: lora, embedding or both
    rank: int | None
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Weights that wait for an answer."""

    id: str
    word: str
    file: FileFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A word that was taken over, before its owner has enabled it."""

    job: str
    concept: str
    word: str
    kind: str
    class_word: str
    trigger: str  #: what it is said as
    file: FileFacts
    licence: str | None  #: of a pack
    credits: Sequence[str]
    warnings: Sequence[Mapping[str, Any]]
    is_enabled: bool


def kind_card(asking: Asking) -> Card:
    """What does it show? One button for each kind."""
    kinds = [
        layout.button("import_kind", asking.id, texts.say(f"choice-{kind}"), n=n) for n, kind in enumerate(KINDS, 1)
    ]
    return layout.card(
        layout.text(layout.lines(_title(asking.word), _file(asking.file), texts.say("import-ask-kind"))),
        *layout.rows(kinds),
        *layout.rows([_drop(asking)]),
    )


def consent_card(asking: Asking) -> Card:
    """What a person agrees to, and the button that says so."""
    agree = texts.say("btn-import-agree")
    said = texts.say("report-consent", button=agree, text=consent.text())
    buttons = [
        layout.button("import_go", asking.id, agree, n=consent.TEXT_VERSION, style=layout.SUCCESS),
        layout.button("import_other", asking.id, texts.say("btn-import-other")),
        _drop(asking),
    ]
    body = layout.lines(_title(asking.word), _file(asking.file), said, texts.say("import-consent"))
    return layout.card(layout.text(body), *layout.rows(buttons))


def _drop(asking: Asking) -> Button:
    return layout.button("import_drop", asking.id, texts.say("btn-import-discard"), style=layout.DANGER)


def _title(word: str) -> str:
    return texts.say("import-title", word=plain(word))


def _file(file: FileFacts) -> str:
    return texts.say(
        "import-file",
        name=plain(file.name, NAME_CHARACTERS),
        layout=file.layout,
        kind=file.kind,
        rank=file.rank or 0,
        size=texts.size(file.size_bytes),
    )


def import_dropped() -> Card:
    """What was handed in is deleted."""
    return layout.card(layout.text(texts.say("import-dropped")))


# --- while it is taken over ------------------------------------------------------------------------------------------


def import_queued(job: str, word: str, place: str | None = None) -> Card:
    """It waits its turn."""
    told = texts.say("import-queued", word=plain(word), place=place or texts.say("import-next"))
    return layout.card(layout.text(told), *layout.rows([_cancel(job)]))


def import_running(job: str, word: str, running: Running) -> Card:
    """It is converted, and its first pictures are drawn."""
    bar, percent = layout.bar(running.done, running.total), layout.percent(running.done, running.total)
    told = texts.say("import-running", word=plain(word), bar=bar, percent=percent)
    return layout.card(layout.text(told), *layout.rows([_cancel(job)]))


def _cancel(job: str) -> Button:
    return layout.button("cancel", job, texts.say("btn-cancel"), style=layout.DANGER)


# --- what came of it -------------------------------------------------------------------------------------------------


def imported_card(job: str, word: str, owner: int, *, is_enabled: bool) -> Card:
    """The final message in the channel: nothing of what it draws is shown before its owner has seen it."""
    key = "imported-enabled" if is_enabled else "imported-waits"
    buttons = [layout.button("look", job, texts.say("btn-look"), style=layout.PRIMARY)]
    if not is_enabled:
        buttons.append(layout.button("import_discard", job, texts.say("btn-import-discard"), style=layout.DANGER))
    return layout.card(layout.text(texts.say(key, word=plain(word), owner=str(owner))), *layout.rows(buttons))


def trial_card(trial: Trial, sheet: Picture) -> Card:
    """The first pictures, with *Enable* and *Discard*; for its owner alone."""
    body = layout.lines(
        texts.say("trial-title", word=plain(trial.word)),
        texts.say("trial-kind", kind=kind_of(trial.kind, trial.class_word)),
        _file(trial.file),
        texts.say("trial-said", trigger=plain(trial.trigger, TRIGGER_CHARACTERS)),
        texts.say("trial-licence", licence=texts.say(f"style-licence-{trial.licence}")) if trial.licence else None,
        texts.say("trial-credits", credits=[plain(one) for one in trial.credits]) if trial.credits else None,
        *remarks(trial.warnings),
        texts.say("trial-ask" if not trial.is_enabled else "trial-enabled", word=trial.word),
    )
    return layout.card(
        layout.text(layout.cut(body)), layout.gallery([sheet]), *layout.rows(_choices(trial)), pictures=[sheet]
    )


def _choices(trial: Trial) -> list[Button]:
    if trial.is_enabled:
        return [layout.button("try", trial.concept, texts.say("btn-try"), style=layout.SUCCESS)]
    return [
        layout.button("enable", trial.job, texts.say("btn-enable"), style=layout.SUCCESS),
        layout.button("import_discard", trial.job, texts.say("btn-import-discard"), style=layout.DANGER),
    ]


def enabled_card(concept: str, word: str, kind: str) -> Card:
    """From now on it can be used."""
    return layout.card(
        layout.text(texts.say("import-enabled", word=plain(word), name=word, kind=kind)),
        *layout.rows([layout.button("try", concept, texts.say("btn-try"), style=layout.SUCCESS)]),
    )


def import_discarded(word: str) -> Card:
    """It is gone with its files."""
    return layout.card(layout.text(texts.say("import-discarded", word=plain(word))))
