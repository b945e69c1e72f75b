"""A training ends when it gets no better, and keeps the best point or the mean of the best few."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.trainers.jobs.attempts import QUICK, ran, scored, training_of
from trainers.events import Event, Sample, Step, Stopped, Wish
from trainers.picking import write_mean
from trainers.pipeline import Base
from trainers.weights import read_metadata


def test_the_mean_of_the_best_few_is_kept_when_it_scores_higher(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(scored(base, 0.5, 0.6, 0.7), training_of(tmp_path / "a", photos))
    one, two = (next(file for file in s.files if file.role == "point") for s in told.samples()[:2])
    numbers = [load_file(tmp_path / "a" / path) for path in (one.path, two.path, told.made("weights")[0].path)]

    assert (told.done.result["mean_of"], told.done.result["best_step"], told.done.result["score"]) == (
        [3, 6],
        None,
        0.7,
    )
    for name, mean in numbers[2].items():
        assert torch.equal(mean, ((numbers[0][name].float() + numbers[1][name].float()) / 2).half())


def test_a_mean_is_told_as_the_first_of_its_files_tells_it(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("first", "last")]
    for number, path in enumerate(files):
        save_file({"numbers": torch.full((2,), float(number))}, path, {"told_by": path.name})
    write_mean(files, tmp_path / "mean")

    assert read_metadata(tmp_path / "mean")["told_by"] == "first"
    assert load_file(tmp_path / "mean")["numbers"].tolist() == [0.5, 0.5]


def test_the_mean_is_no_sample_point_to_choose(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(scored(base, 0.5, 0.6, 0.1), training_of(tmp_path / "a", photos))

    assert [any(file.role == "point" for file in sample.files) for sample in told.samples()] == [True, True, False]
    assert told.done.result["best_step"] == 6


def test_singular_vectors_of_two_moments_are_not_averaged(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(scored(base, 0.5, 0.6), training_of(tmp_path / "a", photos, method="dreambooth"))

    assert len(told.samples()) == 2


@pytest.mark.parametrize(
    ("scores", "steps"),
    [([0.5, 0.9, 0.9, 0.8, 0.1], 4), ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.1], 6), ([0.5, 0.505, 0.509, 0.1], 3)],
)
def test_it_ends_when_two_sample_points_in_a_row_are_no_better(
    base: Base, photos: list[Path], tmp_path: Path, scores: list[float], steps: int
) -> None:
    told = ran(scored(base, *scores), training_of(tmp_path / "a", photos, settings=QUICK | {"points": 6}))

    assert told.steps("train")[-1] == told.done.result["steps"] == steps
    assert told.done.result["has_stalled"] == (steps < 6)


def test_without_patience_it_goes_through_all_steps(base: Base, photos: list[Path], tmp_path: Path) -> None:
    falling = scored(base, *[0.9 - 0.1 * n for n in range(7)])
    told = ran(falling, training_of(tmp_path / "a", photos, settings=QUICK | {"points": 6, "patience": 0}))

    assert told.done.result["steps"] == 6
    assert told.done.result["best_step"] == 1


def of_mean(events: list[Event]) -> Wish | None:
    """Stop while the mean of three points is drawn."""
    drawn_after = [e for e in events[-2:] if isinstance(e, Step) and e.phase == "sample"]
    return Wish.CHECKPOINT if len(drawn_after) == 2 and sum(isinstance(e, Sample) for e in events) == 3 else None


def test_a_training_that_had_stalled_learns_no_further_when_it_goes_on(
    base: Base, photos: list[Path], tmp_path: Path
) -> None:
    settings = QUICK | {"points": 6}
    whole = ran(scored(base, 0.5, 0.4, 0.3, 0.6), training_of(tmp_path / "whole", photos, settings=settings))
    cut = ran(scored(base, 0.5, 0.4, 0.3, 0.6), training_of(tmp_path / "cut", photos, settings=settings), of_mean)
    checkpoint = tmp_path / "cut" / cut.checkpoints()[-1].files[0].path
    rest = ran(scored(base, 0.3, 0.6), training_of(tmp_path / "rest", photos, checkpoint, settings=settings))

    assert cut.end == Stopped()
    assert rest.steps("train") == []
    assert rest.done.result["mean_of"] == whole.done.result["mean_of"] == [1, 2, 3]
    assert rest.made("weights")[0].sha256 == whole.made("weights")[0].sha256


def test_a_training_that_had_stalled_still_says_what_it_gave_up_for_memory(
    base: Base, photos: list[Path], tmp_path: Path, scarce_memory: None
) -> None:
    settings = QUICK | {"points": 6}
    cut = ran(scored(base, 0.5, 0.4, 0.3, 0.6), training_of(tmp_path / "cut", photos, settings=settings), of_mean)
    checkpoint = tmp_path / "cut" / cut.checkpoints()[-1].files[0].path
    rest = ran(scored(base, 0.3, 0.6), training_of(tmp_path / "rest", photos, checkpoint, settings=settings))

    assert rest.steps("train") == []
    assert rest.done.result["warnings"] == [{"code": "W_MEMORY_BATCH", "step": 1, "was": 2, "now": 1}]
