from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.trainers.jobs.attempts import attempt_of, ran
from tests.trainers.looking.photographs import photograph
from trainers.attempt import Attempt
from trainers.events import Wish
from trainers.pipeline import Base


def looking_at(folder: Path, *names: str, **more: Any) -> Attempt:
    (folder / "photos").mkdir(parents=True)
    for number, name in enumerate(names, 1):
        photograph(name).save(folder / "photos" / f"{number}.png")
    paths = [{"path": f"photos/{number}.png"} for number in range(1, len(names) + 1)]
    return attempt_of(folder, "look", {"kind": "person", "photos": paths, **more})


@pytest.fixture
def near(base: Base) -> Base:
    return replace(base, family=replace(base.family, closeups=True))


def test_each_photo_is_told_with_what_it_covers_and_a_preview_of_its_crop(near: Base, tmp_path: Path) -> None:
    told = ran(near, looking_at(tmp_path / "a", "astronaut", "chelsea"))
    astronaut, cat = told.done.result["photos"]
    previews = told.made("look")

    assert told.steps("look") == [1, 2]
    assert astronaut["covers"] == pytest.approx(0.29, abs=0.03)
    assert astronaut["closer"] >= 0.5
    assert astronaut["people"] == 1
    assert cat == {"path": "photos/2.png", "covers": None, "closer": None, "people": 0}
    assert [file.alt["photo"] for file in previews] == ["photos/1.png", "photos/2.png"]
    with Image.open(tmp_path / "a" / previews[0].path) as image:
        assert image.size == (256, 256)
        corner, face = (sum(image.resize((64, 64)).getpixel(at)) for at in ((60, 60), (27, 13)))  # type: ignore[arg-type]
    assert corner < 60 < face
    with Image.open(tmp_path / "a" / previews[1].path) as image:
        assert image.size == (256, 170)


def test_a_family_that_wants_no_close_crops_tells_what_is_covered_all_the_same(base: Base, tmp_path: Path) -> None:
    (found,) = ran(base, looking_at(tmp_path / "a", "astronaut")).done.result["photos"]

    assert found["covers"] > 0.2
    assert found["closer"] is None


def test_a_sheet_shows_the_crops_where_it_is_asked_for(near: Base, tmp_path: Path) -> None:
    told = ran(near, looking_at(tmp_path / "a", "astronaut", has_sheet=True))

    assert len(told.made("sheet")) == 1


def test_a_kind_there_is_not_is_refused_and_a_wish_to_stop_is_heeded(base: Base, tmp_path: Path) -> None:
    assert ran(base, looking_at(tmp_path / "a", "coffee", kind="ghost")).code == "E_ATTEMPT"
    stopped = ran(base, looking_at(tmp_path / "b", "coffee", "coffee"), lambda events: Wish.CHECKPOINT)
    assert len(stopped.events) == 2
