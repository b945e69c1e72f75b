"""The card of who decided what: each line with what it was before and what it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import texts
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card
from bot.plain import plain
from storage.rules import EVERYBODY

MOST_TURNS = 999  # what fits into a button
MOST_NAMED = 4  # roles or channels told of one rule; ten lines of them fit into a card
NAME_CHARACTERS = 80
BY_ITSELF = frozenset({"left", "kept-no-longer", "held-back"})  # what nobody has to press
NUMBERS = ("trainings", "pictures", "at_once")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of the log."""

    when: float
    who: int | None
    action: str
    whom: int | None
    facts: Mapping[str, Any] = field(default_factory=dict)  #: as `Audit.note` was given them


def audit_card(entries: Sequence[AuditLine], *, place: str, n: int, pages: int) -> Card:
    """A page of the log, the newest line first."""
    turns = layout.rows(_turns(place, n, min(pages, MOST_TURNS)) if pages > 1 else [])
    told = layout.lines(texts.say("audit-title"), *map(_entry, entries)) if entries else texts.say("audit-none")
    return layout.card(layout.text(layout.cut(told)), *turns)


def _turns(place: str, n: int, pages: int) -> list[Button]:
    back = layout.button("audit", place, texts.say("btn-back"), n=n - 1, disabled=n == 1)
    return [back, layout.button("audit", place, texts.say("btn-next"), n=n + 1, disabled=n >= pages)]


def _entry(line: AuditLine) -> str:
    nobody = texts.say("audit-itself" if line.action in BY_ITSELF else "audit-nobody")
    who = nobody if line.who is None else f"<@{line.who}>"
    return texts.say("audit-line", when=str(int(line.when)), who=who, what=_what(line))


def _what(line: AuditLine) -> str:
    """What was done, and where something was changed, from what to what."""
    key, facts = f"audit-{line.action}", line.facts
    if not texts.knows(key):
        return plain(line.action, NAME_CHARACTERS)
    told = texts.say(
        key,
        whom="none" if line.whom is None else f"<@{line.whom}>",
        count=int(facts.get("count") or 0),
        channel=f"<#{facts['channel']}>" if facts.get("channel") else "none",
        until=str(int(facts["until"])) if facts.get("until") else "none",
        role=_role(facts.get("role")),
        text=plain(str(facts.get("text", ""))),
        kind=texts.say(f"choice-filter-{facts['kind']}") if facts.get("kind") else "",
    )
    changes = _changes(line)
    return texts.say("audit-changed", what=told, changes=changes) if changes else told


def _role(role: int | None) -> str:
    return "none" if role in (None, EVERYBODY) else f"<@&{role}>"


# --- what was changed ------------------------------------------------------------------------------------------------


def _changes(line: AuditLine) -> list[str]:
    """`before → now`, a limit's numbers each by its name; lines of an earlier Tintype know no before."""
    facts = line.facts
    if line.action == "quota":
        return _numbers(facts.get("before") or {}, facts.get("value") or facts)
    if "value" not in facts:
        return []
    say = VALUES.get(str(facts.get("name") or line.action.removeprefix("setup-")), str)
    return [_change(say(facts["before"]) if "before" in facts else None, say(facts["value"]))]


def _change(before: str | None, now: str) -> str:
    return now if before is None else texts.say("audit-change", before=before, now=now)


def _numbers(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return [
        texts.say(f"audit-{name}", change=_change(_number(before[name]) if before else None, _number(now.get(name))))
        for name in NUMBERS
        if not before or before[name] != now.get(name)
    ]


def _number(number: int | None) -> str:
    return texts.say("quota-any") if number is None else str(number)


def _named(sign: str, none: str) -> Callable[[Sequence[int]], str]:
    """Says roles or channels, the first few of many; `none` is the text for no one of them."""

    def say(numbers: Sequence[int]) -> str:
        named = [f"<{sign}{number}>" for number in numbers[:MOST_NAMED]]
        more = len(numbers) - len(named)
        return texts.listed([*named, *([texts.say("audit-more", count=more)] if more else [])]) or texts.say(none)

    return say


def _counted(key: str) -> Callable[[int], str]:
    return lambda count: texts.say(key, count=count)


def _switched(key: str) -> Callable[[Any], str]:
    return lambda is_on: texts.say(key, state=texts.say("yes" if is_on else "no"))


#: how the value of each setting is said; the names are those of storage.setups
VALUES: Mapping[str, Callable[[Any], str]] = {
    "trainers": _named("@&", "audit-everybody"),
    "drawers": _named("@&", "audit-everybody"),
    "first": _named("@&", "audit-no-one"),
    "channels": _named("#", "audit-everywhere"),
    "has_people": lambda is_on: texts.say("yes" if is_on else "no"),
    "keep_days": _counted("audit-days"),
    "left_days": _counted("audit-days"),
    "threshold": _counted("audit-reports"),
    "pictures": _switched("btn-setup-pictures"),
    "training": _switched("btn-setup-training"),
    "enlarge": _switched("btn-setup-enlarge"),
    "spoiler": _switched("btn-setup-spoiler"),
    "count": _counted("place-count-choice"),
    "quality": lambda quality: texts.say("place-quality-choice", quality=texts.say(f"choice-{quality}")),
    "shape": lambda shape: texts.say(f"place-shape-{shape}"),
}
