"""The cards of /studio setup: the rules of a server, and those of one channel, each with what changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discord import ui

from bot import menus, texts
from bot.access import IN_THREADS, Access, named
from bot.buttons import Button
from bot.cards import layout
from bot.cards.layout import Card
from bot.menus import Menu
from bot.studio import NEEDED
from storage.setups import COUNTS, KEEP_DAYS, LEFT_DAYS, MOST_NAMED, QUALITIES, SHAPES, THRESHOLDS, Place, Setup

MOST_LACKING = 4  # channels told one by one; more do not fit in a wordy language


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """The rules of a server as its managers see them."""

    key: str  #: the server's id in a button
    setup: Setup
    accesses: Sequence[Access]  #: of the channels that matter
    apart: Sequence[int]  #: channels with rules of their own
    is_stale: bool  #: the card that was pressed was not new any more


def setup_card(told: Arranged) -> Card:
    """The rules of a server: what holds, in words, and below it the menus that change it."""
    setup = told.setup
    return layout.card(
        layout.text(texts.say("setup-stale")) if told.is_stale else None,
        layout.text(layout.lines(texts.say("setup-title"), *_rules(setup))),
        *_named_menus(told.key, setup),
        *_choice_menus(told.key, setup),
        *layout.rows(
            [
                layout.button("setup_people", told.key, _switch("people", is_on=setup.has_people), n=setup.revision),
                layout.button("setup_look", told.key, texts.say("btn-look-again"), n=setup.revision),
            ]
        ),
        layout.text(layout.lines(*_apart(told.apart), *_accesses(told.accesses), texts.say("setup-help"))),
    )


def _rules(setup: Setup) -> list[str]:
    return [
        texts.say("setup-trainers", roles=_roles(setup.trainers)),
        texts.say("setup-drawers", roles=_roles(setup.drawers)),
        texts.say("setup-first", roles=_roles(setup.first)),
        texts.say("setup-channels", channels=_channels(setup.channels)),
        texts.say("setup-people", state=_yes(setup.has_people)),
        texts.say("setup-keep", days=setup.keep_days),
        texts.say("setup-left", days=setup.left_days),
        texts.say("setup-threshold", count=setup.threshold),
    ]


def _named_menus(key: str, setup: Setup) -> list[layout.Row]:
    n, most = setup.revision, MOST_NAMED
    return [
        _row(menus.roles("setup_trainers", key, n, texts.say("menu-trainers"), setup.trainers, most)),
        _row(menus.roles("setup_drawers", key, n, texts.say("menu-drawers"), setup.drawers, most)),
        _row(menus.roles("setup_first", key, n, texts.say("menu-first"), setup.first, most)),
        _row(menus.channels("setup_channels", key, n, texts.say("menu-channels"), setup.channels, most)),
    ]


def _choice_menus(key: str, setup: Setup) -> list[layout.Row]:
    n = setup.revision
    keep = [(str(days), texts.say("setup-keep-choice", days=days)) for days in KEEP_DAYS]
    left = [(str(days), texts.say("setup-left-choice", days=days)) for days in LEFT_DAYS]
    over = [(str(count), texts.say("setup-threshold-choice", count=count)) for count in THRESHOLDS]
    return [
        _row(menus.choices("setup_keep", key, n, texts.say("menu-keep"), keep, str(setup.keep_days))),
        _row(menus.choices("setup_left", key, n, texts.say("menu-left"), left, str(setup.left_days))),
        _row(menus.choices("setup_threshold", key, n, texts.say("menu-threshold"), over, str(setup.threshold))),
    ]


# --- one channel -----------------------------------------------------------------------------------------------------


def place_card(channel: int, key: str, place: Place, access: Access, *, is_open: bool, is_stale: bool) -> Card:
    """The rules of a channel, with what changes them, and what the bot may do there."""
    return layout.card(
        layout.text(texts.say("setup-stale")) if is_stale else None,
        layout.text(
            layout.lines(texts.say("place-title", channel=str(channel)), *_place_rules(place, is_open=is_open))
        ),
        *layout.rows(_switches(key, place)),
        *_place_menus(key, place),
        layout.text(layout.lines(*_access(access))),
        *layout.rows([layout.button("place_look", key, texts.say("btn-look-again"), n=place.revision)]),
    )


def _switches(key: str, place: Place) -> list[Button]:
    n = place.revision
    return [
        layout.button("place_pictures", key, _switch("pictures", is_on=place.pictures), n=n),
        layout.button("place_training", key, _switch("training", is_on=place.training), n=n),
        layout.button("place_enlarge", key, _switch("enlarge", is_on=place.enlarge), n=n),
        layout.button("place_spoiler", key, _switch("spoiler", is_on=place.spoiler), n=n),
    ]


def _place_menus(key: str, place: Place) -> list[layout.Row]:
    n = place.revision
    counts = [(str(count), texts.say("place-count-choice", count=count)) for count in COUNTS]
    qualities = [(quality, texts.say("place-quality-choice", quality=_quality(quality))) for quality in QUALITIES]
    shapes = [(shape, texts.say(f"place-shape-{shape}")) for shape in SHAPES]
    return [
        _row(menus.choices("place_count", key, n, texts.say("menu-count"), counts, str(place.count))),
        _row(menus.choices("place_quality", key, n, texts.say("menu-quality"), qualities, place.quality)),
        _row(menus.choices("place_shape", key, n, texts.say("menu-shape"), shapes, place.shape)),
    ]


def _place_rules(place: Place, *, is_open: bool) -> list[str | None]:
    return [
        None if is_open else texts.say("place-closed"),
        texts.say("place-pictures", state=_yes(place.pictures)),
        texts.say("place-training", state=_yes(place.training)),
        texts.say("place-enlarge", state=_yes(place.enlarge)),
        texts.say("place-spoiler", state=_yes(place.spoiler)),
        texts.say("place-caps", count=place.count, quality=_quality(place.quality)),
        texts.say(f"place-shape-{place.shape}"),
    ]


def _access(access: Access) -> list[str]:
    """Each permission that is used there: granted, or how it is granted."""
    lines = [
        texts.say("access-line", permission=named([name])[0], state="no" if name in access.lacking else "yes")
        for name in (*NEEDED, IN_THREADS)
    ]
    fix = [] if not access.lacking else [_fix(access)]
    return [texts.say("access-title"), *lines, *fix]


def _fix(access: Access) -> str:
    return texts.say("access-fix", channel=str(access.channel), permissions=named(access.lacking))


def _accesses(accesses: Sequence[Access]) -> list[str]:
    """Where no card could be posted, and the fix; the names of permissions stand once for each channel."""
    short = [access for access in accesses if not access.is_enough]
    if not accesses:
        return []
    if not short:
        return [texts.say("access-all")]
    lines = [texts.say("access-some", count=len(short)), *map(_fix, short[:MOST_LACKING])]
    return lines + ([texts.say("access-more", count=len(short) - MOST_LACKING)] if len(short) > MOST_LACKING else [])


# --- parts -----------------------------------------------------------------------------------------------------------


def _apart(apart: Sequence[int]) -> list[str]:
    return [texts.say("setup-apart", channels=_channels(apart[:MOST_NAMED]))] if apart else []


def _row(menu: Menu) -> layout.Row:
    return ui.ActionRow(menu)


def _switch(name: str, *, is_on: bool) -> str:
    return texts.say(f"btn-setup-{name}", state=_yes(is_on))


def _yes(state: bool) -> str:  # noqa: FBT001  the one thing it is about
    return texts.say("yes" if state else "no")


def _quality(quality: str) -> str:
    return texts.say(f"choice-{quality}")


def _roles(numbers: Sequence[int]) -> list[str] | str:
    return [f"<@&{number}>" for number in numbers] or "none"


def _channels(numbers: Sequence[int]) -> list[str] | str:
    return [f"<#{number}>" for number in numbers] or "none"
