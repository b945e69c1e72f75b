"""The contract of every edit: it bears its file's name, tells its steps, and leaves the base as it was."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.trainers.bases import Fingerprints, base_for, draw_photo
from trainers.drawing.held import is_held_back
from trainers.edits import Edit, edits
from trainers.imagine import Drawing, finished
from trainers.pipeline import Base
from trainers.showing import opened


class HoldsAllBack:
    name = "test"

    def holds_back(self, image: Image.Image, *, is_strict: bool) -> bool:
        return True


@pytest.fixture(params=sorted(edits()))
def edit(request: pytest.FixtureRequest) -> Edit:
    return edits()[request.param]


@pytest.fixture(params=["epsilon", "v_prediction", "sdxl", "inpainting"])
def base(request: pytest.FixtureRequest) -> Base:
    return base_for(request.param)


@pytest.fixture
def asked(tmp_path: Path, edit: Edit) -> Drawing:
    photo = opened(draw_photo(tmp_path / "photo.png", 1)).resize((64, 64))
    return Drawing(
        prompt="a dog", said="a cat", parent=photo, size=(64, 64), steps=2, seeds=(0, 1), edit=edit.name, strength=0.5
    )


def test_its_file_bears_its_name(edit: Edit) -> None:
    assert Path(inspect.getfile(type(edit))).stem == edit.name


def test_it_draws_a_picture_for_each_seed_and_tells_every_step(edit: Edit, base: Base, asked: Drawing) -> None:
    told = []
    steps = edit.draw(base, asked)
    while True:
        try:
            told.append(next(steps))
        except StopIteration as end:
            pictures = end.value
            break

    assert [picture.size for picture in pictures] == [(64, 64)] * 2
    assert [one.done for one in told] == list(range(1, told[0].total + 1))


def test_the_same_once_more_is_the_same_and_the_base_stays_what_it_was(edit: Edit, asked: Drawing) -> None:
    base = base_for("v_prediction")
    before, processors = Fingerprints.of(base), dict(base.unet.attn_processors)
    first, second = ([one.tobytes() for one in finished(edit.draw(base, asked))] for _ in range(2))

    assert first == second
    assert Fingerprints.of(base) == before
    assert dict(base.unet.attn_processors) == processors


def test_between_any_two_steps_nothing_is_attached(edit: Edit, asked: Drawing) -> None:
    base = base_for("v_prediction")
    processors = dict(base.unet.attn_processors)
    for _ in edit.draw(base, asked):
        assert dict(base.unet.attn_processors) == processors


def test_what_the_output_check_holds_back_is_a_tile(edit: Edit, asked: Drawing) -> None:
    base = replace(base_for("v_prediction"), output_check=HoldsAllBack())

    assert all(is_held_back(picture) for picture in finished(edit.draw(base, asked)))
