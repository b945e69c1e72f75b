"""How noise comes onto latents and goes from them again: what a denoiser was taught, apart from what it is made of."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from trainers.loss import add_noise, alphas_cumprod_of, min_snr_weights, snr_of, target_of

# B batch · C latent channels · H W latent height, width


class Sampler(Protocol):
    """The way from noise to one drawing's pictures."""

    @property
    def timesteps(self) -> Tensor:
        """Those that are left, from noise on: (steps,)."""

    def from_noise(self, noise: Tensor) -> Tensor:
        """Where a drawing begins: (B, C, H, W)."""

    def from_latents(self, latents: Tensor, noise: Tensor) -> Tensor:
        """Where one begins that does not leave a parent wholly: (B, C, H, W) both."""

    def step(self, model_pred: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """One step on: (B, C, H, W) float32."""

    def promised(self) -> Tensor:
        """What the latents promised at the last step to become: (B, C, H, W) float32."""


class Diffusion(Protocol):
    """What a denoiser was taught to say of noisy latents."""

    @property
    def prediction_type(self) -> str:
        """As its scheduler calls it: epsilon or v_prediction."""

    def timesteps(self, count: int, generator: torch.Generator) -> Tensor:
        """How noisy so many latents are made for a training step: (B,)."""

    def noisy(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """Latents with noise on them: (B, C, H, W)."""

    def target(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """What the denoiser should say of them: (B, C, H, W)."""

    def weights(self, timesteps: Tensor) -> Tensor:
        """How much each sample counts: (B,)."""

    def sampler(self, steps: int, device: torch.device, first: int | None = None) -> Sampler:
        """So many steps from noise to a picture; those before `first` are left out, None begins with noise alone."""


class Ddpm:
    """Noise by alphas; the denoiser says the noise, or the velocity.

    Source: Ho et al. 2020, arXiv 2006.11239; Salimans and Ho 2022, arXiv 2202.00512.
    """

    def __init__(self, scheduler: Any) -> None:
        self._scheduler, self._alphas_cumprod = scheduler, alphas_cumprod_of(scheduler)

    @property
    def prediction_type(self) -> str:
        """Epsilon or v_prediction."""
        return str(self._scheduler.config.prediction_type)

    def timesteps(self, count: int, generator: torch.Generator) -> Tensor:
        """All alike often: (B,) whole numbers."""
        return torch.randint(len(self._alphas_cumprod), (count,), generator=generator)

    def noisy(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """As `trainers.loss.add_noise`."""
        return add_noise(latents, noise, self._alphas_cumprod, timesteps)

    def target(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """As `trainers.loss.target_of`."""
        return target_of(latents, noise, self._alphas_cumprod, timesteps, self.prediction_type)

    def weights(self, timesteps: Tensor) -> Tensor:
        """As `trainers.loss.min_snr_weights`."""
        return min_snr_weights(snr_of(self._alphas_cumprod, timesteps), self.prediction_type)

    def sampler(self, steps: int, device: torch.device, first: int | None = None) -> Sampler:
        """DPM-Solver++."""
        return DpmSolver(self._scheduler, steps, device, first)


class DpmSolver:
    """DPM-Solver++ of the second order. Source: Lu et al. 2022, arXiv 2211.01095."""

    def __init__(self, scheduler: Any, steps: int, device: torch.device, first: int | None) -> None:
        from diffusers import DPMSolverMultistepScheduler

        own: Any = DPMSolverMultistepScheduler.from_config(  # type: ignore[no-untyped-call]
            scheduler.config, algorithm_type="dpmsolver++", thresholding=False
        )
        own.set_timesteps(steps, device=device)
        if first is not None:
            own.set_begin_index(first)
        self._scheduler, self.timesteps = own, own.timesteps[first or 0 :]

    def from_noise(self, noise: Tensor) -> Tensor:
        """Noise as loud as the first step takes it for."""
        started: Tensor = noise * self._scheduler.init_noise_sigma
        return started

    def from_latents(self, latents: Tensor, noise: Tensor) -> Tensor:
        """As noisy as the first of the steps that are left."""
        added: Tensor = self._scheduler.add_noise(latents, noise, self.timesteps[:1].expand(len(noise)))
        return added

    def step(self, model_pred: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """One step on."""
        moved: Tensor = self._scheduler.step(model_pred, timestep, latents, return_dict=False)[0]
        return moved

    def promised(self) -> Tensor:
        """This solver predicts the picture itself."""
        made: Tensor = self._scheduler.model_outputs[-1]
        return made
