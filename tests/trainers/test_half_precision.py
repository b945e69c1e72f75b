"""Frozen weights may be in bfloat16; what is trained and what is drawn stays float32."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.trainers.bases import Fingerprints, half_base
from trainers.dataset import cuts_of, examples
from trainers.imagine import Drawing, finished, imagine
from trainers.layers import lora_config, new_layers
from trainers.method import Lesson, methods, settings_for
from trainers.weights import read_adapter

SHORT = {"min_steps": 4, "max_steps": 4, "points": 1, "batch_size": 2}
Lessons = Callable[..., Lesson]


@pytest.mark.parametrize("name", list(methods()))
def test_every_method_learns_and_draws(name: str, a_lesson: Lessons, tmp_path: Path) -> None:
    base, method = half_base(), methods()[name]
    before = Fingerprints.of(base)
    steps = []
    for step in method.train(base, a_lesson(), settings_for(method, base, SHORT)):
        steps.append(step)
        if step.done == step.total:
            step.save_weights(tmp_path / "zed.safetensors")
    zed = read_adapter(tmp_path / "zed.safetensors", base)
    plain, drawn = (
        finished(imagine(base, Drawing(prompt=prompt, adapters=[(zed, 1.0)], steps=3)))[0]
        for prompt in ("a cat", "a <zed>")
    )

    assert all(math.isfinite(step.loss) for step in steps if step.loss is not None)
    assert zed.is_finite()
    assert plain.tobytes() != drawn.tobytes()
    assert Fingerprints.of(base) == before


def test_what_is_trained_and_what_is_cached_is_float32(photos: list[Path]) -> None:
    base, method = half_base(), methods()["lora"]
    layers = new_layers(base, lora_config(settings_for(method, base)), seed=1)

    trained = {value.dtype for layer in layers.values() for value in layer.parameters() if value.requires_grad}
    cached = {
        example.mean.dtype for example in examples(base, cuts_of(photos, base.family, "object"), ["a"] * 3, "object")
    }

    assert trained == cached == {torch.float32}


def test_a_picture_comes_from_another(photos: list[Path]) -> None:
    base = half_base()
    with Image.open(photos[0]) as parent:
        made = finished(imagine(base, Drawing(prompt="a cat", parent=parent, strength=0.5, steps=4)))[0]

    assert made.size == (64, 64)
