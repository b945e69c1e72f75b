"""The kinds of work an engine does: one file each, registered by importing this package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from trainers.attempt import Attempt
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.pipeline import Base

#: Begins an attempt on the one base; nothing happens before the first `next`.
Run = Callable[["Base", Attempt], Running]

_RUNS: dict[str, Run] = {}


def job(kind: str) -> Callable[[Run], Run]:
    """Register the function below as the one that runs jobs of this kind."""

    def register(run: Run) -> Run:
        if kind in _RUNS:
            raise ValueError(f"two files run jobs of kind {kind!r}")
        _RUNS[kind] = run
        return run

    return register


def kinds() -> frozenset[str]:
    """The names of all kinds; nothing of torch is imported for it."""
    return frozenset(module.name.rstrip("_") for module in pkgutil.iter_modules(__path__))


def runs() -> Mapping[str, Run]:
    """Every kind with what runs it."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(_RUNS)
