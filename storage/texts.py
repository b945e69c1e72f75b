"""The sentence of an error code, for command lines and /mydata; read from the same files that the bot reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

from storage.errors import TintypeError

CATALOGUES = Path(__file__).parents[1] / "bot" / "texts"
ENGLISH = "en"
CATALOGUE = CATALOGUES / f"{ENGLISH}.ftl"  # the whole one


@cache
def _bundle(language: str) -> FluentBundle | None:
    source = CATALOGUES / f"{language}.ftl"
    if not source.is_file():
        return None
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(FluentResource(source.read_text("utf-8")))
    return bundle


def _shown(fact: Any) -> Any:
    if isinstance(fact, list | tuple):
        return ", ".join(str(part) for part in fact)
    if fact is None:
        return ""
    return fact if isinstance(fact, int | float) and not isinstance(fact, bool) else str(fact)


def sentence(code: str, facts: Mapping[str, Any] | None = None, language: str = ENGLISH) -> str:
    """The code's sentence with its facts filled in; of a code without a sentence, the code and the facts themselves.

    English is said where the language has no catalogue, or lacks the sentence.
    """
    known = (bundle for name in (language, ENGLISH) if (bundle := _bundle(name)) and bundle.has_message(code))
    bundle = next(known, None)
    if bundle is None:
        return str(TintypeError(code, **(facts or {})))
    pattern = bundle.get_message(code).value
    shown = {name: _shown(fact) for name, fact in (facts or {}).items()}
    text, _ = bundle.format_pattern(pattern, shown) if pattern else (code, [])
    return str(text)
