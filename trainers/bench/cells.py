"""The cells of `bench quality`: one way of asking, one exam, one seed; kept, and measured again when they are stale."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from modulefinder import ModuleFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from storage import labels
from storage.atomic import write_atomic
from storage.shrinking import HEADER_BYTES, shortened
from trainers.bench.exam import PHOTO_PX, Exam, Marks, save_photos
from trainers.imagine import Drawing, decoded, encoded_picture, finished, imagine

if TYPE_CHECKING:
    from trainers.adapter import Adapter
    from trainers.pipeline import Base

WORD = "zed"
ROUNDS = 2  # images of each question
IMAGE_SEED = 900
LOWER, UPPER, DRAWN, REBUILT = "class word alone", "full description", "true drawings", "true drawings through the VAE"
ANCHORS = (DRAWN, REBUILT, LOWER, UPPER)
FIXED, ONE_PHOTO = "fixed steps", "one photo"
SHORTENED = {"three quarters of the bytes": 3 / 4, "a quarter of the bytes": 1 / 4, "an eighth of the bytes": 1 / 8}
#: of learning: as the bot does; through all steps, the last sample point kept; from the first photo alone; as the bot
#: does, and then as `/words export` shortens files that are too large
FORMS = ("", FIXED, ONE_PHOTO, *SHORTENED)
OURS = ("trainers", "storage")
ROOT = Path(__file__).parents[2]
FIGURES = "figures.json"
LAYOUT_PX = 16
SAME_LAYOUT = 0.9  # correlation of two pictures' luminance from which on they are laid out alike

Luminance = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one way of asking came to with one exam and one seed."""

    way: str  #: a method, or an anchor, or "lora, fixed steps": a method in one of the `FORMS`
    exam: str
    kind: str
    seed: int  #: of the training
    key: str  #: digest of all that it depends on
    marks: Marks
    diverse: tuple[float, ...]  #: 1 for each question whose two images are laid out differently
    took_s: float  #: training and drawing
    bytes: int = 0  #: of the word's file
    seconds: float = 0.0  #: of the training, samples included
    steps: int = 0
    best_step: int = 0  #: of a mean of sample points the last one's

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Cell:
        """From what `asdict` made of it, by way of JSON."""
        marks = Marks(**{name: tuple(values) for name, values in told["marks"].items()})
        return cls(**{**told, "marks": marks, "diverse": tuple(told["diverse"])})


def by_exam(cells: Sequence[Cell], mark: str) -> dict[str, list[float]]:
    """The marks, alike or obeyed, of all seeds of an exam together: seeds are no new subjects."""
    groups: dict[str, list[float]] = {}
    for cell in cells:
        groups.setdefault(cell.exam, []).extend(getattr(cell.marks, mark))
    return groups


def measure(base: Base, exam: Exam, way: str, seed: int) -> tuple[Cell, list[Image.Image]]:
    """Learn if there is something to learn, draw and judge."""
    began = time.monotonic()
    told: Mapping[str, Any] = {}
    if way == DRAWN:
        images = exam.drawings()
    elif way == REBUILT:
        images = rebuilt(base, exam.drawings(PHOTO_PX))
    elif way in ANCHORS:
        images = drawn(base, exam, exam.said(exam.class_word) if way == LOWER else str(exam.full))
    else:
        method, form = form_of(way)
        adapter, told = learned(base, exam, method, seed, form=form)
        images = drawn(base, exam, exam.said(f"<{WORD}>"), adapter)
    cell = Cell(
        way=way,
        exam=exam.name,
        kind=exam.kind,
        seed=seed,
        key=key_of(base, exam, way, seed),
        marks=exam.marks(images),
        diverse=diverse(images, len(exam.questions)),
        took_s=round(time.monotonic() - began, 1),
        **{name: told[name] for name in ("bytes", "seconds", "steps") if name in told},
        best_step=told.get("best_step") or max(told.get("mean_of", ()), default=0),
    )
    return cell, images


