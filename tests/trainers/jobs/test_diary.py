"""A training's memory travels in one file, and a file that is none of ours is refused."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.errors import TintypeError
from trainers.diary import METHOD, Diary, Reached, diary_of, pack, unpack
from trainers.picking import Point, best_first
from trainers.thrift import BATCH, Concession

FILES = (METHOD, "samples/1-1.png", "samples/2-1.png", "points/001.safetensors", "points/002.safetensors")


def a_diary() -> Diary:
    return Diary(
        base="miniature@1",
        done=40,
        total=100,
        losses=[(1, 0.5), (2, 0.25)],
        points=[Point(1, 20, 0.5, ("samples/1-1.png",)), Point(2, 40, 0.75, ("samples/2-1.png",), mean_of=(20, 40))],
        pending=Reached(3, 60, is_sound=False),
        has_means=True,
        seconds=12.5,
        conceded=[Concession(BATCH, 3, 4, 2)],
    )


def a_folder(folder: Path) -> Path:
    for name in ("samples", "points"):
        (folder / name).mkdir(parents=True)
    for name in FILES:
        (folder / name).write_bytes(name.encode())
    return folder


def test_a_diary_survives_being_written() -> None:
    assert diary_of(a_diary().as_json()) == a_diary()


def test_a_diary_of_an_older_checkpoint_says_nothing_of_memory() -> None:
    told = json.loads(a_diary().as_json())
    del told["conceded"]

    assert diary_of(json.dumps(told)) == dataclasses.replace(a_diary(), conceded=[])


def test_a_checkpoint_brings_back_every_file(tmp_path: Path) -> None:
    pack(a_folder(tmp_path / "before"), a_diary(), tmp_path / "checkpoint.zip")

    diary = unpack(tmp_path / "checkpoint.zip", tmp_path / "after")

    assert diary == a_diary()
    for name in FILES:
        assert (tmp_path / "after" / name).read_bytes() == name.encode()


@pytest.mark.parametrize("kept", [0, 10, 100, -1])
def test_a_torn_checkpoint_is_refused(tmp_path: Path, kept: int) -> None:
    pack(a_folder(tmp_path / "before"), a_diary(), tmp_path / "checkpoint.zip")
    content = (tmp_path / "checkpoint.zip").read_bytes()
    (tmp_path / "checkpoint.zip").write_bytes(content[:kept])

    with pytest.raises(TintypeError, match="E_CHECKPOINT"):
        unpack(tmp_path / "checkpoint.zip", tmp_path / "after")


@pytest.mark.parametrize("name", ["../evil", "/evil", "samples/../evil", "samples/a/b", "points/../evil", "other.txt"])
def test_a_checkpoint_with_a_foreign_name_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "checkpoint.zip", "w") as bundle:
        bundle.writestr("diary.json", a_diary().as_json())
        bundle.writestr(METHOD, b"x")
        bundle.writestr(name, b"x")

    with pytest.raises(TintypeError, match="E_CHECKPOINT"):
        unpack(tmp_path / "checkpoint.zip", tmp_path / "after")


def test_the_best_point_is_the_one_with_the_highest_score() -> None:
    points = [Point(1, 20, 0.5, ()), Point(2, 40, 0.75, ()), Point(3, 60, 0.6, ())]

    best = Diary(points=points).best

    assert best is not None
    assert best.number == 2


def test_the_later_of_two_equal_points_is_the_best_and_without_scores_the_latest() -> None:
    equal = Diary(points=[Point(1, 20, 0.5, ()), Point(2, 40, 0.5, ())]).best
    unscored = Diary(points=[Point(1, 20, None, ()), Point(2, 40, None, ())]).best

    assert equal is not None
    assert equal.number == 2
    assert unscored is not None
    assert unscored.number == 2


def test_of_points_that_score_about_as_high_as_the_highest_the_later_is_the_best_and_a_mean_before_all() -> None:
    points = [Point(1, 20, 0.51, ()), Point(2, 40, 0.505, ()), Point(3, 60, 0.499, ())]
    mean = Point(4, 40, 0.502, (), mean_of=(20, 40))

    assert [point.number for point in best_first(points)] == [2, 1, 3]
    assert [point.number for point in best_first([*points, mean])] == [4, 2, 1, 3]


SCORES = st.lists(st.tuples(st.none() | st.integers(0, 12).map(lambda n: 0.75 + n / 200), st.booleans()), max_size=12)


@given(SCORES, st.booleans())
@example([(n / 100, True) for n in (78, 81, 78, 79, 81, 80, 79, 80, 80, 82)], False)
def test_what_may_be_the_result_or_part_of_it_is_never_dropped_before(
    told: list[tuple[float | None, bool]], has_mean: bool
) -> None:
    diary = Diary()
    there: set[Point] = set()
    for number, (score, is_sound) in enumerate(told, 1):
        diary.points.append(Point(number, 10 * number, score, (), is_sound))
        there = {point for point in {*there, diary.points[-1]} if point in diary.kept}

        assert diary.best in there
        assert there >= set(diary.few)
    if has_mean and (few := diary.few):
        diary.points.append(Point(99, few[-1].done, 0.8, (), mean_of=tuple(point.done for point in few)))

        assert diary.best in {*there, diary.points[-1]}


def test_without_scores_a_point_at_which_the_loss_was_rising_is_not_the_best_while_there_is_another() -> None:
    sound, rising = Point(1, 20, None, ()), Point(2, 40, None, (), is_sound=False)

    assert Diary(points=[sound, rising]).best == sound
    assert Diary(points=[rising]).best == rising


def test_a_training_without_points_has_no_best() -> None:
    assert Diary().best is None
