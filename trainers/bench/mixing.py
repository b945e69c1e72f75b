"""`bench mixing`: whether two learned words in one picture stay apart, beside each word alone and beside anchors.

With `--constrained` all words are Custom Diffusion's, stacked as they are and merged in closed form.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.atomic import write_atomic
from trainers.bench.cells import FIGURES, learned
from trainers.bench.exam import SubjectExam
from trainers.bench.intervals import interval
from trainers.bench.moved import Moved, moved_by
from trainers.bench.sitters import chosen
from trainers.cli import Subparsers, add_base, add_command, bounded
from trainers.drawing.sheet import Row, sheet
from trainers.imagine import Drawing, finished, imagine
from trainers.miniature.readers import Reader, Reading, Slot, load_reader, subject_fidelity
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.adapter import Adapter
    from trainers.pipeline import Base

SIDED = "{} on the left and {} on the right"
LOWER, UPPER, APART, UNPLACED = "class words", "full descriptions", "two words, sides said", "two words, no sides said"
ALONE = "one word alone"
MERGED = ", merged"  # behind a way of asking: by shares of the closed form, whose sum it is
CUSTOM = "custom_diffusion"
#: the methods of a pair's words, pairs taking turns
MIXES = (
    ("lora", "textual_inversion"),
    ("lora", "lora"),
    ("textual_inversion", "lora"),
    ("textual_inversion", "textual_inversion"),
)
SEEDS = (20, 21, 22, 23)
ENOUGH = 0.6  # three of a subject's five attributes; class words alone show so many on both sides once in 32 pictures
CONTACT_TILE_PX = 112


@dataclass(frozen=True, slots=True)
class Sitter:
    """A subject, and the word that was learned for it."""

    exam: SubjectExam
    word: Adapter

    @property
    def place(self) -> tuple[str, str]:
        """The first place asked for without an accessory, and the words for it."""
        return next((one.scene, one.words) for one in self.exam.questions if one.accessory is None)


Pair = tuple[Sitter, Sitter]
Asked = tuple[str, str, Pair]  #: what the table calls it, the way of asking, and by which words


@dataclass(frozen=True, slots=True)
class Found:
    """What the judge found in the pictures of one pair, asked for in one way."""

    way: str
    subjects: tuple[str, ...]
    methods: tuple[str, ...]
    own: tuple[float, ...]  #: subject fidelity of each side of each picture
    apart: tuple[float, ...]  #: 1 for a picture in which each side is more like its own subject than like the other
    scene: tuple[float, ...]  #: 1 for a picture that shows the place

    @property
    def both(self) -> tuple[float, ...]:
        """1 for a picture in which each of two sides shows enough of its own subject to be found."""
        sides = zip(self.own[::2], self.own[1::2], strict=True)
        return tuple(float(min(pair) >= ENOUGH) for pair in sides)


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "mixing", "draw pairs of learned words, and judge each side", run)
    parser.add_argument(
        "--pairs", type=bounded(int, 2, 12), default=4, metavar="N", help="how many pairs, 2 … 12 (default: 4)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the trainings (default: 0)")
    parser.add_argument(
        "--constrained", action="store_true", help="words by custom_diffusion, stacked and merged in closed form"
    )
    parser.add_argument(
        "--words", type=Path, default=Path("build/mixing/words"), help="where learned words are kept and found again"
    )
    parser.add_argument("--out", type=Path, default=Path("build/mixing"), help="figures.json and contact sheets")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Measure, print the table, and keep figures and sheets."""
    from trainers.cli.running import loaded

    base, judge = loaded(arguments, settings), load_reader("judge")
    arguments.out.mkdir(parents=True, exist_ok=True)
    found: list[Found] = []
    moved: list[Moved] = []
    for number, pair in enumerate(_pairs(base, arguments), 1):
        print(f"pair {number}: {' · '.join(one.exam.subject.description() for one in pair)}", file=sys.stderr)
        asked: list[Asked] = [(way, way, pair) for way in WAYS]
        if arguments.constrained:
            shares = shares_of(base, pair)
            asked = _merged_too(pair, shares)
            words, kept_apart = ([one.word for one in both] for both in (pair, shares))
            moved.append(moved_by(base, words, kept_apart, [one.exam.kind for one in pair]))
        found += _pair(base, judge, asked, arguments.out / f"pair-{number}.jpg")
        _keep(arguments.out, base, found, moved)
    print(table(rows_of(found)), file=sys.stderr)
    return {"ok": True, "base_model": base.revision, "pairs": arguments.pairs, "rows": rows_of(found)}


