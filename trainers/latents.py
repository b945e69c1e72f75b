"""Pixels to latents and back: where a base's VAE works, on one picture at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from trainers.pipeline import Base
from trainers.process import release_heap
from trainers.thrift import at_hand


@contextmanager
def _at_work(base: Base) -> Iterator[Any]:
    """The VAE, on the device.

    It takes memory in larger pieces than a denoiser does: neither's fit into what the other leaves behind in the heap,
    which would grow by both.
    """
    at_hand(base.vae, device=base.device)
    release_heap()
    try:
        with torch.no_grad():
            yield base.vae
    finally:
        release_heap()


def encoded(base: Base, pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and deviation of a picture's scaled latents: (1, 3, H, W) in -1 … 1 -> (1, C, h, w) float32 each."""
    with _at_work(base) as vae:
        posterior = vae.encode(pixels.to(base.device, vae.dtype)).latent_dist
        return base.scaled(posterior.mean.float()), posterior.std.float() * base.scaling_factor


def pixels_from(base: Base, latents: Tensor) -> list[Tensor]:
    """Scaled latents (B, C, h, w) as pixels: B of (1, 3, H, W) float32, about -1 … 1."""
    with _at_work(base) as vae:
        return [vae.decode(base.unscaled(one).to(vae.dtype)).sample.float() for one in latents[:, None]]