def form_of(way: str) -> tuple[str, str]:
    """The method of a way, and the form of learning with it."""
    method, _, form = way.partition(", ")
    return method, form


def learned(
    base: Base, exam: Exam, method: str, seed: int, *, form: str = "", word: str = WORD, keep: Path | None = None
) -> tuple[Adapter, Mapping[str, Any]]:
    """Teach the word by the very job that the bot runs; the adapter, and what the job told. Its file may be kept.

    One photo counts as often as the method asks for photos.
    """
    from trainers.cli.running import NEVER_S, attempt_folder
    from trainers.cli.running import finished as finished_job
    from trainers.method import method_named
    from trainers.weights import read_adapter

    with attempt_folder() as folder:
        paths = save_photos(exam, folder / "photos")
        if form == ONE_PHOTO:
            paths = paths[:1] * method_named(method).min_photos
        order = {
            "word": word,
            "kind": exam.kind,
            "class_word": exam.class_word,
            "method": method,
            "settings": {"patience": 0} if form == FIXED else {},
            "photos": [{"path": str(path.relative_to(folder))} for path in paths],
            "consent": {"person": "drawn", "text_version": "bench", "given_at": 1},
            "checkpoint_every_s": NEVER_S,
        }
        done = finished_job(folder, {"kind": "train", "seed": seed, "train": order}, base)
        weights = folder / next(file.path for file in done.files if file.role == "weights")
        told = done.result
        if form == FIXED:
            weights = max(folder.glob("point-*.safetensors"))
            told = {**told, "best_step": told["steps"]}
        if form in SHORTENED:
            shorten(weights, SHORTENED[form])
        if keep is not None:
            keep.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(keep, weights.read_bytes(), mode=0o644)
        return read_adapter(weights, base), {**told, "bytes": weights.stat().st_size}


def shorten(weights: Path, share: float) -> None:
    """Leave a LoRA's file this share of its numbers: small ones have headers that weigh, which large ones do not.

    Raises: TintypeError E_SHORTENED when it holds none.
    """
    content = weights.read_bytes()
    less = int((1 - share) * len(labels.opened(content).body))
    write_atomic(weights, shortened(content, len(content) + HEADER_BYTES - less, weights.name).content)


def drawn(base: Base, exam: Exam, said: str, adapter: Adapter | None = None) -> list[Image.Image]:
    """The questions' images in turn, ROUNDS times; the same seeds for every way of asking."""
    words = ((adapter, 1.0),) if adapter else ()
    columns = []
    for index, prompt in enumerate(exam.prompts(said)):
        seeds = [IMAGE_SEED + index * ROUNDS + turn for turn in range(ROUNDS)]
        columns.append(finished(imagine(base, Drawing(prompt=prompt, seeds=seeds, adapters=words))))
    return [column[turn] for turn in range(ROUNDS) for column in columns]


def rebuilt(base: Base, images: Sequence[Image.Image]) -> list[Image.Image]:
    """Images, scaled as photos are, after the base has encoded and decoded them: more than is left no method learns."""
    side = (base.size_px, base.size_px)
    small = (image.resize(side, Image.Resampling.LANCZOS) for image in images)
    return [picture for image in small for picture in decoded(base, encoded_picture(base, image))]


