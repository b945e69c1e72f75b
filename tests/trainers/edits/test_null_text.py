"""A photo is found again in its own noise, and other words change it."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler
from torch.nn import functional

from tests.trainers.bases import base_for, draw_photo, half_base
from tests.trainers.jobs.attempts import attempt_of, ran
from trainers.edits.null_text import Levels, freedoms_of, inverted, redrawn, returned, taught
from trainers.imagine import Drawing, decoded
from trainers.showing import opened

GUIDANCE = 7.5


def ended(steps: Generator[None, None, Any]) -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def asked(tmp_path: Path) -> Drawing:
    photo = opened(draw_photo(tmp_path / "photo.png", 1)).resize((64, 64))
    return Drawing(prompt="a dog", said="a cat", parent=photo, size=(64, 64), strength=0.5)


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
def test_a_step_is_that_of_diffusers_ddim(prediction_type: str) -> None:
    scheduler: Any = DDIMScheduler(prediction_type=prediction_type, clip_sample=False, set_alpha_to_one=False)
    scheduler.set_timesteps(4)
    at = scheduler.timesteps.flip(0)
    levels = Levels(at, scheduler.alphas_cumprod[at], prediction_type)
    latents, prediction = torch.randn(2, 1, 8, 4, 4, generator=torch.Generator().manual_seed(1))
    theirs = scheduler.step(prediction, at[2], latents, eta=0.0).prev_sample

    assert torch.allclose(levels.moved(latents, prediction, 2, 1), theirs, atol=1e-5)
    back = levels.moved(latents, prediction, 2, 2)
    assert torch.allclose(back, latents, atol=1e-5)


@pytest.mark.parametrize("what", ["epsilon", "v_prediction", "bfloat16"])
def test_what_is_learned_for_nothing_leads_guidance_nearer_to_the_photo(what: str, asked: Drawing) -> None:
    base = half_base() if what == "bfloat16" else base_for(what)
    levels = Levels.of(base, 3)
    photo = ended(inverted(base, asked, levels))
    known = ended(taught(base, photo, levels, GUIDANCE))
    before, after = (
        float(functional.mse_loss(returned(base, one, levels, GUIDANCE), photo.trajectory[0])) for one in (photo, known)
    )

    assert len(known.nothing) == levels.steps
    assert after < before


def test_the_same_words_bring_the_photo_back_as_it_was(asked: Drawing) -> None:
    base = base_for("v_prediction")
    levels = Levels.of(base, 3)
    photo = ended(taught(base, ended(inverted(base, asked, levels)), levels, base.family.guidance_scale))
    same = Drawing(prompt="a cat", said="a cat", parent=asked.parent, size=(64, 64))
    back = returned(base, photo, levels, base.family.guidance_scale)

    assert torch.allclose(ended(redrawn(base, same, levels, photo, 1.0)), back, atol=1e-4)


def test_the_more_freedom_the_further_from_the_photo(asked: Drawing) -> None:
    base = base_for("v_prediction")
    levels = Levels.of(base, 3)
    photo = ended(inverted(base, asked, levels))
    photo = ended(taught(base, photo, levels, base.family.guidance_scale))
    little, much = (ended(redrawn(base, asked, levels, photo, freedom)) for freedom in (0.05, 1.0))

    assert not torch.equal(little, much)
    assert decoded(base, little)[0].size == (64, 64)


def test_each_further_picture_is_freer_than_the_one_before() -> None:
    assert freedoms_of(Drawing(prompt="", seeds=(0, 1, 2, 3), strength=0.6)) == pytest.approx([0.6, 0.7, 0.8, 0.9])


def edited(folder: Path, **relation: Any) -> Any:
    folder.mkdir()
    draw_photo(folder / "begin.png", 1)
    told = {"kind": "image", "parent": "begin.png", "edit": "null_text", "said": "a cat", **relation}
    order = {"prompt": "a dog", "steps": 2, "count": 2, "relation": told}
    return ran(base_for("v_prediction"), attempt_of(folder, "imagine", order))


def test_the_job_tells_its_steps_and_its_pictures(tmp_path: Path) -> None:
    told = edited(tmp_path / "a", strength=0.4)

    assert told.steps("imagine")[-1] == 8
    assert [file.role for file in told.done.files] == ["image", "image", "sheet"]
    assert told.done.result["settings"]["relation"] == {"kind": "image", "strength": 0.4}


@pytest.mark.parametrize("wrong", [{"edit": "no_such"}, {"said": 3}, {"parent": None}])
def test_an_order_that_is_no_edit_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    assert edited(tmp_path / "a", **wrong).code == "E_ATTEMPT"
