"""What buttons and forms do: one file for drafts, jobs, pictures, words and data."""

from __future__ import annotations

import importlib
import pkgutil


def load() -> None:
    """Import every file here, so that its answers are known."""
    for found in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{found.name}")
