from __future__ import annotations

from dataclasses import replace

import pytest

from tests.trainers.bases import base_for
from trainers.pipeline import Base


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Base:
    """The tiny base, which draws two samples in two steps each."""
    monkeypatch.setattr("trainers.showing.LEAST_STEPS", 2)
    tiny = base_for("v_prediction")
    return replace(tiny, family=replace(tiny.family, sample_scenes=tiny.family.sample_scenes[:2], steps=4))


@pytest.fixture(autouse=True)
def every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.worker.MIN_GAP_S", 0.0)
