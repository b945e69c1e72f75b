"""Base models for inpainting: the UNet also sees a mask and what lies around it; here a whole picture is filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DPMSolverMultistepScheduler
from PIL import Image
from torch import Tensor

from tests.trainers.bases import TINY, applied, base_for, tiny_inpainting, tiny_pipeline
from tests.trainers.layouts import sample
from trainers.canvas import canvas_for
from trainers.conditioning import predicted, whole
from trainers.imagine import Drawing, finished, imagine
from trainers.method import Lesson, methods, settings_for
from trainers.pipeline import Base, load_base
from trainers.text import encode_prompt
from trainers.weights import read_adapter, write_adapter

SIZE = 64
both = pytest.mark.parametrize("what", ["inpainting", "sdxl_inpainting"])


def noise(seed: int = 0, channels: int = 4) -> Tensor:
    side = SIZE // 4
    return torch.randn(1, channels, side, side, generator=torch.Generator().manual_seed(seed))


@both
def test_a_picture_is_what_diffusers_fills_a_whole_mask_with(what: str) -> None:
    base, pipeline = base_for(what), TINY[what]()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(pipeline.scheduler.config)
    grey, white = (Image.new("RGB", (SIZE, SIZE), colour) for colour in ((99, 9, 9), "white"))
    theirs = pipeline(
        prompt="a cat", image=grey, mask_image=white, height=SIZE, width=SIZE, strength=1.0, latents=noise(),
        num_inference_steps=4, guidance_scale=base.family.guidance_scale,
        masked_image_latents=pipeline.vae.encode(torch.zeros(1, 3, SIZE, SIZE)).latent_dist.mean.detach() * 0.5,
    ).images[0]  # fmt: skip
    (ours,) = finished(imagine(base, Drawing(prompt="a cat", steps=4)))

    assert np.abs(np.asarray(ours, np.int16) - np.asarray(theirs, np.int16)).max() <= 1


def test_the_unet_is_shown_noise_a_whole_mask_and_a_picture_of_zeros() -> None:
    base = base_for("inpainting")
    assert base.canvas is not None
    shown = base.canvas.beside(noise())
    with torch.no_grad():
        empty = base.vae.encode(torch.zeros(1, 3, SIZE, SIZE)).latent_dist.mean * base.vae.config.scaling_factor

    assert torch.equal(shown[:, :4], noise())
    assert bool((shown[:, 4:5] == 1).all())
    assert torch.equal(shown[:, 5:], empty)
    assert base.canvas.beside(noise().repeat(3, 1, 1, 1).bfloat16()).shape == (3, 9, 16, 16)


def test_an_empty_picture_is_encoded_once_for_each_size(monkeypatch: pytest.MonkeyPatch) -> None:
    base, asked = base_for("inpainting"), []
    encode = base.vae.encode

    def counted(pixels: Tensor) -> Any:
        asked.append(tuple(pixels.shape[2:]))
        return encode(pixels)

    monkeypatch.setattr(base.vae, "encode", counted)
    canvas = canvas_for(base.unet, base.vae)
    for _ in range(3):
        finished(imagine(replace(base, canvas=canvas), Drawing(prompt="a cat", steps=2)))
    finished(imagine(replace(base, canvas=canvas), Drawing(prompt="a cat", steps=2, shape="portrait")))

    assert asked == [(64, 64), (64, 48)]


@pytest.mark.parametrize("what", ["epsilon", "sdxl"])
def test_other_base_models_are_shown_noise_alone(what: str) -> None:
    assert base_for(what).canvas is None


@both
@pytest.mark.parametrize("name", ["lora", "textual_inversion"])
def test_a_word_is_learned_and_drawn(what: str, name: str, a_lesson: Callable[..., Lesson], tmp_path: Path) -> None:
    base, method, file = base_for(what), methods()[name], tmp_path / "zed.safetensors"
    chosen = {"min_steps": 6, "max_steps": 6, "points": 1, "batch_size": 2}
    for step in method.train(base, a_lesson(), settings_for(method, base, chosen)):
        if step.done == step.total:
            step.save_weights(file)
    zed = read_adapter(file, base)
    plain, drawn = (
        finished(imagine(base, Drawing(prompt=prompt, adapters=[(zed, 1.0)], steps=2)))[0].tobytes()
        for prompt in ("a cat", "a <zed>")
    )

    assert zed.is_finite()
    assert plain != drawn


def test_a_picture_may_begin_from_another(photos: list[Path]) -> None:
    base = base_for("inpainting")
    with Image.open(photos[0]) as parent:
        near, far = (
            np.asarray(finished(imagine(base, Drawing(prompt="a cat", parent=parent, strength=strength, steps=6)))[0])
            for strength in (0.2, 1.0)
        )
        kept = np.asarray(finished(imagine(base, Drawing(prompt="a cat", parent=parent, strength=0.0, steps=6)))[0])

    assert near.shape == far.shape == (64, 64, 3)
    assert np.abs(near.astype(int) - kept).mean() < np.abs(far.astype(int) - kept).mean()


def test_a_words_file_has_the_names_and_shapes_of_the_plain_base_models(
    a_lesson: Callable[..., Lesson], tmp_path: Path
) -> None:
    """One may learn on an inpainting base and draw with its plain sister, or the other way round."""
    base, plain = base_for("inpainting"), base_for("epsilon")
    word = sample(base.unet)
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "lora", word)

    assert read_adapter(tmp_path / "zed.safetensors", plain).fingerprint == word.fingerprint


def test_diffusers_inpainting_pipeline_shows_our_word_as_we_do(a_lesson: Callable[..., Lesson], tmp_path: Path) -> None:
    base, pipeline = base_for("inpainting"), tiny_inpainting()
    word = sample(base.unet)
    write_adapter(tmp_path / "zed.safetensors", base, a_lesson(), "lora", word)
    pipeline.load_lora_weights(tmp_path, weight_name="zed.safetensors")
    asked = noise(), torch.tensor(300), encode_prompt(base, "a cat", ()), [whole(SIZE, SIZE)]
    with torch.no_grad(), applied(base, [(word, 1.0)]):
        ours = predicted(base, *asked)
    with torch.no_grad():
        theirs = predicted(replace(base, denoiser=pipeline.unet), *asked)

    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


@both
def test_a_folder_of_one_is_loaded_with_all_its_parts(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    TINY[what]().save_pretrained(tmp_path)
    known: Base = base_for(what)
    monkeypatch.setattr("trainers.pipeline.family_of", lambda *told: known.family)
    loaded = load_base(str(tmp_path), "cpu")

    assert loaded.canvas is not None
    assert loaded.empty_is_zero == known.empty_is_zero == what.startswith("sdxl")
    assert all(
        torch.equal(ours, theirs)
        for part, other in zip(loaded.parts, known.parts, strict=True)
        for ours, theirs in zip(part.parameters(), other.parameters(), strict=True)
    )


def test_a_plain_pipeline_is_no_inpainting_one() -> None:
    pipeline = tiny_pipeline("epsilon")

    assert canvas_for(pipeline.unet, pipeline.vae) is None
