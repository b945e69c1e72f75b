from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.trainers.looking.photographs import photograph, small_faces
from trainers.looking import look
from trainers.looking.boxes import Box, share_of
from trainers.looking.outline import faces_in
from trainers.looking.saliency import barrier_distance, reduced, saliency, threshold
from trainers.miniature.world import BACKGROUNDS, Picture, Subject, draw

FACE = Box(177, 67, 270, 160)  # of the astronaut


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    common = one.common(other)
    return common / (one.area + other.area - common)


def test_a_face_makes_head_and_shoulders_the_subject() -> None:
    found = look(photograph("astronaut"), "person")

    assert len(found.faces) == found.people == 1
    assert overlap(found.faces[0], FACE) > 0.8
    assert found.subject is not None
    assert share_of(FACE, found.subject) == pytest.approx(1 / 9, rel=0.15)
    assert found.subject.common(FACE) == FACE.area
    assert found.share == pytest.approx(0.29, abs=0.03)


@pytest.mark.parametrize(
    ("name", "kind", "subject"),
    [
        ("camera", "person", (0, 75, 315, 512)),  # in profile: no face, but he stands out
        ("coffee", "object", (115, 20, 465, 385)),
        ("horse", "animal", (10, 10, 390, 325)),
    ],
)
def test_what_stands_out_in_a_photograph_is_its_subject(
    name: str, kind: str, subject: tuple[int, int, int, int]
) -> None:
    found = look(photograph(name), kind)

    assert found.subject is not None
    assert overlap(found.subject, Box(*subject)) > 0.75
    assert found.mask is not None
    assert max(found.mask.shape) == 96


@pytest.mark.parametrize("name", ["chelsea", "coins", "hubble_deep_field", "brick", "grass", "motorcycle_left"])
def test_where_no_one_thing_stands_out_nothing_is_guessed(name: str) -> None:
    found = look(photograph(name), "object")

    assert (found.subject, found.share, found.mask) == (None, None, None)


def test_a_style_is_all_of_the_picture() -> None:
    found = look(photograph("astronaut"), "style")

    assert (found.subject, found.mask, len(found.faces)) == (None, None, 0)


def test_two_people_are_counted_and_passers_by_are_not() -> None:
    one = photograph("astronaut")
    both = Image.new("RGB", (1024, 512))
    both.paste(one, (0, 0))
    both.paste(one, (512, 0))
    beside = both.copy()
    beside.paste(one.resize((150, 150)), (700, 300))

    assert look(both, "person").people == 2
    assert look(beside, None).people == 2
    assert look(both, "animal").people == 0


def test_faces_are_found_and_what_is_none_is_not() -> None:
    faces, others = small_faces()

    assert sum(bool(faces_in(image)) for image in faces[:20]) >= 18
    assert sum(bool(faces_in(image)) for image in others[:20]) <= 1


def test_the_same_photo_is_always_seen_alike() -> None:
    first, second = (look(photograph("coffee"), "object") for _ in range(2))

    assert first.subject == second.subject
    assert first.mask is not None
    assert second.mask is not None
    assert first.mask.tobytes() == second.mask.tobytes()


@pytest.mark.parametrize("background", list(BACKGROUNDS))
def test_a_drawn_subject_is_found_where_it_was_drawn(background: str) -> None:
    subject = Subject("bear", "orange", "spots", "green", "two")
    image = draw(Picture((subject,), (None,), background, "flat", 3), 256)
    drawn = np.abs(np.asarray(image, int) - BACKGROUNDS[background]).sum(-1) > 30
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    truth = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    found = look(image, "animal")

    assert found.subject is not None
    assert overlap(found.subject, truth) > 0.75


@pytest.mark.parametrize("size", [(16, 16), (300, 20), (40, 900), (64, 64)])
def test_a_plain_picture_of_any_shape_has_no_subject(size: tuple[int, int]) -> None:
    found = look(Image.new("RGB", size, "grey"), None)

    assert (found.subject, found.people) == (None, 0)


def test_the_barrier_distance_is_what_every_path_to_the_border_must_climb() -> None:
    ring = np.zeros((9, 9), np.float32)
    ring[2:7, 2:7] = 5.0
    ring[3:6, 3:6] = 1.0
    ring[4, 2] = 3.0  # a gap in the wall, through which the inside is left at less cost

    distance = barrier_distance(ring)

    assert distance[0].tolist() == [0.0] * 9
    assert distance[2, 3] == 5.0
    assert distance[4, 4] == 3.0


def test_the_disc_stands_out_and_the_threshold_cuts_it_from_the_ground() -> None:
    image = Image.new("RGB", (200, 100), (60, 90, 60))
    ImageDraw.Draw(image).ellipse((80, 30, 120, 70), fill=(200, 60, 60))

    found = saliency(reduced(image))
    cut = threshold(found)

    assert found.shape == (48, 96)
    assert found[24, 48] > 0.9
    assert (found > cut).mean() == pytest.approx(math.pi * 20**2 / (200 * 100), rel=0.05)
