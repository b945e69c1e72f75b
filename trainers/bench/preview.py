"""`bench preview`: how far one photo beside a prompt goes without training, and how soon its pictures are there."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.atomic import write_atomic
from trainers.attempt import write_attempt
from trainers.bench.cells import IMAGE_SEED, LOWER, UPPER
from trainers.bench.exam import SubjectExam, exams, save_photos
from trainers.bench.intervals import interval
from trainers.cli import Subparsers, add_base, add_command, bounded
from trainers.drawing.sheet import Row, sheet
from trainers.events import Sample
from trainers.image_prompts import Shown
from trainers.imagine import Drawing, finished, imagine
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.pipeline import Base

FIGURES = "figures.json"
PHOTO = "one photo beside the class word"
WAYS = (LOWER, UPPER, PHOTO)
TILE_PX = 96


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one subject."""

    name: str
    marks: Mapping[str, tuple[float, float]]  #: way -> mean subject fidelity and prompt fidelity
    first_s: float  #: from the photo to the first picture of a preview
    whole_s: float  #: to its grid
    cpu_s: float  #: of that, the processor's


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "preview", "draw subjects from one photo without training, and judge them", run)
    parser.add_argument("--subjects", type=bounded(int, 1, 24), default=5, metavar="N", help="how many (default: 5)")
    parser.add_argument(
        "--out", type=Path, default=Path("build/preview"), help="figures.json and a sheet for each subject"
    )
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Measure every subject, print the table, and keep figures and pictures.

    Raises: TintypeError E_NO_IMAGE_PROMPT.
    """
    from trainers.cli.running import loaded

    base = loaded(arguments, settings)
    arguments.out.mkdir(parents=True, exist_ok=True)
    timed(base, exams(1)[0])  # whatever is done once in a process's life is done before
    told: dict[str, Any] = {"base_model": base.revision, "found": []}
    for number, exam in enumerate(exams(arguments.subjects), 1):
        found, rows = measured(base, exam)
        told["found"].append(asdict(found))
        captions = ["", *(question.words for question in exam.questions)]
        sheet(captions, rows, TILE_PX).save(arguments.out / f"subject-{number}.jpg", quality=88)
        print(f"{found.name}: {found.marks}", file=sys.stderr)
    write_atomic(arguments.out / FIGURES, json.dumps(told, indent=1).encode(), mode=0o644)
    print(report(arguments.out), file=sys.stderr)
    return {"ok": True, "base_model": base.revision, "subjects": len(told["found"]), "rows": rows_of(told["found"])}


def measured(base: Base, exam: SubjectExam) -> tuple[Found, list[Row]]:
    """Ask in each way, with as many steps as a preview has."""
    drawn = {way: _drawn(base, exam, way) for way in WAYS}
    found = Found(exam.name, {way: _marks(exam, images) for way, images in drawn.items()}, *timed(base, exam))
    blank = Image.new("RGB", exam.photos[0].size)
    rows = [Row(way, [exam.photos[0] if way == PHOTO else blank, *images]) for way, images in drawn.items()]
    return found, rows


def _drawn(base: Base, exam: SubjectExam, way: str) -> list[Image.Image]:
    """A picture of each question."""
    from trainers.jobs.preview import steps_of

    said = str(exam.full) if way == UPPER else exam.said(exam.class_word)
    shown = Shown(exam.photos[0]) if way == PHOTO else None
    return [
        finished(imagine(base, Drawing(prompt=prompt, seeds=(seed,), shown=shown, steps=steps_of(base))))[0]
        for seed, prompt in enumerate(exam.prompts(said), IMAGE_SEED)
    ]


def _marks(exam: SubjectExam, images: Sequence[Image.Image]) -> tuple[float, float]:
    marks = exam.marks(images)
    return round(statistics.fmean(marks.alike), 4), round(statistics.fmean(marks.obeyed), 4)


def timed(base: Base, exam: SubjectExam) -> tuple[float, float, float]:
    """Seconds that the job takes to its first picture and to its grid, and the processor's."""
    from trainers.cli.running import attempt_folder
    from trainers.jobs import runs

    with attempt_folder() as folder:
        photo = save_photos(exam, folder / "photos")[0]
        order = {"photo": str(photo.relative_to(folder)), "class_word": exam.class_word}
        attempt = write_attempt(folder, {"job": "here", "attempt": 1, "kind": "preview", "seed": 0, "preview": order})
        began, worked = time.monotonic(), time.process_time()
        told = runs()["preview"](base, attempt)
        next(event for event in told if isinstance(event, Sample))
        first_s = time.monotonic() - began
        list(told)
        return round(first_s, 2), round(time.monotonic() - began, 2), round(time.process_time() - worked, 2)


# --- what is told ----------------------------------------------------------------------------------------------------


def rows_of(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of each way the means over subjects, with their 95 % interval."""
    return [
        {
            "way": way,
            "fidelity": asdict(interval([[one["marks"][way][0]] for one in found])),
            "prompt_fidelity": asdict(interval([[one["marks"][way][1]] for one in found])),
        }
        for way in found[0]["marks"]
    ]


def report(folder: Path) -> str:
    """The committed figures as Markdown."""
    told = json.loads((folder / FIGURES).read_text("utf-8"))
    found = told["found"]
    rows = [f"| {row['way']} | {_cell(row['fidelity'])} | {_cell(row['prompt_fidelity'])} |" for row in rows_of(found)]
    first, whole, work = (statistics.median(one[name] for one in found) for name in ("first_s", "whole_s", "cpu_s"))
    head = f"Base model {told['base_model']}, {len(found)} subjects."
    took = f"From the photo to the first picture {first:.1f} s, to the grid of four {whole:.1f} s"
    return "\n\n".join(
        [
            f"{head} {took} ({work:.1f} s of one core).",
            "\n".join(["| asked by | subject fidelity | prompt fidelity |", "|---|---|---|", *rows]),
            *(
                f"![{one['name']}, asked by class word, by description, and by one photo](preview/subject-{number}.jpg)"
                for number, one in enumerate(found, 1)
            ),
        ]
    )


def _cell(told: Mapping[str, float]) -> str:
    return f"{told['mean']:.2f} [{told['low']:.2f}, {told['high']:.2f}]"
