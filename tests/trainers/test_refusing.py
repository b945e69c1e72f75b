"""Words that bring something for the negative prompt: what it does, when, and that it goes wherever the word goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.trainers.bases import base_for
from tests.trainers.mergers import drawn, some, widths
from trainers.adapter import Adapter
from trainers.dataset import cuts_of, examples
from trainers.learner import Learner
from trainers.learning import Plan, Pupil, Refused
from trainers.merging import Parent, Way, merged, write_merged
from trainers.method import Lesson, Progress, method_named, settings_for
from trainers.pipeline import Base
from trainers.refusing import refused
from trainers.taking import Order, taken
from trainers.text import encode_prompt
from trainers.weights import read_adapter, write_adapter

Lessons = Callable[..., Lesson]
PLAN = Plan(steps=4, learning_rate=0.01, batch_size=2, weight_decay=0.0, points=1)


def a_word(base: Base, name: str = "zed", seed: int = 1) -> Adapter:
    rows = tuple(some(seed + at, 2, width) for at, width in enumerate(widths(base)))
    negative = tuple(some(seed + 9 + at, 3, width) for at, width in enumerate(widths(base)))
    return Adapter(name, "cat", "dreamartist", rows=rows, negative=negative)


def test_it_stands_before_the_negative_prompt_where_the_word_stands_in_the_prompt(any_base: Base) -> None:
    zed = a_word(any_base)
    by_hand = replace(zed.against, word="neg")

    said = refused(any_base, "a hat", [(zed, 0.7)]).hidden

    assert torch.equal(said, encode_prompt(any_base, "<neg> a hat", [(by_hand, 0.7)]).hidden)
    assert torch.equal(refused(any_base, "a hat", ()).hidden, encode_prompt(any_base, "a hat", ()).hidden)


def test_it_changes_pictures_that_name_the_word_and_no_others(base: Base) -> None:
    zed = a_word(base)
    alone = replace(zed, negative=())

    assert not torch.equal(drawn(base, "a <zed>", zed), drawn(base, "a <zed>", alone))
    assert torch.equal(drawn(base, "a cat", zed), drawn(base, "a cat", alone))


def test_at_no_strength_it_is_what_ends_a_text(base: Base) -> None:
    ends = replace(a_word(base), negative=(base.encoders[0].model.get_input_embeddings().weight[-1:].repeat(3, 1),))

    faint, none = (refused(base, "", [(word, 0.0)]).hidden for word in (a_word(base), ends))

    torch.testing.assert_close(faint, none)


def test_where_nothing_is_zeros_what_a_word_brings_is_still_heard() -> None:
    base = replace(base_for("sdxl"), empty_is_zero=True)

    assert not refused(base, "", ()).hidden.any()
    assert refused(base, "", [(a_word(base), 1.0)]).hidden.any()


def test_the_longest_negative_prompt_still_fits(base: Base) -> None:
    refused(base, "a" * 1500, [(a_word(base), 1.0)])


def test_the_loss_is_that_of_the_guided_prediction(base: Base, a_lesson: Lessons) -> None:
    """Written out by hand from the paper: e- + s (e+ - e-)."""
    plus, minus = (encode_prompt(base, text, ()) for text in ("a cat", "fog"))
    lesson = a_lesson()
    pupil = Pupil(
        parameters={"none": nn.Parameter(torch.zeros(1))},
        attached=nullcontext,
        said=lambda captions: plus.repeated(len(captions)),
        refused=Refused(3.0, lambda captions: minus.repeated(len(captions))),
        write=lambda path, average: None,
    )
    learner = Learner(base, lesson, PLAN, pupil)
    batch = learner._batch(
        list(examples(base, cuts_of(lesson.photos, base.family, lesson.kind), ["a cat"] * 3, lesson.kind))
    )
    with torch.no_grad():
        e_plus, e_minus = (
            base.unet(batch.noisy_latents, batch.timesteps, said.hidden.repeat(2, 1, 1)).sample
            for said in (plus, minus)
        )
        led = learner._led(batch)

    torch.testing.assert_close(led, e_minus + 3.0 * (e_plus - e_minus))


def test_it_is_kept_and_merged(any_base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    zed, ivo = a_word(any_base), a_word(any_base, "ivo", 30)
    both = merged(any_base, "duo", [Parent(zed, 1.0), Parent(ivo, 0.5)], Way())
    write_adapter(tmp_path / "zed.safetensors", any_base, a_lesson(), "dreamartist", zed)
    write_merged(tmp_path / "duo.safetensors", any_base, both)
    negative = read_adapter(tmp_path / "duo.safetensors", any_base).negative

    assert read_adapter(tmp_path / "zed.safetensors", any_base).fingerprint == zed.fingerprint
    assert all(torch.equal(own[:3], first) for own, first in zip(negative, zed.negative, strict=True))
    assert {len(own) for own in negative} == {6}


def test_it_is_taken_over(base: Base, a_lesson: Lessons, tmp_path: Path) -> None:
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "dreamartist", a_word(base))
    order = Order(word="rex", class_word="cat", files=[tmp_path / "zed.safetensors"], name="zed")
    found = taken(base, order).adapter

    assert (found.method, found.fingerprint) == ("dreamartist", a_word(base).fingerprint)


def test_what_is_learned_against_stands_in_the_same_scene(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupils: list[Pupil] = []

    def learn(base: Base, lesson: Lesson, plan: Plan, pupil: Pupil) -> Iterator[Progress]:
        pupils.append(pupil)
        return iter(())

    monkeypatch.setattr("trainers.methods.dreamartist.learn", learn)
    scenes = ["a <zed> in the snow", "a <zed> at the beach", "a <zed> in the snow"]
    lesson = a_lesson(captions=scenes)
    method = method_named("dreamartist")
    list(method.train(base, lesson, settings_for(method, base, {})))
    against = pupils[0].refused
    assert against is not None
    snow, beach, again = (against.said([scene]).hidden for scene in scenes)

    assert torch.equal(snow, again)
    assert not torch.equal(snow, beach)


@pytest.mark.parametrize("count", [3, 10])
def test_one_photo_is_enough(base: Base, a_lesson: Lessons, tmp_path: Path, count: int) -> None:
    method = method_named("dreamartist")
    settings = settings_for(method, base, {"min_steps": 1, "max_steps": 1, "points": 1, "negative_vectors": count})
    for step in method.train(base, a_lesson(photos=a_lesson().photos[:1]), settings):
        if step.point:
            step.save_weights(tmp_path / "zed.safetensors")

    assert method.min_photos == 1
    assert len(read_adapter(tmp_path / "zed.safetensors", base).negative[0]) == count
