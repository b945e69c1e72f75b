from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.trainers.bases import base_for, draw_photo
from trainers.method import Lesson
from trainers.pipeline import Base

torch.set_num_threads(1)  # the tiny base's layers are too small to be shared out: a second thread only waits


@pytest.fixture(autouse=True)
def plain_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """On every machine tests compute in float32, but for those that say otherwise."""
    monkeypatch.setattr("trainers.precision.processor_has_bfloat16", lambda: False)


@pytest.fixture(params=["epsilon", "v_prediction", "sdxl"])
def any_base(request: pytest.FixtureRequest) -> Base:
    return base_for(request.param)


@pytest.fixture
def base() -> Base:
    return base_for("v_prediction")


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    folder = tmp_path / "photos"
    folder.mkdir()
    return [draw_photo(folder / f"{number}.png", number) for number in range(1, 4)]


@pytest.fixture
def a_lesson(photos: list[Path]) -> Callable[..., Lesson]:
    def lesson(**changes: Any) -> Lesson:
        told = {"photos": photos, "word": "zed", "class_word": "cat", "kind": "animal", "seed": 5}
        return Lesson(**told | changes)

    return lesson
