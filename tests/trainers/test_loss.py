from __future__ import annotations

import pytest
import torch
from diffusers import DDPMScheduler
from diffusers.training_utils import compute_snr
from torch import Tensor

from trainers.loss import add_noise, alphas_cumprod_of, mask_weights, min_snr_weights, snr_of, target_of, weighed_mse

SCHEDULER = DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
TIMESTEPS = torch.tensor([0, 1, 250, 600, 999])


def drawn() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    latents, noise = (torch.randn(5, 4, 8, 8, generator=generator) for _ in range(2))
    return latents, noise, alphas_cumprod_of(SCHEDULER)


def test_noise_is_added_as_diffusers_adds_it() -> None:
    latents, noise, alphas = drawn()

    torch.testing.assert_close(
        add_noise(latents, noise, alphas, TIMESTEPS),
        SCHEDULER.add_noise(latents, noise, TIMESTEPS),  # type: ignore[arg-type]
    )


def test_the_velocity_is_diffusers_velocity() -> None:
    latents, noise, alphas = drawn()

    torch.testing.assert_close(
        target_of(latents, noise, alphas, TIMESTEPS, "v_prediction"),
        SCHEDULER.get_velocity(latents, noise, TIMESTEPS),  # type: ignore[arg-type]
    )


def test_the_epsilon_target_is_the_noise() -> None:
    latents, noise, alphas = drawn()

    assert target_of(latents, noise, alphas, TIMESTEPS, "epsilon") is noise


def test_an_unknown_prediction_type_is_refused() -> None:
    latents, noise, alphas = drawn()
    with pytest.raises(ValueError, match="sample"):
        target_of(latents, noise, alphas, TIMESTEPS, "sample")


def test_the_signal_to_noise_ratio_is_diffusers() -> None:
    _, _, alphas = drawn()

    torch.testing.assert_close(snr_of(alphas, TIMESTEPS), compute_snr(SCHEDULER, TIMESTEPS), rtol=1e-4, atol=1e-6)


def test_weights_cap_the_ratio_for_noise_and_for_velocity() -> None:
    snr = torch.tensor([0.5, 5.0, 50.0])

    torch.testing.assert_close(min_snr_weights(snr, "epsilon"), torch.tensor([1.0, 1.0, 0.1]))
    torch.testing.assert_close(min_snr_weights(snr, "v_prediction"), torch.tensor([0.5 / 1.5, 5 / 6, 5 / 51]))


def test_velocity_weights_weigh_the_same_error_in_the_clean_picture_as_epsilon_weights() -> None:
    latents, noise, alphas = drawn()
    noisy = add_noise(latents, noise, alphas, TIMESTEPS)
    root, rest = (each[TIMESTEPS].sqrt()[:, None, None, None] for each in (alphas, 1 - alphas))
    guessed = latents + 0.1
    eps_error = ((noisy - root * guessed) / rest - noise).square().mean((1, 2, 3))
    v_error = ((root * noisy - guessed) / rest - (root * noise - rest * latents)).square().mean((1, 2, 3))
    snr = snr_of(alphas, TIMESTEPS)

    torch.testing.assert_close(
        eps_error * min_snr_weights(snr, "epsilon"),
        v_error * min_snr_weights(snr, "v_prediction"),
        rtol=1e-3,
        atol=1e-6,
    )


def test_gamma_must_be_positive() -> None:
    with pytest.raises(ValueError, match="gamma"):
        min_snr_weights(torch.ones(1), "epsilon", gamma=0)


def test_the_loss_averages_each_samples_weighed_error() -> None:
    prediction, target = torch.zeros(2, 1, 2, 2), torch.tensor([1.0, 2.0])[:, None, None, None].expand(2, 1, 2, 2)

    assert weighed_mse(prediction, target, torch.tensor([1.0, 0.5])).item() == pytest.approx((1 + 2) / 2)


def test_an_error_outside_the_mask_counts_a_tenth_of_one_inside() -> None:
    masks = torch.zeros(1, 8, 8)
    masks[0, :4] = 1.0
    inside, outside = torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 8, 8)
    inside[0, :, 0], outside[0, :, 7] = 1.0, 1.0
    nothing, one = torch.zeros(1, 4, 8, 8), torch.ones(1)
    pixels = mask_weights(masks)

    ratio = weighed_mse(outside, nothing, one, pixels) / weighed_mse(inside, nothing, one, pixels)

    torch.testing.assert_close(ratio, torch.tensor(0.1))


def test_a_masked_loss_keeps_its_scale_however_small_the_subject_is() -> None:
    masks = torch.rand(5, 8, 8, generator=torch.Generator().manual_seed(1)) ** 4
    pixels = mask_weights(masks)
    latents, noise, _ = drawn()

    torch.testing.assert_close(pixels.mean((1, 2, 3)), torch.ones(5))
    torch.testing.assert_close(
        weighed_mse(latents, noise, torch.ones(5), mask_weights(torch.zeros(5, 8, 8))),
        weighed_mse(latents, noise, torch.ones(5)),
    )
