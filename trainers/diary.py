"""What a training remembers of itself: losses, sample points, which was best; and the one file it goes on from."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import TintypeError
from trainers.drawing.curve import Marks

DIARY = "diary.json"
METHOD = "method.safetensors"  # the method's own checkpoint
BEST = "best.safetensors"
CANDIDATE = "candidate.safetensors"  # of a sample point that is reached, but not yet drawn
PICTURES = "samples"


@dataclass(frozen=True, slots=True)
class Point:
    """A sample point that was drawn."""

    number: int
    done: int  #: steps
    score: float | None  #: likeness from 0 to 1, where the family can tell
    pictures: tuple[str, ...]  #: relative to the training's folder
    is_sound: bool = True  #: False when the loss was far above what it had been


Reached = tuple[int, int, bool]  # a sample point: number, done, is_sound


@dataclass(slots=True)
class Diary:
    """A training so far; travels in each checkpoint, so that the end is the same however often it was interrupted."""

    base: str = ""  #: id@revision of the model it goes on with
    done: int = 0
    total: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    pending: Reached | None = None  #: the point whose candidate is not yet drawn
    seconds: float = 0.0  #: of work in earlier attempts

    def note(self, done: int, total: int, loss: float | None) -> None:
        """Note one step; after a rollback, what was noted of the same steps before is forgotten."""
        while self.losses and self.losses[-1][0] >= done:
            self.losses.pop()
        self.done, self.total = done, total
        if loss is not None:
            self.losses.append((done, loss))

    def has(self, number: int) -> bool:
        """Whether this sample point was drawn; after a rollback it is reached a second time."""
        return any(point.number == number for point in self.points)

    @property
    def best(self) -> Point | None:
        """The sample point with the highest score, the later of two equal ones; without scores the latest sound one."""
        return max(self.points, key=_rank, default=None)

    def marks(self) -> Marks:
        """What the curve shows of it."""
        best = self.best
        return Marks(
            total=self.total,
            losses=self.losses,
            scores=[(point.done, point.score) for point in self.points if point.score is not None],
            best=best.done if best else None,
        )

    def as_json(self) -> str:
        """The diary as text."""
        return json.dumps(
            {
                "base": self.base,
                "done": self.done,
                "total": self.total,
                "losses": self.losses,
                "points": [[p.number, p.done, p.score, list(p.pictures), p.is_sound] for p in self.points],
                "pending": self.pending,
                "seconds": self.seconds,
            }
        )


def _rank(point: Point) -> tuple[float, bool, int]:
    return -1.0 if point.score is None else point.score, point.is_sound, point.done


def diary_of(text: str) -> Diary:
    """The diary that was written as this text."""
    told: dict[str, Any] = json.loads(text)
    return Diary(
        base=told["base"],
        done=told["done"],
        total=told["total"],
        losses=[(int(step), float(loss)) for step, loss in told["losses"]],
        points=[
            Point(number, done, score, tuple(files), sound) for number, done, score, files, sound in told["points"]
        ],
        pending=tuple(told["pending"]) if told["pending"] else None,
        seconds=told["seconds"],
    )


def pack(folder: Path, diary: Diary, target: Path) -> None:
    """Write everything a training needs to go on into one file.

    `folder` holds the method's checkpoint, perhaps the best and the candidate weights, and the pictures.
    Raises: TintypeError E_DISK_FULL.
    """
    names = [METHOD, *(name for name in (BEST, CANDIDATE) if (folder / name).is_file())]
    names += [picture for point in diary.points for picture in point.pictures]

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
            bundle.writestr(DIARY, diary.as_json())
            for name in names:
                bundle.write(folder / name, name)

    write_atomic(target, write)


def unpack(source: Path, folder: Path) -> Diary:
    """Lay a checkpoint's files into the folder and return its diary.

    Raises: TintypeError E_CHECKPOINT when the file is none of ours or torn.
    """
    try:
        with zipfile.ZipFile(source) as bundle:
            names = bundle.namelist()
            if not _is_ours(names):
                raise TintypeError("E_CHECKPOINT")
            for name in names:
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(bundle.read(name))
            return diary_of((folder / DIARY).read_text("utf-8"))
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError) as error:
        raise TintypeError("E_CHECKPOINT") from error


def _is_ours(names: Sequence[str]) -> bool:
    plain = {DIARY, METHOD, BEST, CANDIDATE}
    return METHOD in names and all(
        name in plain or (name.startswith(f"{PICTURES}/") and name.count("/") == 1 and ".." not in name)
        for name in names
    )
