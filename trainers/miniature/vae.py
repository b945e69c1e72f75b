"""The miniature's autoencoder: 64 × 64 pixels to 16 × 16 latents and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional as F  # noqa: N812  the field's name

from trainers.miniature.training import Average, train

LATENT_CHANNELS = 8  # 4 lost eyes and spots in trials
KL_WEIGHT = 1e-6  # only keeps the latents from drifting
EDGE_WEIGHT = 0.5
BATCH = 24


def new_vae() -> Any:
    """An untrained autoencoder of about 1.2 M parameters."""
    return AutoencoderKL(  # type: ignore[no-untyped-call]
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(24, 48, 96),
        layers_per_block=1,
        latent_channels=LATENT_CHANNELS,
        norm_num_groups=8,
        sample_size=64,
        mid_block_add_attention=False,
    )


def pixels_of(drawings: npt.NDArray[np.uint8]) -> Tensor:
    """(N, 64, 64, 3) uint8 -> (N, 3, 64, 64) float32 in -1 … 1, channels last in memory."""
    pixels = torch.from_numpy(np.array(drawings)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return pixels.contiguous(memory_format=torch.channels_last)


def _edges(image: Tensor) -> tuple[Tensor, Tensor]:
    return image[..., 1:, :] - image[..., :-1, :], image[..., 1:] - image[..., :-1]


def vae_loss(vae: Any, pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Squared and absolute error, the error of the edges for sharpness, and a trace of KL."""
    posterior = vae.encode(pixels).latent_dist
    noise = torch.randn(posterior.mean.shape, generator=generator)
    made = vae.decode(posterior.mean + posterior.std * noise).sample
    edges = sum((F.l1_loss(a, b) for a, b in zip(_edges(made), _edges(pixels), strict=True)), start=torch.zeros(()))
    near = F.l1_loss(made, pixels) + 2 * F.mse_loss(made, pixels)
    whole: Tensor = near + EDGE_WEIGHT * edges + KL_WEIGHT * posterior.kl().mean()
    return whole


def train_vae(
    drawings: npt.NDArray[np.uint8], folder: Path, steps: int, seed: int = 11
) -> Iterator[tuple[int, Average]]:
    """Train an autoencoder on the drawings; yields as `training.train` does."""
    torch.manual_seed(seed)
    vae = new_vae().to(memory_format=torch.channels_last)

    def loss_of(_step: int, generator: torch.Generator) -> Tensor:
        chosen = torch.randint(len(drawings), (BATCH,), generator=generator).numpy()
        with torch.autocast("cpu", torch.bfloat16):  # 1.5 times as fast as float32 where the processor has it
            return vae_loss(vae, pixels_of(drawings[np.sort(chosen)]), generator)

    return train(vae, loss_of, name="vae", folder=folder, steps=steps, peak=2e-3, decay=0.998, seed=seed)


@torch.no_grad()
def psnr(vae: Any, drawings: npt.NDArray[np.uint8]) -> float:
    """Mean peak signal-to-noise ratio in dB over drawings, pixels in 0 … 1."""
    values = []
    for start in range(0, len(drawings), 50):
        pixels = pixels_of(drawings[start : start + 50])
        made = vae.decode(vae.encode(pixels).latent_dist.mean).sample.clamp(-1, 1)
        error = ((made - pixels) / 2).square().flatten(1).mean(1)
        values.append(-10 * torch.log10(error))
    return float(torch.cat(values).mean())
