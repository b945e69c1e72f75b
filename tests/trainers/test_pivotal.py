"""Pivotal tuning hears captions once when its rows are frozen, and anew when these have changed all the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from trainers.learner import Learner
from trainers.method import Lesson, method_named, settings_for
from trainers.methods import pivotal
from trainers.pipeline import Base
from trainers.rows import caption_ids, start_rows
from trainers.text import encoded

Lessons = Callable[..., Lesson]
STEPS = 34


def test_a_caption_is_heard_once_for_the_same_frozen_rows(
    base: Base, a_lesson: Lessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*start_rows(base, a_lesson(), 2).values()]
    ids = caption_ids(base, a_lesson(), 2, "pivotal")
    heard, captions = list[int](), [*ids, *ids]

    def counted(base: Base, asked: Sequence[Sequence[int]], *told: Any) -> Any:
        heard.append(len(asked))
        return encoded(base, asked, *told)

    monkeypatch.setattr(pivotal, "encoded", counted)
    said = pivotal._said(base, ids, rows)
    said(captions)
    rows[0].requires_grad_(False)
    frozen, again = said(captions).hidden, said(captions).hidden
    rows[0].data.mul_(1.5)
    changed = said(captions).hidden

    assert heard == [2 * len(ids), *[1] * 2 * len(ids)]
    assert torch.equal(frozen, again)
    assert torch.equal(changed, encoded(base, [ids[caption] for caption in captions], rows).hidden)
    assert not torch.equal(changed, frozen)


def test_a_training_that_went_back_with_frozen_rows_goes_on_bit_for_bit(
    base: Base, a_lesson: Lessons, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole_step, taken = Learner.learn, list[int]()

    def spoilt(learner: Learner, found: Sequence[Any]) -> float:
        taken.append(learner.step)
        return math.nan if len(taken) == 31 else whole_step(learner, found)

    monkeypatch.setattr(Learner, "learn", spoilt)
    method = method_named("pivotal")
    chosen = {"min_steps": STEPS, "max_steps": STEPS, "points": 1, "rows_share": 0.25, "learning_rate": 1e-3}
    settings = settings_for(method, base, chosen)
    whole, resumed, checkpoint = (tmp_path / name for name in ("whole", "resumed", "checkpoint"))
    for step in method.train(base, a_lesson(), settings):
        if len(taken) == 33 and step.phase == "train":
            step.save_checkpoint(checkpoint)
    step.save_weights(whole)
    *_, step = method.train(base, a_lesson(resume_from=checkpoint), settings)
    step.save_weights(resumed)

    assert taken == [*range(31), *range(25, STEPS), *range(27, STEPS)]
    assert resumed.read_bytes() == whole.read_bytes()