def _pairs(base: Base, arguments: argparse.Namespace) -> Iterator[Pair]:
    """Neighbours in a ring of subjects, animals and objects in turn: as many subjects as pairs."""
    exams = chosen(arguments.pairs)
    for index, exam in enumerate(exams):
        methods, after = MIXES[index % len(MIXES)], (index + 1) % len(exams)
        methods = (CUSTOM, CUSTOM) if arguments.constrained else methods
        yield (
            Sitter(exam, _word(base, exam, index + 1, methods[0], arguments)),
            Sitter(exams[after], _word(base, exams[after], after + 1, methods[1], arguments)),
        )


def _word(base: Base, exam: SubjectExam, number: int, method: str, arguments: argparse.Namespace) -> Adapter:
    from trainers.weights import read_adapter

    kept = arguments.words / f"{base.revision}-{method}-{number}-{arguments.seed}.safetensors"
    if not kept.exists():
        learned(base, exam, method, arguments.seed, word=f"s{number}-{exam.subject.class_word}", keep=kept)
    return read_adapter(kept, base)


def shares_of(base: Base, pair: Pair) -> Pair:
    """The same subjects, by the shares of the pair's closed form."""
    from trainers.merging import CONSTRAINED, Parent, Way, merged

    parents = [Parent(one.word, 1.0, one.exam.kind) for one in pair]
    one, other = merged(base, "both", parents, Way(how=CONSTRAINED)).shares
    return replace(pair[0], word=one), replace(pair[1], word=other)


def _merged_too(pair: Pair, shares: Pair) -> list[Asked]:
    """Each way that says words, by the words as they were learned and by their shares."""
    ways = (ALONE, UNPLACED, APART)
    return [asked for way in ways for asked in ((way, way, pair), (way + MERGED, way, shares))]


def _pair(base: Base, judge: Reader, asked: Sequence[Asked], contact: Path) -> list[Found]:
    """Every way of asking, each in both orders; the pictures are drawn on one sheet."""
    found, rows = [], []
    for name, way, pair in asked:
        images = [image for turn in _turns(way, pair) for image in _drawn(base, way, turn)]
        found.append(replace(_judged(judge, way, pair, images), way=name))
        rows.append(Row(name, images))
    sheet([""] * len(rows[0].images), rows, CONTACT_TILE_PX).save(contact, quality=88)
    return found


def _turns(way: str, pair: Pair) -> Sequence[tuple[Sitter, ...]]:
    """Who is asked for from left to right."""
    return [(pair[0],), (pair[1],)] if way == ALONE else [pair, pair[::-1]]


#: how two, or one, are asked for
WAYS: Mapping[str, Callable[[tuple[Sitter, ...]], str]] = {
    LOWER: lambda turn: SIDED.format(*(f"a {one.exam.subject.class_word}" for one in turn)),
    UPPER: lambda turn: SIDED.format(*(one.exam.subject.description() for one in turn)),
    ALONE: lambda turn: _said(turn[0]),
    UNPLACED: lambda turn: " and ".join(map(_said, turn)),
    APART: lambda turn: SIDED.format(*map(_said, turn)),
}


def _said(sitter: Sitter) -> str:
    return f"a <{sitter.word.word}>"


def _drawn(base: Base, way: str, turn: tuple[Sitter, ...]) -> list[Image.Image]:
    prompt = f"{WAYS[way](turn)}{turn[0].place[1]}"
    return finished(imagine(base, Drawing(prompt=prompt, seeds=SEEDS, adapters=[(one.word, 1.0) for one in turn])))


def _judged(judge: Reader, way: str, pair: Pair, images: Sequence[Image.Image]) -> Found:
    readings = judge.read(images)
    asked = [turn for turn in _turns(way, pair) for _ in SEEDS]
    marks = [_sides(reading, turn) for reading, turn in zip(readings, asked, strict=True)]
    return Found(
        way,
        tuple(one.exam.subject.description() for one in pair),
        tuple(one.word.method for one in pair),
        own=tuple(own for sides in marks for own, _ in sides),
        apart=() if way == ALONE else tuple(float(all(own > other for own, other in sides)) for sides in marks),
        scene=tuple(float(reading.scene == turn[0].place[0]) for reading, turn in zip(readings, asked, strict=True)),
    )


