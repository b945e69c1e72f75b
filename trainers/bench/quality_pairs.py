"""`bench quality`: one way less another over the same exams and seeds, which tells more than two rows of a table do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from storage.records import Kind
from trainers.bench.cells import ANCHORS, FIXED, ONE_PHOTO, SHORTENED, Cell, by_exam, form_of
from trainers.bench.intervals import Interval, difference

WHOLE_NETWORK = "dreambooth"
OTHERS = (
    ("pivotal", "lora"),
    (f"dreamartist, {ONE_PHOTO}", f"lora, {ONE_PHOTO}"),
    *((f"lora, {form}", "lora") for form in SHORTENED),
)
HEAD = "| | fidelity | prompt fidelity | both | diversity | steps | size | measured on |\n" + "|---" * 8 + "|"
MARKS = (("alike",), ("obeyed",), ("alike", "obeyed"))  #: of a picture; of several the mean

Found = Sequence[tuple[Cell, Cell]]  #: of one way and of the other, each two of the same exam and seed


@dataclass(frozen=True, slots=True)
class Pair:
    """One way beside another."""

    way: str
    other: str
    part: str  #: subjects or styles
    cells: Found

    def __str__(self) -> str:
        exams = len({one.exam for one, _ in self.cells})
        steps, size = (
            self._share([(getattr(a, of), getattr(b, of)) for a, b in self.cells]) for of in ("steps", "bytes")
        )
        marks = " | ".join(_signed(self._less(names)) for names in MARKS)
        return (
            f"| {self.way} less {self.other} | {marks} | {_signed(self._diversity())} | {steps:.0%} | {size:.2g} × | "
            f"{exams} {self.part} × {len(self.cells) / exams:.3g} |"
        )

    def _less(self, marks: Sequence[str]) -> Interval:
        """How far one lies above the other; all seeds of an exam are one group."""
        return difference(*(_by_exam(side, marks) for side in zip(*self.cells, strict=True)))

    def _diversity(self) -> float:
        one, other = (fmean(value for cell in side for value in cell.diverse) for side in zip(*self.cells, strict=True))
        return one - other

    @staticmethod
    def _share(numbers: Sequence[tuple[int, int]]) -> float:
        return sum(one for one, _ in numbers) / sum(other for _, other in numbers)


def _by_exam(side: Sequence[Cell], marks: Sequence[str]) -> list[list[float]]:
    """For each exam what its pictures reached."""
    groups = zip(*(by_exam(side, mark).values() for mark in marks), strict=True)
    return [[fmean(values) for values in zip(*group, strict=True)] for group in groups]


def _signed(told: Interval | float) -> str:
    if isinstance(told, float):
        return f"{told:+.2f}"
    return f"{told.mean:+.2f} [{told.low:+.2f}, {told.high:+.2f}]"


def pairs(cells: Sequence[Cell]) -> Iterator[Pair]:
    """Stopped beside all steps, files beside a whole network, and others worth it, as far as both were measured."""
    yield from _pairs("subjects", [cell for cell in cells if cell.kind != Kind.STYLE])
    yield from _pairs("styles", [cell for cell in cells if cell.kind == Kind.STYLE])


def _pairs(part: str, cells: Sequence[Cell]) -> Iterator[Pair]:
    places = {(cell.way, cell.exam, cell.seed): cell for cell in cells}
    ways = dict.fromkeys(cell.way for cell in cells)
    usual = [way for way in ways if way not in ANCHORS and not form_of(way)[1]]
    whole = [(way, WHOLE_NETWORK) for way in usual if way != WHOLE_NETWORK]
    for way, other in (*((way, f"{way}, {FIXED}") for way in usual), *whole, *OTHERS):
        mine = [cell for cell in cells if cell.way == way]
        if both := [(one, places[found]) for one in mine if (found := (other, one.exam, one.seed)) in places]:
            yield Pair(way, other, part, both)


def compared(cells: Sequence[Cell]) -> str:
    """All pairs as a Markdown table; nothing where there are none."""
    lines = [str(pair) for pair in pairs(cells)]
    return "\n".join([HEAD, *lines]) if lines else ""
