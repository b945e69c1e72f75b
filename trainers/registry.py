"""What comes as one file each in a package: found by importing it, known by its file's name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """Anything that bears its file's name."""

    name: str


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """One of each class in a package."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._found: dict[str, T] = {}

    def add(self, made: T) -> None:
        """Offer it.

        Raises: ValueError when its file does not bear its name.
        """
        module = type(made).__module__
        if module.rpartition(".")[2] != made.name:
            raise ValueError(f"{module} must bear the name {made.name!r}")
        self._found[made.name] = made

    def all(self) -> Mapping[str, T]:
        """Every one by name."""
        for module in pkgutil.iter_modules(importlib.import_module(self._package).__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        return dict(sorted(self._found.items()))
