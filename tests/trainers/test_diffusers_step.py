"""One training step against the formulas of diffusers' own scripts, from photo to loss, for every kind of base model.

`train_text_to_image_lora.py`, `train_text_to_image_lora_sdxl.py` (both with `--snr_gamma 5`),
`train_dreambooth_inpaint_lora.py` and `train_dreambooth_lora_z_image.py`, as of diffusers 0.42, told again with
diffusers' own classes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler, FlowMatchEulerDiscreteScheduler, ZImagePipeline
from diffusers.training_utils import compute_snr
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from tests.trainers.bases import TINY, base_for
from trainers.conditioning import Said
from trainers.dataset import batch_of, cuts_of, examples, pixels_of
from trainers.learner import Learner
from trainers.learning import Plan, Pupil
from trainers.method import Lesson
from trainers.pipeline import Base
from trainers.text import encode_prompt

SEED, GAMMA = 5, 5.0
PLAN = Plan(steps=4, learning_rate=0.0, batch_size=2, weight_decay=0.0, points=1)
CAPTION = "a cat"


def our_loss(base: Base, lesson: Lesson) -> float:
    """Of the first step, before anything was learned."""
    hidden = encode_prompt(base, CAPTION, ())
    nothing = nn.Parameter(torch.zeros(1))

    def said(captions: Any) -> Said:
        told = hidden.repeated(len(captions))
        return replace(told, hidden=told.hidden + nothing)

    pupil = Pupil(parameters={"nothing": nothing}, attached=nullcontext, said=said, write=lambda *told: None)
    found = [
        *examples(base, cuts_of(lesson.photos, base.family, lesson.kind), [CAPTION] * len(lesson.photos), lesson.kind)
    ]
    return Learner(base, lesson, PLAN, pupil).learn(found)


class Drawn:
    """What the scripts would draw at random, drawn in our order: photos, latents, noise, timesteps."""

    def __init__(self, base: Base, pipeline: Any, lesson: Lesson) -> None:
        generator = torch.Generator().manual_seed(SEED)
        found = [
            *examples(
                base, cuts_of(lesson.photos, base.family, lesson.kind), [CAPTION] * len(lesson.photos), lesson.kind
            )
        ]
        self.chosen = batch_of(found, PLAN.batch_size, generator)
        self.latents = torch.stack([self._latents(pipeline, lesson.photos[i], generator) for i in self.chosen])
        self.noise = torch.randn(self.latents.shape, generator=generator)
        self.timesteps = torch.randint(1000, (len(self.chosen),), generator=generator)

    @staticmethod
    def _latents(pipeline: Any, photo: Path, generator: torch.Generator) -> Tensor:
        with Image.open(photo) as image, torch.no_grad():
            pixels = pixels_of(image.convert("RGB"))[None]
            sampled = pipeline.vae.encode(pixels).latent_dist.sample(generator)
        config = pipeline.vae.config
        scaled: Tensor = (sampled[0] - (config.shift_factor or 0)) * config.scaling_factor
        return scaled


def their_loss(base: Base, pipeline: Any, lesson: Lesson) -> float:
    drawn = Drawn(base, pipeline, lesson)
    if isinstance(pipeline, ZImagePipeline):
        return _flow_loss(pipeline, drawn)
    scheduler = DDPMScheduler.from_config(pipeline.scheduler.config)
    noisy = scheduler.add_noise(drawn.latents, drawn.noise, drawn.timesteps)
    with torch.no_grad():
        model_pred = _model_pred(pipeline, noisy, drawn.timesteps)
    snr = compute_snr(scheduler, drawn.timesteps)
    weights = torch.stack([snr, GAMMA * torch.ones_like(drawn.timesteps)], dim=1).min(dim=1)[0]
    if scheduler.config.prediction_type == "epsilon":
        target, weights = drawn.noise, weights / snr
    else:
        target, weights = scheduler.get_velocity(drawn.latents, drawn.noise, drawn.timesteps), weights / (snr + 1)
    loss = functional.mse_loss(model_pred.float(), target.float(), reduction="none")
    return float((loss.mean(dim=[1, 2, 3]) * weights).mean())


def _flow_loss(pipeline: Any, drawn: Drawn) -> float:
    """With `--weighting_scheme none`, its default; what it draws uniformly are indices of the scheduler's timesteps."""
    scheduler = FlowMatchEulerDiscreteScheduler.from_config(pipeline.scheduler.config)
    timesteps = scheduler.timesteps[drawn.timesteps]
    sigmas = torch.stack([scheduler.sigmas[(scheduler.timesteps == t).nonzero().item()] for t in timesteps])
    sigmas = sigmas[:, None, None, None]
    noisy = (1.0 - sigmas) * drawn.latents + sigmas * drawn.noise
    with torch.no_grad():
        features, _ = pipeline.encode_prompt([CAPTION] * len(noisy), do_classifier_free_guidance=False)
        pictures = list(noisy.unsqueeze(2).unbind(dim=0))
        made = pipeline.transformer(pictures, (1000 - timesteps) / 1000, features, return_dict=False)[0]
    model_pred = -torch.stack(made, dim=0).squeeze(2)
    return float(((model_pred.float() - (drawn.noise - drawn.latents).float()) ** 2).mean())


def _model_pred(pipeline: Any, noisy: Tensor, timesteps: Tensor) -> Any:
    count, side = len(noisy), 64
    if pipeline.unet.config.in_channels == 9:  # the script's random mask, as with `mask_full_image`
        mask = torch.ones(count, 1, side, side)
        masked_image = torch.ones(count, 3, side, side) * (mask < 0.5)
        masked_latents = pipeline.vae.encode(masked_image).latent_dist.mean * pipeline.vae.config.scaling_factor
        small = functional.interpolate(mask, size=noisy.shape[2:])
        noisy = torch.cat([noisy, small, masked_latents], dim=1)
    if not hasattr(pipeline, "text_encoder_2"):
        hidden, _ = pipeline.encode_prompt(CAPTION, "cpu", count, do_classifier_free_guidance=False)
        return pipeline.unet(noisy, timesteps, hidden).sample
    hidden, _, pooled, _ = pipeline.encode_prompt(CAPTION, do_classifier_free_guidance=False)
    time_ids = torch.tensor([[side, side, 0, 0, side, side]] * count, dtype=torch.float32)
    told = {"text_embeds": pooled.repeat(count, 1), "time_ids": time_ids}
    return pipeline.unet(noisy, timesteps, hidden.repeat(count, 1, 1), added_cond_kwargs=told).sample


@pytest.fixture
def squares(tmp_path: Path) -> list[Path]:
    """Photos of the training size, which nothing is cut from."""
    paths = [tmp_path / f"{number}.png" for number in (2, 3, 4)]
    for factor, path in enumerate(paths, 2):
        Image.linear_gradient("L").resize((64, 64)).point([value * factor % 256 for value in range(256)]).save(path)
    return paths


@pytest.mark.parametrize("what", list(TINY))
def test_a_step_asks_what_diffusers_scripts_ask(
    what: str, a_lesson: Callable[..., Lesson], squares: list[Path]
) -> None:
    base, lesson = base_for(what), a_lesson(photos=squares, seed=SEED)

    assert our_loss(base, lesson) == pytest.approx(their_loss(base, TINY[what](), lesson), rel=1e-4)
