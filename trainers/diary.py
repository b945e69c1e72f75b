"""What a training remembers of itself: losses, sample points, which was best; and the one file it goes on from."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import TintypeError
from trainers.drawing.curve import Marks
from trainers.picking import Point, kept_of
from trainers.thrift import Concession, concessions_of

DIARY = "diary.json"
METHOD = "method.safetensors"  # the method's own checkpoint
CANDIDATE = "candidate.safetensors"  # of a sample point that is reached, but not yet drawn
PICTURES = "samples"
WEIGHTS = "points"  # of those sample points that may still be the result, or part of it


@dataclass(frozen=True, slots=True)
class Reached:
    """A sample point whose samples are to be drawn: that of a moment, or the mean of some before."""

    number: int
    done: int
    is_sound: bool = True
    mean_of: tuple[int, ...] = ()


@dataclass(slots=True)
class Diary:
    """A training so far; travels in each checkpoint, so that the end is the same however often it was interrupted."""

    base: str = ""  #: id@revision of the model it goes on with
    done: int = 0
    total: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    pending: Reached | None = None  #: the point whose candidate is not yet drawn
    has_means: bool = False  #: whether the method's files may be averaged
    seconds: float = 0.0  #: of work in earlier attempts
    conceded: Sequence[Concession] = ()  #: what was given up for lack of memory

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
        """The best sample point, if any was drawn."""
        return kept_of(self.points)[0]

    @property
    def of_training(self) -> list[Point]:
        """The sample points of the training itself, without a mean of them."""
        return [point for point in self.points if not point.mean_of]

    @property
    def kept(self) -> list[Point]:
        """The points whose weights are still needed: the best, and those whose mean may be tried."""
        best, few = kept_of(self.points)
        return few if best is None or best in few else [*few, best]

    @property
    def few(self) -> list[Point]:
        """The points whose mean may be better than each; fewer than two have none."""
        few = kept_of(self.points)[1]
        return few if len(few) > 1 else []

    def marks(self) -> Marks:
        """What the curve shows of it."""
        best = self.best
        return Marks(
            total=self.total,
            losses=self.losses,
            scores=[(point.done, point.score) for point in self.of_training if point.score is not None],
            best=best.done if best and not best.mean_of else None,
        )

    def as_json(self) -> str:
        """The diary as text."""
        return json.dumps(dataclasses.asdict(self))


def diary_of(text: str) -> Diary:
    """The diary that was written as this text."""
    told: dict[str, Any] = json.loads(text)
    told["losses"] = [(int(step), float(loss)) for step, loss in told["losses"]]
    told["points"] = [Point(**_tuples(point)) for point in told["points"]]
    told["pending"] = Reached(**_tuples(told["pending"])) if told["pending"] else None
    told["conceded"] = concessions_of(told.get("conceded", ()))  # older checkpoints do not say it
    return Diary(**told)


def _tuples(told: dict[str, Any]) -> dict[str, Any]:
    """JSON has lists alone."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


def weights_of(point: Point) -> str:
    """The file of a sample point that is still needed."""
    return f"{WEIGHTS}/{point.number:03}.safetensors"


def pack(folder: Path, diary: Diary, target: Path) -> None:
    """Write everything a training needs to go on into one file.

    `folder` holds the method's checkpoint, the weights that are still needed, and the pictures.
    Raises: TintypeError E_DISK_FULL.
    """
    names = [METHOD, *([CANDIDATE] if (folder / CANDIDATE).is_file() else []), *map(weights_of, diary.kept)]
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
    plain = {DIARY, METHOD, CANDIDATE}
    folders = (f"{PICTURES}/", f"{WEIGHTS}/")
    return METHOD in names and all(
        name in plain or (name.startswith(folders) and name.count("/") == 1 and ".." not in name) for name in names
    )
