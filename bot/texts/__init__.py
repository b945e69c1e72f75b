"""Every sentence a member sees, by its id: `say("E_PHOTO_SMALL", photo=3)` reads it from en.ftl."""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

log = logging.getLogger(__name__)

FALLBACK = "en"  # the one catalogue that is always whole


class NoSuchText(KeyError):
    """No catalogue holds this id."""


@cache
def bundle(locale: str) -> FluentBundle | None:
    """The catalogue of one language (`de`), or None where there is none."""
    source = files(__package__).joinpath(f"{locale}.ftl")
    if not source.is_file():
        return None
    catalogue = FluentBundle([locale], use_isolating=False)
    catalogue.add_resource(FluentResource(source.read_text("utf-8")))
    return catalogue


def knows(key: str, locale: str = FALLBACK) -> bool:
    """Whether the catalogue of this language holds the id."""
    catalogue = bundle(locale)
    return catalogue is not None and catalogue.has_message(key)


def say(key: str, /, *, locale: str = FALLBACK, **facts: Any) -> str:
    """The sentence with its facts filled in; English where the language lacks it.

    A fact that is missing is logged and shows as its name in braces: a member still gets the sentence.
    Raises: NoSuchText when English lacks it too.
    """
    language = locale if knows(key, locale) else FALLBACK
    catalogue = bundle(language)
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
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


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
