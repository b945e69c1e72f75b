"""Prior preservation: a word may change what the word draws, the class word goes on to mean what it meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.trainers.bases import applied
from trainers.conditioning import predicted, whole
from trainers.method import Lesson, method_named, settings_for
from trainers.pipeline import Base
from trainers.text import encode_prompt
from trainers.weights import read_adapter

Lessons = Callable[..., Lesson]
SHORT = {"min_steps": 20, "max_steps": 20, "points": 1, "batch_size": 2}


def drift(base: Base, lesson: Lesson, method: str, file: Path, **chosen: float) -> float:
    """How far what the layers say of the class word has moved from what the base says of it."""
    way = method_named(method)
    for step in way.train(base, lesson, settings_for(way, base, SHORT | chosen)):
        if step.done == step.total:
            step.save_weights(file)
    latents = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    said, frames = encode_prompt(base, "a cat", ()), [whole(64, 64)]
    with torch.no_grad():
        before = predicted(base, latents, torch.tensor(300), said, frames)
        with applied(base, [(read_adapter(file, base), 1.0)]):
            after = predicted(base, latents, torch.tensor(300), said, frames)
    return float((after - before).norm())


@pytest.mark.parametrize(("method", "rate"), [("lora", 0.02), ("pivotal", 0.02), ("dreambooth", 0.002)])
def test_the_class_word_moves_less_where_it_is_held(
    base: Base, a_lesson: Lessons, tmp_path: Path, method: str, rate: float
) -> None:
    free = drift(base, a_lesson(), method, tmp_path / "free.safetensors", prior=0, learning_rate=rate)
    held = drift(base, a_lesson(), method, tmp_path / "held.safetensors", prior=5, learning_rate=rate)

    assert held < 0.8 * free
