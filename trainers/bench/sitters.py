"""`bench sitters`: photos of subjects that nobody knows, and what they show; what the demo hands in."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from trainers.bench.exam import Question, SubjectExam, exams, save_photos
from trainers.cli import Subparsers, add_command
from trainers.miniature.world import Subject
from trainers.settings import TrainerSettings

SITTERS = "sitters.json"
KINDS = ("animal", "object")  # a person would have to agree first


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "sitters", "draw photos of subjects that no training ever saw", run)
    parser.add_argument("--count", type=int, default=2, metavar="N", help="how many subjects (default: 2)")
    parser.add_argument("--out", type=Path, required=True, help="a folder each, and sitters.json")


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Draw them and say what they are."""
    told = [_told(exam, arguments.out / str(number)) for number, exam in enumerate(chosen(arguments.count), 1)]
    write_atomic(arguments.out / SITTERS, json.dumps(told, indent=1).encode(), mode=0o644)
    print(f"Drew {sum(len(one['photos']) for one in told)} photos into {arguments.out}", file=sys.stderr)
    return {"ok": True, "sitters": told}


def chosen(count: int) -> list[SubjectExam]:
    """Animals and objects in turn."""
    pool = [exam for exam in exams(count * 7) if exam.subject.kind in KINDS]
    turns = [[exam for exam in pool if exam.subject.kind == kind] for kind in KINDS]
    return [exam for turn in zip(*turns, strict=False) for exam in turn][:count]


def _told(exam: SubjectExam, folder: Path) -> dict[str, Any]:
    return {
        "attributes": exam.subject.attributes(),
        "kind": exam.subject.kind,
        "class_word": exam.subject.class_word,
        "description": exam.subject.description(),
        "photos": [str(path) for path in save_photos(exam, folder)],
        "questions": [
            {"scene": question.scene, "accessory": question.accessory, "words": question.words}
            for question in exam.questions
        ],
    }


def read_sitters(path: Path) -> list[tuple[Subject, list[Question]]]:
    """The subjects of a `sitters.json`, and what can be asked about each."""
    told = json.loads(path.read_text("utf-8"))
    return [(Subject(**one["attributes"]), [Question(**each) for each in one["questions"]]) for one in told]
