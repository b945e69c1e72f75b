"""Intervals hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from trainers.bench.intervals import difference, interval


def test_equal_values_leave_no_doubt() -> None:
    told = interval([[0.5, 0.5], [0.5, 0.5, 0.5]])

    assert (told.mean, told.low, told.high) == (0.5, 0.5, 0.5)


def test_every_subject_counts_the_same_however_many_images_it_has() -> None:
    assert interval([[1.0], [0.0] * 99]).mean == pytest.approx(0.5)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)

    hits = 0
    for _ in range(60):
        subjects = rng.normal(0.7, 0.05, 12)
        told = interval([list(rng.normal(subject, 0.2, 12)) for subject in subjects])
        hits += told.low <= 0.7 <= told.high

    assert hits >= 51


def test_a_paired_difference_sees_what_is_common_to_all_subjects() -> None:
    lower = [[0.1], [0.5], [0.9]]
    upper = [[0.3], [0.7], [1.1]]

    told = difference(upper, lower)

    assert told.mean == pytest.approx(0.2)
    assert told.low == pytest.approx(0.2)
    assert told.low > 0 > interval(lower).low - interval(upper).high


def test_the_same_values_give_the_same_interval() -> None:
    groups = [[0.2, 0.9, 0.4], [0.1, 0.8]]

    assert interval(groups) == interval(groups)


@pytest.mark.parametrize("groups", [[], [[]], [[0.1], []]])
def test_nothing_has_no_interval(groups: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="values"):
        interval(groups)


def test_a_difference_needs_the_same_subjects() -> None:
    with pytest.raises(ValueError, match="same subjects"):
        difference([[0.1]], [[0.1], [0.2]])
