from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.trainers.bases import base_for
from trainers.conditioning import predicted
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


@pytest.fixture
def scarce_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is room for one photo in a step."""

    def scarcely(base: Base, noisy: Tensor, *rest: Any) -> Tensor:
        if len(noisy) > 1:
            raise torch.OutOfMemoryError
        return predicted(base, noisy, *rest)

    monkeypatch.setattr("trainers.learner.predicted", scarcely)
