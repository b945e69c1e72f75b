"""The card of those who keep order in a server: what was reported, and who is blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card, Picture
from bot.plain import plain

MOST_REASONS = 5
REASON_CHARACTERS = 500  # of one member's, as they may write
REASONS_CHARACTERS = 1000  # of all together
PROMPT_CHARACTERS = 300
BLOCK_CHARACTERS = 100  # of why somebody is blocked
MOST_TURNS = 999  # what fits into a button
MOST_LIFTED = 5  # blocked members that have a button; `/studio reports unblock:` is for all
BLOCKED_CHARACTERS = 1200  # of the list of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One reported thing."""

    report: str
    owner: int
    word: str | None  #: of a style
    prompt: str | None  #: of pictures
    said: Sequence[tuple[int | None, str]]  #: who reports it here, and why; nothing of those who were forgotten
    reporters: int  #: everywhere
    strikes: int  #: that count against its owner now
    is_hidden: bool
    when: float  #: unix seconds
    picture: Picture | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """A member who is kept out."""

    key: str
    member: int
    until: float | None
    reason: str = ""


def reports_card(
    case: Case | None, *, place: str, n: int, total: int, blocked: Sequence[Blocked], removed: int = 0
) -> Card:
    """The reported thing that is looked at, what can be done about it, who is blocked, and how much is removed."""
    look = layout.button("removed", place, texts.say("btn-removed", count=removed), n=1)
    pictures = [case.picture] if case and case.picture else []
    return layout.card(
        layout.text(_case(case, n, total) if case else texts.say("reports-none")),
        layout.gallery(pictures) if pictures else None,
        *layout.rows(_verdicts(case) if case else []),
        *layout.rows(_reports_turns(place, n, min(total, MOST_TURNS)) if total > 1 else []),
        layout.text(layout.cut(layout.lines(texts.say("blocked-title"), *map(_blocked, blocked)), BLOCKED_CHARACTERS))
        if blocked
        else None,
        *layout.rows([_lift(one, at) for at, one in enumerate(blocked[:MOST_LIFTED], 1)]),
        *layout.rows([look] if removed else []),
        pictures=pictures,
    )


def _case(case: Case, n: int, total: int) -> str:
    thing = (
        texts.say("case-pictures", prompt=plain(case.prompt, PROMPT_CHARACTERS))
        if case.prompt is not None
        else texts.say("case-style", word=plain(case.word or "", PROMPT_CHARACTERS))
    )
    return layout.lines(
        texts.say("reports-title", n=n, total=total),
        thing,
        texts.say("case-owner", owner=str(case.owner), strikes=case.strikes),
        texts.say("case-reporters", count=case.reporters, when=str(int(case.when))),
        *_said(case.said[:MOST_REASONS]),
        texts.say("words-more", count=len(case.said) - MOST_REASONS) if len(case.said) > MOST_REASONS else None,
        texts.say("case-hidden") if case.is_hidden else None,
        texts.say("case-help", hidden="yes" if case.is_hidden else "no"),
    )


def _said(said: Sequence[tuple[int | None, str]]) -> list[str]:
    limit = min(REASON_CHARACTERS, REASONS_CHARACTERS // max(1, len(said)))
    return [
        texts.say("case-forgotten")
        if member is None
        else texts.say("case-said", member=str(member), reason=plain(reason, limit))
        for member, reason in said
    ]


def _verdicts(case: Case) -> list[Button]:
    return [
        layout.button("keep_reported", case.report, texts.say("btn-keep-reported"), style=layout.SUCCESS),
        layout.button("remove_reported", case.report, texts.say("btn-remove-reported"), style=layout.DANGER),
        layout.button("strike", case.report, texts.say("btn-strike"), style=layout.DANGER),
        layout.button("block", case.report, texts.say("btn-block"), style=layout.DANGER),
    ]


def _blocked(one: Blocked) -> str:
    reason = plain(one.reason, BLOCK_CHARACTERS) or "none"
    if one.until is None:
        return texts.say("blocked-line", member=str(one.member), reason=reason)
    return texts.say("blocked-until", member=str(one.member), when=str(int(one.until)), reason=reason)


def _lift(one: Blocked, at: int) -> Button:
    return layout.button("unblock", one.key, texts.say("btn-unblock", n=at))


def _reports_turns(place: str, n: int, total: int) -> list[Button]:
    back = layout.button("reports", place, texts.say("btn-back"), n=n - 1, disabled=n == 1)
    return [back, layout.button("reports", place, texts.say("btn-next"), n=n + 1, disabled=n >= total)]
