"""Text encoders that are trained along: captions are heard by them as they are, and they are gone without a trace."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import torch

from tests.trainers.bases import Fingerprints, base_for, half_base
from trainers.adapter import Adapter
from trainers.hearing import said_of
from trainers.method import Lesson, Progress, method_named, settings_for
from trainers.pipeline import Base, layer_at
from trainers.places import encoder_layers, in_place
from trainers.weights import read_adapter

Lessons = Callable[..., Lesson]
STEPS = 3
SHORT = {"min_steps": STEPS, "max_steps": STEPS, "points": 1, "learning_rate": 1e-3, "prior": 1}
BOTH = pytest.mark.parametrize(
    ("method", "chosen"),
    [("lora", {"rank": 4, "alpha": 4, "text_rank": 2}), ("dreambooth", {"rank": 0, "train_text_encoder": 1})],
    ids=["lora", "dreambooth"],
)


def trained(base: Base, lesson: Lesson, method: str, file: Path, **chosen: float) -> list[Progress]:
    way, steps = method_named(method), []
    for step in way.train(base, lesson, settings_for(way, base, SHORT | chosen)):
        steps.append(step)
        if step.done == step.total:
            step.save_weights(file)
    return steps


def moved(base: Base, adapter: Adapter) -> float:
    """How far the text encoders' weights are from the base's."""
    found = [adapter.linear[name].of(layer_at(base, name).weight) for name in encoder_layers(base)]
    return float(torch.stack([difference.norm() for difference in found]).norm())


@BOTH
def test_both_encoders_learn_and_a_training_goes_on_bit_for_bit(
    a_lesson: Lessons, tmp_path: Path, method: str, chosen: dict[str, float]
) -> None:
    base, way = base_for("sdxl"), method_named(method)
    before = Fingerprints.of(base)
    trained(base, a_lesson(), method, tmp_path / "whole.safetensors", **chosen)
    with closing(way.train(base, a_lesson(), settings_for(way, base, SHORT | chosen))) as steps:
        next(step for step in steps if step.done == 2).save_checkpoint(tmp_path / "checkpoint")
    resumed = a_lesson(resume_from=tmp_path / "checkpoint")
    trained(base, resumed, method, tmp_path / "resumed.safetensors", **chosen)

    adapter = read_adapter(tmp_path / "whole.safetensors", base)

    assert (tmp_path / "resumed.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()
    assert {name.partition(".")[0] for name in encoder_layers(base)} == {"text_encoder", "text_encoder_2"}
    assert moved(base, adapter) > 0
    assert Fingerprints.of(base) == before


@BOTH
def test_they_learn_at_their_own_pace(
    base: Base, a_lesson: Lessons, tmp_path: Path, method: str, chosen: dict[str, float]
) -> None:
    slow, fast = tmp_path / "slow.safetensors", tmp_path / "fast.safetensors"
    trained(base, a_lesson(), method, slow, **chosen, text_pace=0.01)
    trained(base, a_lesson(), method, fast, **chosen, text_pace=1)

    assert moved(base, read_adapter(slow, base)) < 0.1 * moved(base, read_adapter(fast, base))


def test_without_it_no_layer_of_an_encoder_is_in_the_file(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    trained(base, a_lesson(), "lora", tmp_path / "zed.safetensors")

    assert not read_adapter(tmp_path / "zed.safetensors", base).linear.keys() & set(encoder_layers(base))


def test_encoders_in_half_precision_learn_in_float32(a_lesson: Lessons, tmp_path: Path) -> None:
    base = half_base()
    trained(base, a_lesson(), "lora", tmp_path / "zed.safetensors", text_rank=2, learning_rate=0.01)
    adapter = read_adapter(tmp_path / "zed.safetensors", base)

    assert adapter.is_finite()
    assert moved(base, adapter) > 0


def test_captions_are_heard_by_the_encoder_as_it_is_at_that_moment(base: Base, a_lesson: Lessons) -> None:
    lesson = a_lesson(captions=["a <zed>", "a <zed> at sea", None])
    once, anew = said_of(base, lesson), said_of(base, lesson, is_encoder_trained=True)
    captions = ["a <zed>", "a <zed> at sea"]
    name = encoder_layers(base)[0]
    silent = torch.nn.Linear(layer_at(base, name).in_features, layer_at(base, name).out_features)

    with torch.no_grad():
        torch.testing.assert_close(anew(captions).hidden, once(captions).hidden)
        with in_place(base, {name: silent}):
            assert not torch.allclose(anew(captions).hidden, once(captions).hidden, atol=1e-3)