def diverse(images: Sequence[Image.Image], questions: int) -> tuple[float, ...]:
    """For each question 1 when its images differ in layout, 0 when one repeats another; none when asked once.

    Two images are laid out alike when their luminance, brought to 16 × 16 px, correlates by 0.9 or more.
    """
    small = [
        np.asarray(image.convert("L").resize((LAYOUT_PX, LAYOUT_PX), Image.Resampling.BOX), dtype=np.float64).ravel()
        for image in images
    ]
    answers = [small[first::questions] for first in range(questions)]
    return tuple(
        float(not any(map(_alike, *zip(*itertools.combinations(a, 2), strict=True)))) for a in answers if a[1:]
    )


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Two evenly coloured pictures have nothing that could differ."""
    if not one.std() or not other.std():
        return bool(one.std() == other.std())
    return bool(np.corrcoef(one, other)[0, 1] >= SAME_LAYOUT)


# --- what a cell depends on ------------------------------------------------------------------------------------------


def key_of(base: Base, exam: Exam, way: str, seed: int) -> str:
    """Digest of the code that takes part, which draws the exam too, the settings, the base model and the seed.

    Of the operator's models beside the base it is only known which there are.
    """
    from trainers.method import method_named, settings_for

    method, form = form_of(way)
    settings = None if way in ANCHORS else [form, asdict(settings_for(method_named(method), base, {}))]
    code = code_of(method, base.family.name, *(["storage.shrinking"] if form in SHORTENED else []))
    beside = [one is not None for one in (base.eye, base.faces, base.captioner, base.output_check)]
    parts = [code, base.key, beside, settings, exam.name, seed, ROUNDS, IMAGE_SEED]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class _Ours(ModuleFinder):
    """Follows imports, also those inside functions, but into our own packages only."""

    def find_module(self, name: str, path: Any, parent: Any = None) -> Any:
        if parent is None and name not in (*OURS, "__init__"):
            raise ImportError(name)
        return super().find_module(name, path, parent)


@cache
def code_of(way: str, family: str, *more: str) -> str:
    """Digest of all our source files that training by a method, or drawing and judging alone, can reach; and `more`."""
    finder = _Ours(path=[str(ROOT)])
    names = ["trainers.jobs.train", "trainers.bench.exam", f"trainers.families.{family}", *more]
    for name in names if way in ANCHORS else [*names, f"trainers.methods.{way}"]:
        finder.import_hook(name)
    files = sorted(file for module in finder.modules.values() if (file := getattr(module, "__file__", None)))
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


# --- keeping ---------------------------------------------------------------------------------------------------------


class Kept:
    """Cells measured before and their pictures, in a folder: `figures.json` and `strips/`."""

    def __init__(self, folder: Path, base: Base) -> None:
        self.folder, self._base = folder, base
        path = folder / FIGURES
        told = json.loads(path.read_text("utf-8")) if path.exists() else {"cells": []}
        self._cells = {(c.way, c.exam, c.seed): c for c in map(Cell.read, told["cells"])}

    @property
    def cells(self) -> list[Cell]:
        """All of them, in the order in which they were asked for first."""
        return list(self._cells.values())

    def find(self, exam: Exam, way: str, seed: int) -> Cell | None:
        """What was measured before, if nothing that it depends on has changed."""
        cell = self._cells.get((way, exam.name, seed))
        return cell if cell and cell.key == key_of(self._base, exam, way, seed) else None

    def keep(self, cell: Cell, images: Sequence[Image.Image]) -> None:
        """Write it down at once; of the first seed the pictures too."""
        self._cells[(cell.way, cell.exam, cell.seed)] = cell
        if cell.seed == 0:
            self.strip(cell.way, cell.exam).parent.mkdir(parents=True, exist_ok=True)
            _strip(images).save(self.strip(cell.way, cell.exam), quality=90)
        told = {"base_model": self._base.revision, "cells": [asdict(one) for one in self.cells]}
        write_atomic(self.folder / FIGURES, json.dumps(told, indent=1).encode(), mode=0o644)

    def strip(self, way: str, exam: str) -> Path:
        """Where the first seed's pictures lie, side by side."""
        return self.folder / "strips" / f"{file_name(way)}-{file_name(exam)}.webp"


def file_name(way: str) -> str:
    """A way's or an exam's name as part of a file's."""
    return way.replace(",", "").replace(" ", "-")


def _strip(images: Sequence[Image.Image]) -> Image.Image:
    strip = Image.new("RGB", (sum(image.width for image in images), images[0].height))
    for index, image in enumerate(images):
        strip.paste(image, (index * image.width, 0))
    return strip
