"""The sentence of an error code, for command lines; read from the same file that the bot reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

from storage.errors import TintypeError

CATALOGUE = Path(__file__).parents[1] / "bot" / "texts" / "en.ftl"


@cache
def _bundle() -> FluentBundle:
    bundle = FluentBundle(["en"], use_isolating=False)
    bundle.add_resource(FluentResource(CATALOGUE.read_text("utf-8")))
    return bundle


def _shown(fact: Any) -> Any:
    if isinstance(fact, list | tuple):
        return ", ".join(str(part) for part in fact)
    if fact is None:
        return ""
    return fact if isinstance(fact, int | float) and not isinstance(fact, bool) else str(fact)


def sentence(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The code's sentence with its facts filled in; of a code without a sentence, the code and the facts themselves."""
    if not _bundle().has_message(code):
        return str(TintypeError(code, **(facts or {})))
    pattern = _bundle().get_message(code).value
    shown = {name: _shown(fact) for name, fact in (facts or {}).items()}
    text, _ = _bundle().format_pattern(pattern, shown) if pattern else (code, [])
    return str(text)
