"""Every sentence a member sees, by its id: `say("E_PHOTO_SMALL", photo=3)` says it in the language of who listens.

That is known at the door: `speak` sets it for the task that answers an interaction, `speaking` for a block that writes
to somebody else, such as a final message. Work on the store's thread speaks the language of whoever asked for it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

log = logging.getLogger(__name__)

FALLBACK = "en"  # the one catalogue that is always whole; logs and command lines speak it
_language: ContextVar[str] = ContextVar("language", default=FALLBACK)


class NoSuchText(KeyError):
    """No catalogue holds this id."""


# --- languages ------------------------------------------------------------------------------------------------------


@cache
def bundle(locale: str) -> FluentBundle | None:
    """The catalogue of one language (`de`), or None where there is none."""
    source = files(__package__).joinpath(f"{locale}.ftl")
    if not source.is_file():
        return None
    catalogue = FluentBundle([locale], use_isolating=False)
    catalogue.add_resource(FluentResource(source.read_text("utf-8")))
    return catalogue


@cache
def languages() -> tuple[str, ...]:
    """All languages there is a catalogue for."""
    names = (file.name.rpartition(".") for file in files(__package__).iterdir())
    return tuple(sorted(name for name, _, ending in names if ending == "ftl"))


def language_of(locale: str) -> str:
    """The catalogue for a locale of Discord's: its own (`pt-BR`), that of its language (`pt`), or English."""
    nearest = (name for name in (locale, locale.partition("-")[0]) if name in languages())
    return next(nearest, FALLBACK)


def language() -> str:
    """The language spoken here and now."""
    return _language.get()


def speak(locale: str) -> None:
    """Speak the language of this locale from here on, until this task ends."""
    _language.set(language_of(locale))


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak the language of this locale within the block."""
    before = _language.set(language_of(locale))
    try:
        yield
    finally:
        _language.reset(before)


# --- sentences ------------------------------------------------------------------------------------------------------


def knows(key: str, locale: str = FALLBACK) -> bool:
    """Whether the catalogue of this language holds the id."""
    catalogue = bundle(locale)
    return catalogue is not None and catalogue.has_message(key)


def say(key: str, /, *, locale: str | None = None, **facts: Any) -> str:
    """The sentence with its facts filled in, in the language spoken here; English where that lacks it.

    A fact that is missing is logged and shows as its name in braces: a member still gets the sentence.
    Raises: NoSuchText when English lacks it too.
    """
    wanted = locale or language()
    catalogue = bundle(wanted if knows(key, wanted) else FALLBACK)
    if catalogue is None or not catalogue.has_message(key):
        raise NoSuchText(key)
    pattern = catalogue.get_message(key).value
    if pattern is None:
        raise NoSuchText(key)
    text, errors = catalogue.format_pattern(pattern, {name: _shown(fact) for name, fact in facts.items()})
    if errors:
        log.warning("text %s lacks facts: %s", key, errors)
    return str(text)


def _shown(fact: Any) -> Any:
    """Numbers stay numbers (plural rules need them); lists become `a, b and c`; None an empty string."""
    if isinstance(fact, (list, tuple)):
        return listed([str(part) for part in fact])
    if fact is None:
        return ""
    return fact if isinstance(fact, (int, float)) and not isinstance(fact, bool) else str(fact)


def listed(parts: list[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    told = parts[0]
    for part in parts[1:-1]:
        told = say("list-more", told=told, part=part)
    return say("list-last", told=told, part=parts[-1])


def span(seconds: float) -> str:
    """A time to wait in words a person uses: `less than a minute`, `about 4 minutes`, `about 2 hours`."""
    if seconds < 50:
        return say("span-seconds", count=max(5, round(seconds / 5) * 5))
    if seconds < 90 * 60:
        return say("span-minutes", count=max(1, round(seconds / 60)))
    return say("span-hours", count=round(seconds / 3600))


def size(count_bytes: int) -> str:
    """A number of bytes as `310 KB` or `2.4 MB`."""
    if count_bytes < 10**6:
        return say("size-kb", count=max(1, round(count_bytes / 1000)))
    return say("size-mb", count=round(count_bytes / 10**6, 1))
