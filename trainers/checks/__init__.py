"""Output checks, one file each: they look at every drawn picture before it becomes a file that could be posted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from storage.errors import TintypeError
from storage.output_checks import AUTO, OFF, WantedCheck
from trainers.registry import Registry

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

log = logging.getLogger(__name__)

#: Whether a picture must be held back; the flag asks for the stricter bound.
Judge = Callable[["Image", bool], bool]


class Check(Protocol):
    """A way to look at pictures. One file in trainers/checks/ each."""

    name: str

    def found(self, places: Sequence[Path]) -> Path | None:
        """The first folder in or below these places that holds its files; None when none does."""
        ...

    def load(self, folder: Path, device: torch.device) -> Judge:
        """Make it ready; whatever it raises, nothing is drawn without it."""
        ...


C = TypeVar("C", bound=Check)
_CHECKS: Registry[Check] = Registry(__name__)


def register(cls: type[C]) -> type[C]:
    """Offer a check; its file bears its name."""
    _CHECKS.add(cls())
    return cls


def checks() -> Mapping[str, Check]:
    """Every check by name."""
    return _CHECKS.all()


@dataclass(frozen=True, slots=True)
class OutputCheck:
    """A check that is ready."""

    name: str
    judge: Judge

    def holds_back(self, picture: Image, *, is_strict: bool) -> bool:
        """Whether this picture may not be shown.

        Raises: TintypeError(E_OUTPUT_CHECK_BROKEN) when it cannot say; then no picture may be shown either.
        """
        import torch

        try:
            return bool(self.judge(picture, is_strict))
        except torch.OutOfMemoryError:
            raise  # the engine says how much there is
        except Exception as error:
            log.exception("the output check %s broke", self.name)
            raise TintypeError("E_OUTPUT_CHECK_BROKEN", check=self.name) from error


def check_for(wanted: WantedCheck, base_folder: Path, device: torch.device) -> OutputCheck | None:
    """The check that was asked for, ready; None when it is off, or when `auto` finds no files of any.

    Raises: TintypeError E_OUTPUT_CHECK_MISSING, E_OUTPUT_CHECK_LOAD: what was asked for is never left out silently.
    """
    if wanted.name == OFF:
        return None
    places = [place for place in (wanted.folder, base_folder) if place is not None]
    for name, check in checks().items():
        if wanted.name in {AUTO, name} and (folder := check.found(places)) is not None:
            return OutputCheck(name, _loaded(name, check, folder, device))
    if wanted.name == AUTO and wanted.folder is None:
        return None
    raise TintypeError("E_OUTPUT_CHECK_MISSING", check=wanted.name, places=[str(place) for place in places])


def _loaded(name: str, check: Check, folder: Path, device: torch.device) -> Judge:
    try:
        return check.load(folder, device)
    except Exception as error:
        log.exception("the output check %s cannot be loaded", name)
        raise TintypeError("E_OUTPUT_CHECK_LOAD", check=name, folder=str(folder)) from error
