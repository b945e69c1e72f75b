"""`tintype-trainer preview`: what *Preview* does, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainers.cli.conftest import Tell, photo_folder
from trainers.showing import opened


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.jobs.preview.steps_of", lambda base: 2)


def test_one_photo_becomes_four_pictures_and_their_grid(tell: Tell, tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", 1)
    order = ("--photo", tmp_path / "photos" / "0.png", "--class-word", "mug")
    code, told, said = tell("preview", *order, "--out", tmp_path / "out")

    assert "\npicture 4\n" in said
    assert (code, told["ok"], len(told["images"])) == (0, True, 4)
    assert told["prompts"][0] == "a mug at the beach"
    assert {opened(Path(image)).size for image in told["images"]} == {(64, 64)}
    assert Path(told["grid"]).is_file()


def test_a_photo_that_is_not_there_is_said_so(tell: Tell, tmp_path: Path) -> None:
    code, told, _ = tell("preview", "--photo", tmp_path / "no.png", "--class-word", "mug", "--out", tmp_path / "out")

    assert (code, told["code"]) == (1, "E_IMAGE_FILE")
