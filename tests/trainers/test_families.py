from __future__ import annotations

from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EDMDPMSolverMultistepScheduler, EDMEulerScheduler

from storage.errors import TintypeError
from tests.trainers.bases import tiny_pipeline
from trainers.families import families, family_of
from trainers.method import methods, settings_for
from trainers.pipeline import Base, base_of

EPS, V = {"prediction_type": "epsilon"}, {"prediction_type": "v_prediction"}


@pytest.mark.parametrize(
    ("name", "unet", "scheduler", "family"),
    [
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", {"cross_attention_dim": 768, "in_channels": 4}, EPS, "sd1"),
        ("someones/finetune", {"cross_attention_dim": 768, "in_channels": 4}, V, "sd1"),
        ("stabilityai/stable-diffusion-2-base", {"cross_attention_dim": 1024, "in_channels": 4}, EPS, "sd2"),
        ("stabilityai/stable-diffusion-2-1", {"cross_attention_dim": 1024, "in_channels": 4}, V, "sd2-768"),
        ("stabilityai/stable-diffusion-xl-base-1.0", {"cross_attention_dim": 2048, "in_channels": 4}, EPS, "sdxl"),
        (
            "stable-diffusion-v1-5/stable-diffusion-inpainting",
            {"cross_attention_dim": 768, "in_channels": 9},
            EPS,
            "sd1",
        ),
        ("stabilityai/stable-diffusion-2-inpainting", {"cross_attention_dim": 1024, "in_channels": 9}, EPS, "sd2"),
        (
            "diffusers/stable-diffusion-xl-1.0-inpainting-0.1",
            {"cross_attention_dim": 2048, "in_channels": 9},
            EPS,
            "sdxl",
        ),
        ("miniature", {"cross_attention_dim": 192, "in_channels": 8}, V, "miniature"),
    ],
)
def test_a_family_is_recognised_by_its_settings(
    name: str, unet: dict[str, int], scheduler: dict[str, str], family: str
) -> None:
    assert family_of(name, unet, scheduler).name == family


@pytest.mark.parametrize(
    "unet",
    [
        {"cross_attention_dim": 1280, "in_channels": 4},
        {"cross_attention_dim": 2048, "in_channels": 8},
        {"cross_attention_dim": 768, "in_channels": 8},
        {"cross_attention_dim": 1024, "in_channels": 5},
    ],
)
def test_a_base_of_no_known_family_is_refused(unet: dict[str, int]) -> None:
    with pytest.raises(TintypeError, match="E_NO_FAMILY"):
        family_of("someones/other", unet, EPS)


@pytest.mark.parametrize(
    ("scheduler", "predicts"),
    [
        (DDIMScheduler(prediction_type="sample"), "sample"),
        (DPMSolverMultistepScheduler(prediction_type="flow_prediction", use_flow_sigmas=True), "flow_prediction"),
        (EDMEulerScheduler(), "edm"),
        (EDMDPMSolverMultistepScheduler(), "edm"),  # Playground v2.5's
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_a_base_whose_predictions_nobody_here_can_teach_is_refused(scheduler: Any, predicts: str) -> None:
    with pytest.raises(TintypeError, match="E_PREDICTS") as caught:
        family_of("someones/xl", {"cross_attention_dim": 2048, "in_channels": 4}, scheduler.config)

    assert caught.value.facts == {"base": "someones/xl", "predicts": predicts}


def test_a_refused_base_is_refused_when_it_is_loaded() -> None:
    pipeline = tiny_pipeline("epsilon")
    pipeline.scheduler = DDIMScheduler(prediction_type="sample")

    with pytest.raises(TintypeError, match="E_PREDICTS"):
        base_of(pipeline, "miniature", "tiny-1", torch.device("cpu"))


@pytest.mark.parametrize("family", families().values(), ids=list(families()))
def test_a_family_is_whole(family: object) -> None:
    from trainers.families import Family

    assert isinstance(family, Family)
    assert set(family.class_words) == {"person", "animal", "object", "style"}
    assert all(words for words in family.class_words.values())
    assert "{word}" in family.template
    assert "{word}" in family.style_template
    assert len(family.style_scenes) == len(family.sample_scenes)
    assert all(family.said("<zed>", kind).count("<zed>") == 1 for kind in family.class_words)
    assert family.shapes["square"] == (family.size_px, family.size_px)
    assert all(side % family.bucket_px == 0 for shape in family.shapes.values() for side in shape)
    assert set(family.recommended) <= set(methods())


def test_what_a_family_recommends_is_what_a_method_takes(base: Base) -> None:
    for name, method in methods().items():
        settings = settings_for(method, base)
        assert all(getattr(settings, field) == value for field, value in base.family.recommended[name].items())
