"""The miniature's image prompt: what it is taught with, what is written, and that a photo brings its subject nearer."""

from __future__ import annotations

from pathlib import Path
from random import Random
from statistics import fmean

import pytest
from safetensors.torch import load_file

from trainers.bench.exam import exams
from trainers.image_prompts import Shown
from trainers.imagine import Drawing, finished, imagine
from trainers.miniature import WEIGHTS
from trainers.miniature import image_prompt as teaching
from trainers.miniature.captions import brief
from trainers.miniature.export import committed
from trainers.miniature.world import COLOURS, PATTERNS, Picture, Subject
from trainers.pipeline import load_base


def test_the_two_of_a_pair_show_one_subject_in_two_places_and_never_a_held_out_one() -> None:
    rng = Random(1)
    for one, other in (teaching.pair_of(rng) for _ in range(50)):
        assert one.subjects == other.subjects
        assert one.scene != other.scene
        assert not one.subjects[0].is_held_out


def test_a_brief_caption_leaves_what_it_looks_like_to_the_photo() -> None:
    picture = Picture((Subject("cat", "orange", "spots", "blue", "three"),), ("hat",), "snow")
    said = {brief(picture, Random(seed)) for seed in range(200)}
    words = {word for text in said for word in text.replace(",", "").split()}

    assert "" in said
    assert {"hat", "snow", "cat", "kitty"} <= words
    assert not words & {*COLOURS, *PATTERNS, "eyes", "three"}


def test_the_stage_writes_layers_in_ip_adapters_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COUNT": 4, "CHUNK": 4, "BATCH": 2, "WARM_STEPS": 2, "WARM_BATCH": 8}.items():
        monkeypatch.setattr(teaching, name, value)
    list(teaching.train_image_prompt(committed(WEIGHTS), WEIGHTS, tmp_path, 1))
    teaching.save_image_prompt(committed(WEIGHTS), tmp_path, tmp_path)

    mine, bundled = (load_file(folder / teaching.FILE) for folder in (tmp_path, WEIGHTS))
    assert {name: value.shape for name, value in mine.items()} == {name: v.shape for name, v in bundled.items()}
    assert "ip_adapter.1.to_k_ip.weight" in bundled


def test_a_photo_brings_its_subject_along_and_the_prompt_is_followed() -> None:
    base, exam = load_base("miniature", "cpu"), exams(3)[2]
    images = [
        finished(imagine(base, Drawing(prompt=prompt, seeds=(900,), steps=8, shown=Shown(exam.photos[0]))))[0]
        for prompt in exam.prompts(exam.said(exam.class_word))[:3]
    ]
    marks = exam.marks(images)

    assert fmean(marks.alike) >= 0.7  # by the class word alone it is 0.34, by a full description 0.73
    assert fmean(marks.obeyed) >= 0.75
