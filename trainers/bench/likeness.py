"""`bench likeness`: judges pictures of sitters, beside the sitters' true drawings."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from storage.errors import TintypeError
from trainers.bench.sitters import read_sitters
from trainers.cli import Subparsers, add_command
from trainers.drawing.sheet import Row, sheet
from trainers.miniature.readers import Reading, load_reader, prompt_fidelity, subject_fidelity
from trainers.miniature.world import Picture, Subject, draw
from trainers.settings import TrainerSettings

DRAWN = "true drawings"
TILE_PX = 128


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "likeness", "judge pictures of `bench sitters`", run)
    parser.add_argument("--sitters", type=Path, required=True, metavar="FILE", help="the sitters.json")
    parser.add_argument(
        "--pictures", type=Path, required=True, metavar="FILE",
        help='JSON: [{"file", "way", "scene", "accessory", "shows": [{"sitter": 0, "slot": "solo"}]}]',
    )  # fmt: skip
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="draw photos and pictures on one sheet, too")


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Judge, and tell the mean of each way and sitter.

    Raises: TintypeError E_BENCH_FILE when a file cannot be read.
    """
    try:
        subjects = [subject for subject, _ in read_sitters(arguments.sitters)]
        pictures = json.loads(arguments.pictures.read_text("utf-8"))
        images = [_opened(one["file"]) for one in pictures]
    except (OSError, ValueError, KeyError) as error:
        raise TintypeError("E_BENCH_FILE", reason=str(error)) from error
    if arguments.sheet:
        _sheet(arguments.sitters, pictures, images).save(arguments.sheet, optimize=True)
    judge = load_reader("judge")
    drawings = list(_drawings(subjects, pictures))
    asked = [*pictures, *(told for told, _ in drawings)]
    readings = judge.read([*images, *(drawing for _, drawing in drawings)])
    rows = _rows(subjects, asked, readings)
    for row in rows:
        print(
            "{sitter} {way}: subject {subject_fidelity:.2f}, prompt {prompt_fidelity:.2f}".format(**row),
            file=sys.stderr,
        )
    return {"ok": True, "rows": rows}


def _opened(name: str) -> Image.Image:
    with Image.open(name) as image:
        return image.convert("RGB")


def _sheet(sitters: Path, pictures: Sequence[Mapping[str, Any]], images: Sequence[Image.Image]) -> Image.Image:
    """A row of photos for each sitter, below it a row for each way of asking."""
    rows: list[Row] = []
    for index, told in enumerate(json.loads(sitters.read_text("utf-8"))):
        photos = [_opened(photo) for photo in told["photos"]]
        rows.append(Row(f"photos of a {told['class_word']}", photos, is_marked=True))
        ways = dict.fromkeys(one["way"] for one in pictures if one["shows"][0]["sitter"] == index)
        for way in ways:
            shown = [
                image
                for one, image in zip(pictures, images, strict=True)
                if one["way"] == way and one["shows"][0]["sitter"] == index
            ]
            rows.append(Row(way, shown))
    columns = max(len(row.images) for row in rows)
    return sheet([""] * columns, rows, TILE_PX)


def _drawings(
    subjects: Sequence[Subject], pictures: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[dict[str, Any], Image.Image]]:
    """The right answer to each question that was put about one sitter."""
    seen = set()
    for layout, one in enumerate(pictures):
        sitters = [shown["sitter"] for shown in one["shows"]]
        question = (tuple(sitters), one["scene"], one["accessory"])
        if len(sitters) > 1 or question in seen:
            continue
        seen.add(question)
        drawing = Picture((subjects[sitters[0]],), (one["accessory"],), one["scene"], layout=layout)
        yield {**one, "way": DRAWN}, draw(drawing)


def _rows(
    subjects: Sequence[Subject], asked: Sequence[Mapping[str, Any]], readings: Sequence[Reading]
) -> list[dict[str, Any]]:
    found: dict[tuple[int, str], list[tuple[float, float]]] = {}
    for one, reading in zip(asked, readings, strict=True):
        for shown in one["shows"]:
            slot, sitter = shown["slot"], shown["sitter"]
            alike = subject_fidelity(reading, subjects[sitter], slot)
            obeyed = prompt_fidelity(reading, one["scene"], one["accessory"], slot)
            found.setdefault((sitter, one["way"]), []).append((alike, obeyed))
    return [
        {
            "sitter": sitter,
            "way": way,
            "images": len(marks),
            "subject_fidelity": round(sum(alike for alike, _ in marks) / len(marks), 3),
            "prompt_fidelity": round(sum(obeyed for _, obeyed in marks) / len(marks), 3),
        }
        for (sitter, way), marks in sorted(found.items())
    ]
