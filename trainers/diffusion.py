"""How noise comes onto latents and goes from them again: what a denoiser was taught, apart from what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import torch
from torch import Tensor

from trainers.loss import add_noise, alphas_cumprod_of, min_snr_weights, snr_of, target_of

FLOW = "flow"

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
        """What it says: epsilon, v_prediction or flow."""

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


class Flow:
    """Straight lines from pictures to noise, x_t = (1 - sigma) x + sigma noise; the denoiser says noise - x.

    Sigmas are the scheduler's own, shifted towards noise by a fixed amount; a timestep is a thousand times its sigma.
    Source: Lipman et al. 2022, arXiv 2210.02747; the shift: Esser et al. 2024, arXiv 2403.03206, 5.3.2.
    """

    def __init__(self, scheduler: Any) -> None:
        self._scheduler = _fresh(scheduler)
        self._timesteps: Tensor = self._scheduler.timesteps

    @property
    def prediction_type(self) -> str:
        """Flow."""
        return FLOW

    def timesteps(self, count: int, generator: torch.Generator) -> Tensor:
        """All of the scheduler's alike often, as diffusers' script takes them: (B,) float32."""
        return self._timesteps[torch.randint(len(self._timesteps), (count,), generator=generator)]

    def noisy(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """(1 - sigma) x + sigma noise."""
        sigmas = self._sigmas(timesteps)
        return (1.0 - sigmas) * latents + sigmas * noise

    def target(self, latents: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The way from the picture to the noise, at any point of it."""
        return noise - latents

    def weights(self, timesteps: Tensor) -> Tensor:
        """All alike."""
        return torch.ones(len(timesteps))

    def sampler(self, steps: int, device: torch.device, first: int | None = None) -> Sampler:
        """Euler's method."""
        return FlowEuler(self._scheduler, steps, device, first)

    def _sigmas(self, timesteps: Tensor) -> Tensor:
        """(B,) -> (B, 1, 1, 1)."""
        sigmas: Tensor = timesteps / self._scheduler.config.num_train_timesteps
        return sigmas[:, None, None, None]


class FlowEuler:
    """Euler's method along the velocity that the denoiser says."""

    def __init__(self, scheduler: Any, steps: int, device: torch.device, first: int | None) -> None:
        own = _fresh(scheduler)
        own.set_timesteps(sigmas=torch.linspace(1.0, 1 / steps, steps).tolist(), device=device)
        own.set_begin_index(first or 0)
        self._scheduler, self.timesteps = own, own.timesteps[first or 0 :]
        self._promised = torch.empty(0)

    def from_noise(self, noise: Tensor) -> Tensor:
        """At the end of the line there is noise alone."""
        return noise

    def from_latents(self, latents: Tensor, noise: Tensor) -> Tensor:
        """As noisy as the first of the steps that are left."""
        begun: Tensor = self._scheduler.scale_noise(latents, self.timesteps[:1].expand(len(noise)), noise)
        return begun

    def step(self, model_pred: Tensor, timestep: Tensor, latents: Tensor) -> Tensor:
        """One step on."""
        self._promised = latents - timestep / self._scheduler.config.num_train_timesteps * model_pred
        moved: Tensor = self._scheduler.step(model_pred, timestep, latents, return_dict=False)[0]
        return moved

    def promised(self) -> Tensor:
        """Where the line that it was on ends."""
        return self._promised


def _fresh(scheduler: Any) -> Any:
    """The same, as it was before anybody set steps."""
    return type(scheduler).from_config(scheduler.config)


def diffusion_of(scheduler: Any) -> Diffusion:
    """What a denoiser with this scheduler was taught."""
    return Flow(scheduler) if is_flow(scheduler.config) else Ddpm(scheduler)


def is_flow(scheduler: Mapping[str, Any]) -> bool:
    """Whether a scheduler of this config goes along straight lines; those with alphas have betas."""
    return "shift" in scheduler and "beta_schedule" not in scheduler
