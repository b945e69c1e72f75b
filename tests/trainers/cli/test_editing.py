"""`tintype-trainer edit`: what the bot's `/edit` does, on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.trainers.cli.conftest import Tell, photo_folder
from trainers.showing import opened


def test_a_photo_is_changed_by_words(tell: Tell, tmp_path: Path) -> None:
    photo_folder(tmp_path / "photos", 1)
    order = ("--image", tmp_path / "photos" / "0.png", "--said", "a cat", "--prompt", "a dog", "--steps", 2)
    code, told, _ = tell("edit", *order, "--count", 2, "--out", tmp_path / "out")

    assert (code, told["ok"], len(told["images"])) == (0, True, 2)
    assert told["settings"]["relation"] == {"kind": "image", "strength": 0.6}
    assert opened(Path(told["images"][0])).size == (64, 64)


def test_a_photo_that_is_not_there_is_said_so(tell: Tell, tmp_path: Path) -> None:
    order = ("--image", tmp_path / "none.png", "--said", "a cat", "--prompt", "a dog")
    code, told, _ = tell("edit", *order, "--out", tmp_path / "out")

    assert (code, told["code"]) == (1, "E_IMAGE_FILE")
