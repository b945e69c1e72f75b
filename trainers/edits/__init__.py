"""Ways to act on one request: one file each, found by importing this package."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from trainers.registry import Registry

if TYPE_CHECKING:
    from PIL.Image import Image

    from trainers.families import Family
    from trainers.imagine import Drawing
    from trainers.method import Progress
    from trainers.pipeline import Base


class Edit(Protocol):
    """A way to draw what is asked for from a picture that was handed in."""

    name: str  #: of its file

    def draw(self, base: Base, asked: Drawing) -> Generator[Progress, None, list[Image]]:
        """Draw from `asked.parent`, yielding between two pieces of work; returns a picture for each seed.

        Whatever is returned has gone through `trainers.imagine.decoded`, where the output check stands.
        """
        ...


E = TypeVar("E", bound=Edit)
_EDITS: Registry[Edit] = Registry(__name__)


def register(cls: type[E]) -> type[E]:
    """Offer an edit under the name of its file."""
    _EDITS.add(cls())
    return cls


def edits() -> Mapping[str, Edit]:
    """Every edit by name."""
    return _EDITS.all()


def edits_on(family: Family) -> Sequence[str]:
    """The names of those that photos can be changed with on its base models."""
    return [name for name in edits() if family.edits is None or name in family.edits]
