"""The drawn world: the same picture is always the same, and what is kept for evaluation stays unseen."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import ImageChops

from trainers.miniature.captions import NAMES, caption, full_caption
from trainers.miniature.world import (
    ACCESSORIES,
    HELD_OUT_STYLES,
    PLACES,
    SCENES,
    SHAPES,
    STYLES,
    Picture,
    Subject,
    all_subjects,
    draw,
    held_out_subjects,
    new_scenes,
    photos_of,
    random_picture,
    restyled,
)

ANA = Subject("rabbit", "purple", "stripes", "yellow", "two")


def pictures(count: int, seed: int = 5) -> list[Picture]:
    rng = Random(seed)
    return [random_picture(rng) for _ in range(count)]


def test_the_same_picture_gives_the_same_pixels() -> None:
    picture = Picture((ANA,), ("hat",), "beach", layout=3)

    assert draw(picture).tobytes() == draw(picture).tobytes()


def test_another_layout_moves_the_subject() -> None:
    first, second = (draw(Picture((ANA,), (None,), "teal", layout=seed)) for seed in (1, 2))

    assert ImageChops.difference(first, second).getbbox()


@pytest.mark.parametrize("size", [48, 64, 200, 768])
def test_a_drawing_has_the_size_asked_for(size: int) -> None:
    image = draw(Picture((ANA,), ("balloon",), "forest", layout=1), size)

    assert (image.size, image.mode) == ((size, size), "RGB")


@pytest.mark.parametrize("place", PLACES)
def test_each_place_looks_different_from_the_others(place: str) -> None:
    shown = draw(Picture((ANA,), (None,), place, layout=1))

    for other in set(PLACES) - {place}:
        difference = ImageChops.difference(shown, draw(Picture((ANA,), (None,), other, layout=1))).convert("L")
        assert sum(difference.tobytes()) / 64**2 > 10


@pytest.mark.parametrize("accessory", ACCESSORIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_each_accessory_shows_on_each_shape(shape: str, accessory: str) -> None:
    subject = Subject(shape, "green", "plain", "pink", "two")

    bare, worn = (draw(Picture((subject,), (what,), "grey", layout=1)) for what in (None, accessory))

    changed = np.asarray(ImageChops.difference(bare, worn)).max(axis=2) > 40
    assert changed.sum() > 60


@pytest.mark.parametrize("style", HELD_OUT_STYLES)
def test_each_kept_style_changes_the_drawing(style: str) -> None:
    picture = Picture((ANA,), (None,), "meadow", layout=1)

    assert ImageChops.difference(draw(picture), draw(restyled(picture, style))).getbbox()


def test_training_never_sees_a_kept_subject_or_style() -> None:
    for picture in pictures(2000):
        assert picture.style in STYLES
        assert not any(subject.is_held_out for subject in picture.subjects)


def test_kept_subjects_are_kept_and_about_one_in_five() -> None:
    chosen = held_out_subjects(40)
    share = sum(subject.is_held_out for subject in all_subjects()) / len(all_subjects())

    assert len(set(chosen)) == 40
    assert all(subject.is_held_out for subject in chosen)
    assert {subject.shape for subject in chosen} == set(SHAPES)
    assert 0.15 < share < 0.25


def test_kinds_choose_among_the_kept_subjects() -> None:
    assert {subject.kind for subject in held_out_subjects(6, kinds=["person"])} == {"person"}


def test_new_scenes_are_not_in_the_photos() -> None:
    seen = [picture for _, picture in photos_of(ANA, 6, seed=4)]

    asked = new_scenes(seen, 8, seed=4)

    assert len(asked) == 8
    assert not {scene for scene, _, _ in asked} & {picture.scene for picture in seen}
    assert any(accessory for _, accessory, _ in asked)
    assert all(scene in SCENES and words.startswith(" ") for scene, _, words in asked)


def test_photos_show_one_subject_without_accessories() -> None:
    photos = photos_of(ANA, 6, seed=4, size=32)

    assert [image.size for image, _ in photos] == [(32, 32)] * 6
    assert {picture.subjects for _, picture in photos} == {(ANA,)}
    assert {picture.accessories for _, picture in photos} == {(None,)}


def test_one_caption_in_ten_is_empty() -> None:
    rng = Random(1)
    said = [caption(picture, rng) for picture in pictures(3000)]

    assert 0.07 < said.count("") / len(said) < 0.13


def test_a_caption_names_the_class_by_one_of_its_words() -> None:
    rng = Random(1)
    for picture in pictures(500):
        said = caption(picture, rng)
        for subject in picture.subjects if said else ():
            assert any(name in said.split() or f"{name}," in said for name in NAMES[subject.shape]), said


def test_a_full_caption_tells_everything() -> None:
    picture = Picture((ANA, Subject("mug", "red", "spots", "white", "one")), ("hat", None), "snow")

    assert full_caption(picture) == (
        "a purple rabbit with yellow stripes and two eyes wearing a hat on the left"
        " and a red mug with white spots and one eye on the right in the snow"
    )
