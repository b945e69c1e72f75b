"""Which sample point is the best, when no better one is to be expected, and the mean of the best few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from storage import labels
from storage.atomic import write_atomic

FEW = 3  # sample points whose mean is tried: they cost one more row of samples
GAIN = 0.01  # a score that rises by less than this is the noise of four pictures


@dataclass(frozen=True, slots=True)
class Point:
    """A sample point that was drawn."""

    number: int
    done: int  #: steps; of a mean the last of its points'
    score: float | None  #: likeness from 0 to 1, where it can be told
    pictures: tuple[str, ...]  #: relative to the training's folder
    is_sound: bool = True  #: False when the loss was far above what it had been
    mean_of: tuple[int, ...] = ()  #: the steps of the points whose mean it is; none for a point of the training itself

    @property
    def label(self) -> str:
        """Its steps, as rows of sheets are called."""
        return "+".join(map(str, self.mean_of)) or f"{self.done}"


def best_first(points: Iterable[Point], highest: float = 0.0) -> list[Point]:
    """By score; of points within `GAIN` of the highest the latest first; without scores the latest sound one.

    `highest`: of points that are no longer there.
    """
    there = list(points)
    top = max((point.score for point in there if point.score is not None), default=0.0)
    return sorted(there, key=lambda point: _rank(point, max(top, highest)), reverse=True)


def _rank(point: Point, highest: float) -> tuple[float, bool, bool, int]:
    """Among equals what was learned longer goes on rising where scores no longer tell; and a mean is the steadiest."""
    score = -1.0 if point.score is None else min(point.score, highest - GAIN)
    return score, point.is_sound, bool(point.mean_of), point.done


def has_stalled(points: Sequence[Point], patience: int) -> bool:
    """Whether so many sample points in a row were no better than the best before them; never when patience is 0.

    A gain below `GAIN` is none, and without scores nothing is known.
    """
    scores = [point.score for point in points if point.score is not None]
    if not patience or len(scores) <= patience:
        return False
    return max(scores[-patience:]) < max(scores[:-patience]) + GAIN


def kept_of(points: Sequence[Point]) -> tuple[Point | None, list[Point]]:
    """The best point, and the best few of the training in the order of their steps, whose mean may be better than each.

    None of the two where there are none; no few where nothing tells. What is dropped, because others were as good and
    later, stays dropped when the best one rises and leaves these behind: its file is gone.
    """
    best: Point | None = None
    few: list[Point] = []
    highest = 0.0
    for point in points:
        highest = max(highest, point.score or 0.0)
        there = dict.fromkeys(one for one in (*few, best, point) if one is not None)
        best, *_ = ranked = best_first(there, highest)
        few = [one for one in ranked if one.score is not None and one.is_sound and not one.mean_of][:FEW]
    return best, sorted(few, key=lambda point: point.done)


def write_mean(files: Sequence[Path], target: Path) -> None:
    """Write a word's file whose numbers are the mean of those in the files of one training, told as the first tells it.

    Averaging along one run's path: Izmailov et al. 2018, arXiv 1803.05407. Raises: TintypeError E_DISK_FULL.
    """
    sums: dict[str, Tensor] = {}
    kinds: dict[str, torch.dtype] = {}
    told: dict[str, str] = {}
    for path in files:
        with safe_open(path, "pt") as file:
            told = told or dict(file.metadata() or {})
            for name in file.keys():  # noqa: SIM118  no mapping
                tensor = file.get_tensor(name)
                kinds[name] = tensor.dtype
                sums[name] = sums.get(name, 0.0) + tensor.float()
    means = {name: (total / len(files)).to(kinds[name]).contiguous() for name, total in sums.items()}
    write_atomic(target, labels.closed(labels.hashed(replace(labels.opened(save(means)), metadata=told))))
