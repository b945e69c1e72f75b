"""A preview: one photo in, a grid of scenes out; nothing is learned and nothing stays attached."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.trainers.bases import Fingerprints, base_for, draw_photo
from tests.trainers.jobs.attempts import Told, attempt_of, ran
from trainers.events import Stopped, Wish
from trainers.jobs.preview import drawings_of, prompts_of
from trainers.pipeline import Base
from trainers.showing import opened


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.jobs.preview.steps_of", lambda base: 2)


@pytest.fixture
def base() -> Base:
    return base_for("v_prediction")


def previewed(base: Base, folder: Path, number: int = 1, wish: Any = lambda events: None, **more: Any) -> Told:
    folder.mkdir()
    draw_photo(folder / "photo.png", number)
    return ran(base, attempt_of(folder, "preview", {"photo": "photo.png", "class_word": "cat", **more}), wish)


def test_a_photo_becomes_a_grid_of_the_familys_scenes(base: Base, tmp_path: Path) -> None:
    before = Fingerprints.of(base)
    told = previewed(base, tmp_path / "a", has_files=True)

    assert told.steps("imagine")[-1] == 8
    assert [[file.role for file in sample.files] for sample in told.samples()] == [["preview"]] * 4
    assert [file.role for file in told.done.files] == ["sheet", *["image"] * 4]
    assert told.done.result["prompts"] == [f"a cat{scene}" for scene in base.family.sample_scenes]
    assert Fingerprints.of(base) == before


def test_it_is_the_photo_that_is_drawn(base: Base, tmp_path: Path) -> None:
    grids = []
    for name, number in (("a", 1), ("b", 5)):
        told = previewed(base, tmp_path / name, number)
        assert told.done.files == ()
        grids.append(opened(tmp_path / name / told.samples()[-1].files[0].path).tobytes())

    assert grids[0] != grids[1]


def test_an_order_may_say_what_is_drawn_instead(base: Base, tmp_path: Path) -> None:
    draw_photo(tmp_path / "photo.png", 1)
    order = {"photo": "photo.png", "class_word": "cat", "prompt": "a cat in a hat", "seed": 9}
    asked = drawings_of(base, attempt_of(tmp_path, "preview", order))

    assert prompts_of(base, "cat", "a cat in a hat") == ["a cat in a hat"] * 4
    assert [one.seeds for one in asked] == [(9,), (10,), (11,), (12,)]


@pytest.mark.parametrize(("order", "code"), [({"photo": "none.png"}, "E_ATTEMPT"), ({"class_word": None}, "E_ATTEMPT")])
def test_an_order_without_what_it_needs_is_refused(
    base: Base, tmp_path: Path, order: dict[str, Any], code: str
) -> None:
    assert previewed(base, tmp_path / "a", **order).code == code


def test_a_base_without_an_adapter_says_so(base: Base, tmp_path: Path) -> None:
    assert previewed(replace(base, image_prompt=None), tmp_path / "a").code == "E_NO_IMAGE_PROMPT"


def test_what_the_output_check_holds_back_is_left_out_and_all_is_refused(base: Base, tmp_path: Path) -> None:
    class HoldsSomeBack:
        name = "test"
        left = 1

        def holds_back(self, image: Image.Image, *, is_strict: bool) -> bool:
            self.left -= 1
            return self.left < 0

    check = HoldsSomeBack()
    some = previewed(replace(base, output_check=check), tmp_path / "a")
    none = previewed(replace(base, output_check=check), tmp_path / "b")

    assert (some.done.result["held_back"], len(some.done.result["prompts"])) == (3, 1)
    assert none.code == "E_HELD_BACK"


def test_it_stops_between_two_steps_when_that_is_wished(base: Base, tmp_path: Path) -> None:
    told = previewed(base, tmp_path / "a", wish=lambda events: Wish.CHECKPOINT if len(events) > 1 else None)

    assert isinstance(told.end, Stopped)
