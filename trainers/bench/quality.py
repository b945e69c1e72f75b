"""`bench quality`: how much pictures look like the subject and follow the prompt, for every method, beside anchors."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.atomic import write_atomic
from trainers.bench.exam import Exam, Marks, exams, marks, save_photos
from trainers.bench.intervals import difference, interval
from trainers.cli import Subparsers, add_base, add_command
from trainers.drawing.sheet import Row, sheet
from trainers.imagine import Drawing, finished, imagine
from trainers.method import methods
from trainers.miniature.readers import Reader, load_reader
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.adapter import Adapter
    from trainers.pipeline import Base

WORD = "zed"
ROUNDS = 2  # images of each question
IMAGE_SEED = 900
LOWER, UPPER, DRAWN = "class word alone", "full description", "true drawings"
FIGURES = "figures.json"
CORE = ("lora", "pivotal", "textual_inversion")  #: what is compared unless asked otherwise: half an hour on two cores
CONTACT_TILE_PX = 112


@dataclass(frozen=True, slots=True)
class Cell:
    """One way to ask about one subject."""

    way: str  #: a method, or an anchor
    subject: str
    marks: Marks
    bytes: int = 0  #: of the word's file
    seconds: float = 0.0  #: of the training, samples included
    steps: int = 0
    best_step: int = 0


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(
        subparsers, "quality", "train on subjects that the base does not know, and judge the pictures", run
    )
    parser.add_argument("--subjects", type=int, default=6, metavar="N", help="how many subjects (default: 6)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--method", action="append", metavar="M", help=f"repeatable (default: {', '.join(CORE)})")
    which.add_argument("--all", action="store_true", help="every method there is")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the trainings (default: 0)")
    parser.add_argument("--out", type=Path, default=Path("build/quality"), help="figures.json and contact sheets")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Measure, print the table, and keep figures and sheets."""
    from trainers.cli.running import loaded

    base, judge = loaded(arguments, settings), load_reader("judge")
    arguments.out.mkdir(parents=True, exist_ok=True)
    cells: list[Cell] = []
    for number, exam in enumerate(exams(arguments.subjects), 1):
        print(f"subject {number}: {exam.subject.description()}", file=sys.stderr)
        cells += _cells(base, judge, exam, number, arguments)
        _keep(arguments.out, base, cells)
    print(table(rows_of(cells)), file=sys.stderr)
    return {"ok": True, "base_model": base.revision, "subjects": arguments.subjects, "rows": rows_of(cells)}


def _cells(base: Base, judge: Reader, exam: Exam, number: int, arguments: argparse.Namespace) -> list[Cell]:
    name, rows = exam.subject.description(), [Row("photos", list(exam.photos))]
    cells = [Cell(DRAWN, name, marks(judge, exam, exam.drawings()))]
    for anchor, said in ((LOWER, f"a {exam.subject.class_word}"), (UPPER, exam.subject.description())):
        images = drawn(base, exam, said)
        cells.append(Cell(anchor, name, marks(judge, exam, images)))
        rows.append(Row(anchor, images[: len(exam.questions)]))
    for method in methods() if arguments.all else arguments.method or CORE:
        adapter, told = learned(base, exam, method, arguments.seed)
        images = drawn(base, exam, f"a <{WORD}>", adapter)
        cells.append(_cell(method, name, marks(judge, exam, images), told))
        rows.append(Row(method, images[: len(exam.questions)]))
    captions = [question.words.strip() for question in exam.questions]
    sheet(captions, rows, CONTACT_TILE_PX).save(arguments.out / f"subject-{number}.jpg", quality=88)
    return cells


def _cell(method: str, name: str, found: Marks, told: Mapping[str, Any]) -> Cell:
    return Cell(method, name, found, told["bytes"], told["seconds"], told["steps"], told["best_step"])


