"""The operator's file of settings for methods, in TOML: one table for each, named as the method is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError
from storage.texts import sentence

if TYPE_CHECKING:
    from trainers.pipeline import Base

Chosen = Mapping[str, Mapping[str, Any]]


def chosen_for(name: str, base: Base) -> Chosen:
    """What the file says, by method and setting; nothing where none is named.

    Raises: TintypeError E_METHODS_FILE when it cannot be read, or when the base model cannot do what it says.
    """
    if not name:
        return {}
    try:
        told = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TintypeError("E_METHODS_FILE", path=name, reason=str(error)) from error
    for method, settings in told.items():
        _check(name, base, method, settings)
    return told


def _check(name: str, base: Base, method: str, settings: Any) -> None:
    """Said when the engine starts, not to the first member who trains."""
    from trainers.method import method_on, settings_for

    if not isinstance(settings, Mapping):
        raise TintypeError("E_METHODS_FILE", path=name, reason=f"{method} stands in no table")
    try:
        settings_for(method_on(base.family, method), base, settings)
    except TintypeError as error:
        reason = f"[{method}] {sentence(error.code, error.facts)}"
        raise TintypeError("E_METHODS_FILE", path=name, reason=reason) from error
