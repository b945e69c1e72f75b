"""What `bench quality` tells: rows with intervals, the tables of docs/methods.md, a contact sheet for each method."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.records import Kind
from trainers.bench.cells import DRAWN, FIGURES, LOWER, Cell, by_exam, file_name
from trainers.bench.exam import QUESTIONS, exams, style_exams
from trainers.bench.intervals import difference, interval
from trainers.bench.quality_pairs import compared
from trainers.drawing.sheet import Row, sheet

if TYPE_CHECKING:
    from trainers.bench.cells import Kept

CONTACT_TILE_PX = 96
COSTS = ("bytes", "seconds", "steps", "best_step")
PARTS: Mapping[str, Callable[[Cell], bool]] = {
    "subjects": lambda cell: cell.kind != Kind.STYLE,
    "styles": lambda cell: cell.kind == Kind.STYLE,
}
HEADS = {"subjects": "subject fidelity", "styles": "style fidelity"}


def rows_of(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One row for each way and part: means with their 95 % interval over exams and images, and what a word costs."""
    rows = []
    for part, belongs in PARTS.items():
        there = [cell for cell in cells if belongs(cell)]
        rows += [_row(part, way, there) for way in dict.fromkeys(cell.way for cell in there)]
    return rows


def _row(part: str, way: str, cells: Sequence[Cell]) -> dict[str, Any]:
    mine = [cell for cell in cells if cell.way == way]
    alike = by_exam(mine, "alike")
    lower = {cell.exam: cell.marks.alike for cell in cells if cell.way == LOWER}
    has_lower = way != LOWER and alike.keys() <= lower.keys()
    above = difference(list(alike.values()), [lower[exam] for exam in alike]) if has_lower else None
    diverse = [value for cell in mine for value in cell.diverse]
    return {
        "part": part,
        "way": way,
        "exams": len(alike),
        "cells": len(mine),
        "fidelity": asdict(interval(list(alike.values()))),
        "above_lower": asdict(above) if above else None,
        "prompt_fidelity": asdict(interval(list(by_exam(mine, "obeyed").values()))),
        "diversity": statistics.fmean(diverse) if diverse else None,
        **{name: statistics.median(getattr(cell, name) for cell in mine) for name in COSTS},
    }


def tables(cells: Sequence[Cell]) -> str:
    """A table for each part, as Markdown."""
    rows = rows_of(cells)
    return "\n\n".join(_table(part, mine) for part in PARTS if (mine := [row for row in rows if row["part"] == part]))


def _table(part: str, rows: Sequence[Mapping[str, Any]]) -> str:
    columns = [HEADS[part], "above the class word", "prompt fidelity", "diversity", "kB", "seconds", "steps (best)"]
    head = f"| asked by | {' | '.join(columns)} | {part} × seeds |"
    return "\n".join([head, "|---|---|---|---|---|---|---|---|---|", *map(_line, rows)])


def _line(row: Mapping[str, Any]) -> str:
    above = _range(row["above_lower"]) if row["above_lower"] else "–"
    costs = "– | – | –"
    if row["steps"]:
        costs = f"{row['bytes'] / 1000:,.0f} | {row['seconds']:.0f} | {row['steps']:.0f} ({row['best_step']:.0f})"
    diversity = "–" if row["diversity"] is None else f"{row['diversity']:.2f}"
    measured = f"{row['exams']} × {row['cells'] / row['exams']:.3g}"
    found = f"{_range(row['fidelity'])} | {above} | {_range(row['prompt_fidelity'])} | {diversity}"
    return f"| {row['way']} | {found} | {costs} | {measured} |"


def _range(told: Mapping[str, float]) -> str:
    return f"{told['mean']:.2f} [{told['low']:.2f}, {told['high']:.2f}]"


def figures(folder: Path) -> str:
    """The committed figures as Markdown: the base model and the tables."""
    base_model, cells = _committed(folder)
    return f"Base model {base_model}:\n\n{tables(cells)}"


def report(folder: Path) -> str:
    """The figures, below them pairs of ways and the contact sheets."""
    _, cells = _committed(folder)
    names = {way: _sheet_name(way) for way in dict.fromkeys(cell.way for cell in cells)}
    sheets = [
        f"![{way}: photos, and a picture of each prompt](quality/{name})"
        for way, name in names.items()
        if (folder / name).exists()
    ]
    return "\n\n".join([figures(folder), *filter(None, [compared(cells)]), *sheets])


def _committed(folder: Path) -> tuple[str, list[Cell]]:
    told = json.loads((folder / FIGURES).read_text("utf-8"))
    return told["base_model"], [Cell.read(one) for one in told["cells"]]


def _sheet_name(way: str) -> str:
    return f"{file_name(way)}.jpg"


def contact_sheets(kept: Kept, cells: Sequence[Cell]) -> None:
    """Draw one sheet for each way but the true drawings: of each exam the photos, then the first seed's pictures.

    What the VAE leaves of these has one.
    """
    count = len({cell.exam for cell in cells})
    photos = {exam.name: exam.photos for exam in (*exams(count), *style_exams(count))}
    for way in dict.fromkeys(cell.way for cell in cells if cell.way != DRAWN):
        rows: list[Row] = []
        for cell in (cell for cell in cells if cell.way == way and cell.seed == 0):
            note = f"{statistics.fmean(cell.marks.alike):.2f}"
            rows.append(Row("photos", photos[cell.exam], is_marked=True))
            rows.append(Row(cell.exam, _tiles(kept.strip(way, cell.exam)), note))
        sheet([""] * QUESTIONS, rows, CONTACT_TILE_PX).save(kept.folder / _sheet_name(way), quality=85)


def _tiles(strip: Path) -> list[Image.Image]:
    """The first picture of each question."""
    with Image.open(strip) as image:
        side = image.height
        return [image.crop((index * side, 0, (index + 1) * side, side)) for index in range(QUESTIONS)]