def learned(
    base: Base, exam: Exam, method: str, seed: int, *, word: str = WORD, keep: Path | None = None
) -> tuple[Adapter, Mapping[str, Any]]:
    """Teach the word by the very job that the bot runs; the adapter, and what the job told. Its file may be kept."""
    from trainers.cli.running import attempt_folder
    from trainers.cli.running import finished as finished_job
    from trainers.weights import read_adapter

    with attempt_folder() as folder:
        paths = save_photos(exam, folder / "photos")
        order = {
            "word": word,
            "kind": exam.subject.kind,
            "class_word": exam.subject.class_word,
            "method": method,
            "photos": [{"path": str(path.relative_to(folder))} for path in paths],
            "consent": {"person": "drawn", "text_version": "bench", "given_at": 1},
        }
        done = finished_job(folder, {"kind": "train", "seed": seed, "train": order}, base)
        weights = next(file for file in done.files if file.role == "weights")
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(keep, (folder / weights.path).read_bytes(), mode=0o644)
        return read_adapter(folder / weights.path, base), done.result


def drawn(base: Base, exam: Exam, said: str, adapter: Adapter | None = None) -> list[Image.Image]:
    """The questions' images in turn, ROUNDS times; the same seeds for every way of asking."""
    words = ((adapter, 1.0),) if adapter else ()
    columns = []
    for index, prompt in enumerate(exam.prompts(said)):
        seeds = [IMAGE_SEED + index * ROUNDS + turn for turn in range(ROUNDS)]
        columns.append(finished(imagine(base, Drawing(prompt=prompt, seeds=seeds, adapters=words))))
    return [column[turn] for turn in range(ROUNDS) for column in columns]


# --- what is told ----------------------------------------------------------------------------------------------------


def rows_of(cells: Sequence[Cell]) -> list[dict[str, Any]]:
    """One row for each way: means with their 95 % interval over subjects and images, and what a word costs."""
    ways = dict.fromkeys(cell.way for cell in cells)
    return [_row(way, [cell for cell in cells if cell.way == way], cells) for way in ways]


def _row(way: str, mine: Sequence[Cell], cells: Sequence[Cell]) -> dict[str, Any]:
    alike, obeyed = [cell.marks.alike for cell in mine], [cell.marks.obeyed for cell in mine]
    lower = [cell.marks.alike for cell in cells if cell.way == LOWER]
    above = difference(alike, lower) if len(lower) == len(alike) and way != LOWER else None
    return {
        "way": way,
        "subject_fidelity": asdict(interval(alike)),
        "prompt_fidelity": asdict(interval(obeyed)),
        "above_lower": asdict(above) if above else None,
        **{name: statistics.median(getattr(cell, name) for cell in mine) for name in COSTS},
    }


COSTS = ("bytes", "seconds", "steps", "best_step")


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as Markdown."""
    head = "| asked by | subject fidelity | above the class word | prompt fidelity | kB | seconds | steps (best) |"
    return "\n".join([head, "|---|---|---|---|---|---|---|", *map(_line, rows)])


def report(folder: Path) -> str:
    """The committed figures as Markdown: base model and subjects, the table, the contact sheets."""
    told = json.loads((folder / FIGURES).read_text("utf-8"))
    subjects = list(dict.fromkeys(cell["subject"] for cell in told["cells"]))
    sheets = [
        f"![subject {number}, {name}: photos, anchors and methods](quality/subject-{number}.jpg)"
        for number, name in enumerate(subjects, 1)
    ]
    head = f"Base model {told['base_model']}, {len(subjects)} subjects:"
    return "\n\n".join([head, table(told["rows"]), *sheets])


def _line(row: Mapping[str, Any]) -> str:
    above = _range(row["above_lower"]) if row["above_lower"] else "–"
    costs = "– | – | –"
    if row["steps"]:
        costs = f"{row['bytes'] / 1000:,.0f} | {row['seconds']:.0f} | {row['steps']:.0f} ({row['best_step']:.0f})"
    found = f"{_range(row['subject_fidelity'])} | {above} | {_range(row['prompt_fidelity'])}"
    return f"| {row['way']} | {found} | {costs} |"


def _range(told: Mapping[str, float]) -> str:
    return f"{told['mean']:.2f} [{told['low']:.2f}, {told['high']:.2f}]"


def _keep(out: Path, base: Base, cells: Sequence[Cell]) -> None:
    told = {"base_model": base.revision, "rows": rows_of(cells), "cells": [asdict(cell) for cell in cells]}
    write_atomic(out / FIGURES, json.dumps(told, indent=1).encode(), mode=0o644)
