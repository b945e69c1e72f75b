"""`bench quality`: how much pictures look like what was learned and follow the prompt, for every method."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainers.bench.cells import ANCHORS, FIXED, FORMS, ONE_PHOTO, SHORTENED, UPPER, Cell, Kept, form_of, measure
from trainers.bench.exam import Exam, exams, style_exams
from trainers.bench.quality_pairs import compared
from trainers.bench.quality_report import contact_sheets, rows_of, tables
from trainers.cli import Subparsers, add_base, add_command, bounded
from trainers.method import methods
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.pipeline import Base


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured of a method."""

    subjects: int
    styles: int
    seeds: int


USUAL = ("lora", "pivotal", "textual_inversion")  #: what is compared unless asked otherwise
CORE = (*USUAL, "dreambooth", "lokr")
SMALL, WHOLE, REST = Size(5, 4, 1), Size(5, 4, 3), Size(3, 2, 2)
BESIDE = {  #: what shows what stopping and picking is worth, what one photo teaches, and what is left of short files
    **{f"{name}, {FIXED}": SMALL for name in CORE},
    **{f"{name}, {ONE_PHOTO}": Size(3, 0, 2) for name in ("lora", "dreamartist")},
    **{f"lora, {form}": Size(3, 0, 1) for form in SHORTENED},
}
Place = tuple[Exam, str, int]  #: a cell's exam, way and seed


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(
        subparsers, "quality", "train on what the base does not know, and judge the pictures; goes on where it was", run
    )
    for name, size, most in (("subjects", SMALL.subjects, 60), ("styles", SMALL.styles, 4), ("seeds", SMALL.seeds, 9)):
        parser.add_argument(
            f"--{name}", type=bounded(int, 0 if name != "seeds" else 1, most), metavar="N",
            help=f"how many, up to {most} (default: {size})",
        )  # fmt: skip
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--method", action="append", type=_way, metavar="M",
        help=f'repeatable; "M, {FIXED}" goes through all steps and keeps the last ones\' weights, "M, {ONE_PHOTO}" '
        f"learns from one (default: {', '.join(USUAL)})",
    )  # fmt: skip
    which.add_argument(
        "--all", action="store_true",
        help=f"every method: {', '.join(CORE)} on {WHOLE.subjects} subjects and {WHOLE.styles} styles "
        f"with {WHOLE.seeds} seeds, the others on {REST.subjects} and {REST.styles} with {REST.seeds}; and "
        f"{', '.join(BESIDE)}",
    )  # fmt: skip
    parser.add_argument(
        "--budget", type=bounded(float, 0.0, 100_000.0), metavar="MINUTES",
        help="begin nothing that would end later; run again to go on",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("build/quality"), help="figures.json, strips and sheets")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Measure what is not kept from before, print the tables, and draw the sheets."""
    from trainers.cli.running import loaded

    base = loaded(arguments, settings)
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept, wanted = Kept(arguments.out, base), list(places(arguments))
    left = [place for place in wanted if not kept.find(*place)]
    print(f"{len(wanted)} cells, {len(wanted) - len(left)} of them kept from before", file=sys.stderr)
    missing = _measure(base, kept, left, arguments.budget)
    cells = [cell for place in wanted if (cell := kept.find(*place))]
    contact_sheets(kept, cells)
    print("\n\n".join(filter(None, [tables(cells), compared(cells)])), file=sys.stderr)
    if missing:
        print(f"{missing} cells are missing; run it again to go on", file=sys.stderr)
    return {"ok": True, "base_model": base.revision, "missing": missing, "rows": rows_of(cells)}


def _measure(base: Base, kept: Kept, left: Sequence[Place], budget: float | None) -> int:
    """Fill in the places in turn, each kept at once; returns how many the budget left out."""
    ends = time.monotonic() + budget * 60 if budget is not None else float("inf")
    for index, (exam, way, seed) in enumerate(left):
        if time.monotonic() + _expected_s(kept.cells, way) > ends:
            return len(left) - index
        cell, images = measure(base, exam, way, seed)
        kept.keep(cell, images)
        alike = statistics.fmean(cell.marks.alike)
        print(
            f"{index + 1}/{len(left)} {way}, {exam.name}, seed {seed}: {alike:.2f} in {cell.took_s:.0f} s",
            file=sys.stderr,
        )
    return 0


def _expected_s(cells: Sequence[Cell], way: str) -> float:
    """As long as it took before; asked in a way never measured, as long as the others."""
    known = [cell.took_s for cell in cells if cell.way == way] or [cell.took_s for cell in cells]
    return statistics.median(known) if known else 0.0


def places(arguments: argparse.Namespace) -> Iterator[Place]:
    """All cells that are asked for, in the order that makes the table even soonest: seed by seed, exam by exam."""
    sizes = sizes_of(arguments)
    most = Size(*(max(getattr(size, name) for size in sizes.values()) for name in ("subjects", "styles", "seeds")))
    asked: list[tuple[int, Exam]] = [
        *enumerate(exams(most.subjects)),
        *enumerate(style_exams(most.styles)),
    ]
    for seed in range(most.seeds):
        for number, exam in asked:
            if seed == 0:
                yield from ((exam, way, 0) for way in ANCHORS if way != UPPER or exam.full)
            for way, size in sizes.items():
                if seed < size.seeds and number < (size.styles if exam.kind == "style" else size.subjects):
                    yield exam, way, seed


def sizes_of(arguments: argparse.Namespace) -> dict[str, Size]:
    """Of each method asked for, how much of it is measured."""
    if arguments.all:
        return {name: WHOLE if name in CORE else REST for name in sorted(methods(), key=_core_first)} | BESIDE
    given = [getattr(arguments, name) for name in ("subjects", "styles", "seeds")]
    usual = (SMALL.subjects, SMALL.styles, SMALL.seeds)
    size = Size(*(usual[i] if value is None else value for i, value in enumerate(given)))
    return dict.fromkeys(arguments.method or USUAL, size)


def _way(told: str) -> str:
    method, form = form_of(told)
    if method not in methods() or form not in FORMS:
        raise argparse.ArgumentTypeError(f"there are {', '.join(methods())}, alone or with {' or '.join(FORMS[1:])}")
    return told


def _core_first(name: str) -> tuple[int, str]:
    return (CORE.index(name) if name in CORE else len(CORE), name)
