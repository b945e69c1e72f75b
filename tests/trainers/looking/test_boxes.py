from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainers.looking.boxes import Box, closest, share_of, whole, widest

SIDES = st.integers(64, 4000)
SHAPES = st.sampled_from([(512, 512), (576, 448), (384, 640)])


@st.composite
def subjects(draw: st.DrawFn) -> tuple[tuple[int, int], Box]:
    size = draw(SIDES), draw(SIDES)
    left, top = draw(st.integers(0, size[0] - 8)), draw(st.integers(0, size[1] - 8))
    return size, Box(left, top, draw(st.integers(left + 8, size[0])), draw(st.integers(top + 8, size[1])))


@given(subjects(), SHAPES, st.integers(1, 512))
def test_a_close_window_has_all_of_the_subject_and_lies_in_the_picture(
    told: tuple[tuple[int, int], Box], shape: tuple[int, int], least_px: int
) -> None:
    size, subject = told
    window = closest(size, shape, subject, least_px)

    if window is not None:
        assert window.common(subject) == subject.area
        assert whole(size).common(window) == window.area
        assert min(window.width, window.height) >= least_px - 1
        assert window.width / window.height == pytest.approx(shape[0] / shape[1], abs=0.2)


@given(subjects(), SHAPES)
def test_the_widest_window_touches_two_sides_and_never_shows_less_of_the_subject_than_the_middle(
    told: tuple[tuple[int, int], Box], shape: tuple[int, int]
) -> None:
    size, subject = told
    window, middle = widest(size, shape, subject), widest(size, shape)

    assert whole(size).common(window) == window.area
    assert window.width == size[0] or window.height == size[1]
    assert window.common(subject) >= middle.common(subject)


def test_a_close_window_is_filled_by_more_than_half_where_shapes_agree() -> None:
    subject = Box(400, 300, 500, 400)
    window = closest((1000, 1000), (512, 512), subject, 1)

    assert window is not None
    assert share_of(subject, window) == pytest.approx(1 / 1.3**2, abs=0.01)


def test_where_there_is_no_room_for_a_margin_there_is_no_close_window() -> None:
    assert closest((1000, 400), (512, 512), Box(400, 0, 500, 400), 1) is None
    assert closest((1000, 400), (512, 512), Box(400, 100, 500, 200), 401) is None
