"""What an engine draws for members holds numbers and signs alone: words are the bot's, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.trainers.jobs.attempts import ran, training_of
from trainers.canary import Canary
from trainers.drawing.curve import Marks, curve
from trainers.drawing.grid import grid
from trainers.drawing.held import held_back
from trainers.pipeline import Base
from trainers.showing import shots_of


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that a pen writes from now on."""
    texts: list[str] = []
    write: Callable[..., None] = ImageDraw.ImageDraw.text

    def text(pen: ImageDraw.ImageDraw, at: Any, told: str, *rest: Any, **more: Any) -> None:
        texts.append(told)
        write(pen, at, told, *rest, **more)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", text)
    return texts


def words(texts: list[str]) -> list[str]:
    return [text for text in texts if any(character.isalpha() for character in text)]


def test_curves_grids_first_pictures_and_what_is_held_back_are_drawn_without_words(written: list[str]) -> None:
    picture = Image.new("RGB", (64, 64))

    curve(Marks(total=300, losses=[(1, 0.5), (2, 0.25)], scores=[(2, 0.84)], best=2))
    grid([picture, held_back(64, 64)])
    Canary(captions=[":1"], without=[picture], with_it=[picture]).sheet()

    assert {"300", "84%", "0.372", "1", "2", ":1", "-", "+"} <= set(written)
    assert words(written) == []


def test_a_training_writes_no_words_but_the_prompts_of_its_samples(
    base: Base, photos: list[Path], tmp_path: Path, written: list[str]
) -> None:
    ran(base, training_of(tmp_path / "a", photos))

    prompts = " ".join(shot.caption for shot in shots_of(base, "zed", "animal"))
    assert {"3", "6", "0"} <= set(written)
    assert [text for text in words(written) if text.removesuffix("…") not in prompts] == []


def test_a_picture_that_is_held_back_says_so_by_a_sign_at_any_size() -> None:
    for size in ((16, 16), (64, 96), (1024, 768)):
        colours = held_back(*size).getcolors(1 << 20)
        assert colours is not None
        assert len(colours) == 2
