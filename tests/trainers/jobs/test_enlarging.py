"""An enlargement is the same picture, larger: drawn by the bundled miniature, read before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.trainers.jobs.attempts import attempt_of, ran
from trainers.checks import OutputCheck
from trainers.drawing.held import is_held_back
from trainers.enlarging import kept
from trainers.imagine import Drawing, finished, imagine
from trainers.miniature.readers import Reading, load_reader
from trainers.pipeline import Base, load_base
from trainers.showing import opened

PROMPT = "a cat in the forest"
SEEDS = (12, 13, 14)
CLOSE_DB = 40.0  # of a picture that was enlarged and made small again; drawn anew at 0.3 it is 19 dB


@pytest.fixture(scope="module")
def miniature() -> Base:
    return load_base("miniature", "cpu")


@pytest.fixture(scope="module")
def before(miniature: Base) -> list[Image.Image]:
    return finished(imagine(miniature, Drawing(prompt=PROMPT, seeds=SEEDS, steps=12)))


@pytest.fixture(scope="module")
def after(miniature: Base, before: list[Image.Image], tmp_path_factory: pytest.TempPathFactory) -> list[Image.Image]:
    return list(enlarged(miniature, before, tmp_path_factory.mktemp("enlarged")))


def enlarged(base: Base, pictures: list[Image.Image], folder: Path) -> Iterator[Image.Image]:
    for seed, picture in zip(SEEDS, pictures, strict=True):
        own = folder / str(seed)
        own.mkdir()
        picture.save(own / "parent.png")
        order = {"prompt": PROMPT, "seed": seed, "steps": 12, "relation": {"kind": "enlarge", "parent": "parent.png"}}
        told = ran(base, attempt_of(own, "imagine", order))
        yield opened(own / told.made("image")[0].path)


def small(picture: Image.Image) -> Image.Image:
    return picture.resize((64, 64), Image.Resampling.BOX)


def decibels(one: Image.Image, other: Image.Image) -> float:
    """How alike two pictures of one size are: the peak signal-to-noise ratio."""
    difference = np.asarray(one, dtype=np.float64) - np.asarray(other, dtype=np.float64)
    return float(10 * np.log10(255**2 / np.mean(difference**2)))


def seen(reading: Reading) -> tuple[object, ...]:
    return reading.scene, reading.count, reading.slots["solo"]


def test_the_judge_reads_the_same_before_and_after(before: list[Image.Image], after: list[Image.Image]) -> None:
    judge = load_reader("judge")

    assert [picture.size for picture in after] == [(128, 128)] * len(SEEDS)
    assert [seen(one) for one in judge.read(after)] == [seen(one) for one in judge.read(before)]


def test_made_small_again_it_is_its_parent(before: list[Image.Image], after: list[Image.Image]) -> None:
    alike = [decibels(small(large), parent) for large, parent in zip(after, before, strict=True)]

    assert min(alike) > CLOSE_DB


def test_it_is_finer_than_its_parent_stretched(before: list[Image.Image], after: list[Image.Image]) -> None:
    def edges(picture: Image.Image) -> float:
        grey = np.asarray(picture.convert("L"), dtype=np.float64)
        return float(np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean())

    stretched = [picture.resize((128, 128), Image.Resampling.LANCZOS) for picture in before]
    assert all(edges(large) > 1.05 * edges(soft) for large, soft in zip(after, stretched, strict=True))


def test_the_output_check_sees_what_is_shown(miniature: Base, before: list[Image.Image]) -> None:
    looked_at: list[bytes] = []

    def look(picture: Image.Image, is_strict: bool) -> bool:
        looked_at.append(picture.tobytes())
        return len(looked_at) > 1

    watched = replace(miniature, output_check=OutputCheck("watching", look))
    asked = Drawing(
        prompt=PROMPT, seeds=(1, 2), steps=4, parent=before[0], strength=0.1, size=(128, 128), keeps_parent=True
    )
    shown, held = finished(imagine(watched, asked))

    assert looked_at[0] == shown.tobytes()
    assert is_held_back(held)


@pytest.mark.parametrize("size", [(96, 128), (48, 64)])
def test_what_is_coarse_is_the_parents_and_what_is_fine_its_own(size: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(3)
    parent = torch.rand(1, 3, 48, 64, generator=generator) - 0.5
    pixels = torch.rand(1, 3, *size, generator=generator) - 0.5
    large = kept(pixels, parent)
    coarse = torch.nn.functional.interpolate(large, size=(48, 64), mode="area")
    other = kept(pixels.flip(3), parent)

    assert (coarse - parent).abs().mean() < 0.02
    assert torch.equal(large, other) == (size == (48, 64))