def _sides(reading: Reading, turn: tuple[Sitter, ...]) -> list[tuple[float, float]]:
    """Of each side, how much it is like its own subject and like the other's."""
    slots: tuple[Slot, ...] = ("solo",) if len(turn) == 1 else ("left", "right")
    subjects = [one.exam.subject for one in turn]
    others = reversed(subjects)
    return [
        (subject_fidelity(reading, own, slot), subject_fidelity(reading, other, slot))
        for slot, own, other in zip(slots, subjects, others, strict=True)
    ]


# --- what is told ----------------------------------------------------------------------------------------------------


def rows_of(found: Sequence[Found]) -> list[dict[str, Any]]:
    """One row for each way: means with their 95 % interval over pairs and pictures."""
    return [_row(way, [one for one in found if one.way == way]) for way in dict.fromkeys(one.way for one in found)]


def _row(way: str, mine: Sequence[Found]) -> dict[str, Any]:
    return {
        "way": way,
        "pictures": sum(len(one.scene) for one in mine),
        "subject_fidelity": asdict(interval([one.own for one in mine])),
        "both": None if way.startswith(ALONE) else asdict(interval([one.both for one in mine])),
        "apart": None if way.startswith(ALONE) else asdict(interval([one.apart for one in mine])),
        "scene": asdict(interval([one.scene for one in mine])),
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as Markdown."""
    head = "| asked by | pictures | subject fidelity of each side | both found | apart | place |"
    return "\n".join([head, "|---|---|---|---|---|---|", *map(_line, rows)])


def report(folder: Path) -> str:
    """The committed figures as Markdown: base model and pairs, the table, the contact sheets."""
    told = json.loads((folder / FIGURES).read_text("utf-8"))
    pairs = [f"{' and '.join(one['subjects'])}" for one in told["found"] if one["way"] == APART]
    beside_docs = Path(*folder.parts[1:]).as_posix()
    sheets = [f"![pair {number}, {pair}]({beside_docs}/pair-{number}.jpg)" for number, pair in enumerate(pairs, 1)]
    head = f"Base model {told['base_model']}, {len(pairs)} pairs:"
    return "\n\n".join(
        [head, table(rows_of([Found(**one) for one in told["found"]])), *_gains(told["found"]), *_moves(told), *sheets]
    )


def _gains(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Picture by picture, what merging adds to the same words stacked; nothing where none were merged."""
    ways = dict.fromkeys(one["way"] for one in found)
    lines = []
    for way in (way for way in ways if way + MERGED in ways):
        stacked, shares = ([one for one in found if one["way"] == name] for name in (way, way + MERGED))
        gains = [_gain(stacked, shares, name) if stacked[0][name] else "–" for name in ("own", "apart")]
        lines.append(f"| {way} | {' | '.join(gains)} |")
    head = "| merged less stacked | subject fidelity of each side | apart |"
    return ["\n".join([head, "|---|---|---|", *lines])] if lines else []


def _gain(stacked: Sequence[Mapping[str, Any]], merged: Sequence[Mapping[str, Any]], name: str) -> str:
    less = [[m - s for s, m in zip(a[name], b[name], strict=True)] for a, b in zip(stacked, merged, strict=True)]
    return _range(asdict(interval(less)))


def _moves(told: Mapping[str, Any]) -> list[str]:
    """Pair by pair, what layers do to text that is not their word's."""
    rows = [
        f"| {number} | {one['stacked']:.2f} | {one['shares']:.2f} | {one['captions']:.2f} |"
        for number, one in enumerate(told.get("moved", ()), 1)
    ]
    head = "| pair | the other word's text, stacked | merged | ordinary captions, merged, of stacked |"
    return ["\n".join([head, "|---|---|---|---|", *rows])] if rows else []


def _line(row: Mapping[str, Any]) -> str:
    numbers = [_range(row[name]) for name in ("subject_fidelity", "both", "apart", "scene")]
    return f"| {row['way']} | {row['pictures']} | {' | '.join(numbers)} |"


def _range(told: Mapping[str, float] | None) -> str:
    return f"{told['mean']:.2f} [{told['low']:.2f}, {told['high']:.2f}]" if told else "–"


def _keep(out: Path, base: Base, found: Sequence[Found], moved: Sequence[Moved]) -> None:
    told = {"base_model": base.revision, "found": [asdict(one) for one in found]}
    told |= {"moved": [asdict(one) for one in moved]} if moved else {}
    write_atomic(out / FIGURES, json.dumps(told, indent=1).encode(), mode=0o644)
