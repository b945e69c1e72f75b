"""Noise, targets and weights of the diffusion loss: pure functions with shapes."""

from __future__ import annotations

import torch
from torch import Tensor

# B batch · C latent channels · H W latent height, width

OUTSIDE = 0.1  # how much a pixel counts that does not belong to the subject: it still holds the light and the ground


def snr_of(alphas_cumprod: Tensor, timesteps: Tensor) -> Tensor:
    """Signal-to-noise ratio alpha_bar / (1 - alpha_bar).

    Shapes: alphas_cumprod (1000,), timesteps (B,) -> (B,).
    """
    alphas = alphas_cumprod[timesteps]
    return alphas / (1 - alphas)


def add_noise(latents: Tensor, noise: Tensor, alphas_cumprod: Tensor, timesteps: Tensor) -> Tensor:
    """sqrt(alpha_bar) x + sqrt(1 - alpha_bar) noise.

    Shapes: latents and noise (B, C, H, W), timesteps (B,) -> (B, C, H, W).
    Source: Ho et al. 2020, arXiv 2006.11239, eq. 4.
    """
    alphas = alphas_cumprod[timesteps][:, None, None, None]
    return alphas.sqrt() * latents + (1 - alphas).sqrt() * noise


def target_of(
    latents: Tensor, noise: Tensor, alphas_cumprod: Tensor, timesteps: Tensor, prediction_type: str
) -> Tensor:
    """What the UNet should say: the noise, or the velocity sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x.

    Shapes: as `add_noise`. Raises: ValueError for a prediction type we do not know.
    Source: Salimans and Ho 2022, arXiv 2202.00512.
    """
    if prediction_type == "epsilon":
        return noise
    if prediction_type == "v_prediction":
        alphas = alphas_cumprod[timesteps][:, None, None, None]
        return alphas.sqrt() * noise - (1 - alphas).sqrt() * latents
    raise ValueError(f"unknown prediction type {prediction_type!r}")


def min_snr_weights(snr: Tensor, prediction_type: str, gamma: float = 5.0) -> Tensor:
    """Weigh each sample by min(SNR, gamma) / SNR, or over SNR + 1 for velocity.

    Shapes: snr (B,) -> (B,). Raises: ValueError if gamma is not positive.
    Source: Hang et al. 2023, arXiv 2303.09556.
    """
    if gamma <= 0:
        raise ValueError("gamma must be positive")
    return snr.clamp(max=gamma) / (snr + 1 if prediction_type == "v_prediction" else snr)


def mask_weights(masks: Tensor, outside: float = OUTSIDE) -> Tensor:
    """How much each latent pixel counts: w = max(mask, outside), divided by its mean over the sample.

    So a pixel outside counts a tenth of one inside, and a small subject as much as a large one.
    Shapes: masks (B, H, W), 0 … 1 -> (B, 1, H, W).
    Source: OneTrainer's "masked training" with its unmasked weight of 0.1, area normalised.
    """
    weights = masks.clamp(min=outside)
    return (weights / weights.mean((1, 2), keepdim=True))[:, None]


def weighed_mse(prediction: Tensor, target: Tensor, weights: Tensor, pixels: Tensor | None = None) -> Tensor:
    """Mean squared error of each sample times its weight, averaged; each pixel of it times its own, where given.

    Shapes: prediction and target (B, C, H, W), weights (B,), pixels (B, 1, H, W) -> scalar float32.
    """
    squares = (prediction.float() - target.float()).square()
    each = (squares if pixels is None else squares * pixels).mean((1, 2, 3))
    return (each * weights).mean()


def alphas_cumprod_of(scheduler: object) -> Tensor:
    """The cumulative products of a scheduler's alphas: (1000,) float32."""
    alphas: Tensor = scheduler.alphas_cumprod  # type: ignore[attr-defined]
    return alphas.to(torch.float32)
