"""What an inpainting UNet is shown beside noise: which part of a picture it fills, and what lies around that part."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

MASK = 1  # channels

# B batch · C latent channels · H W latent height, width


class Canvas:
    """An empty one: all of a picture is to be filled, so the text decides what it shows, as with any other base model.

    The mask is 1 everywhere. What lies around it is then, as in diffusers' `prepare_mask_and_masked_image`, a picture
    of zeros, which the VAE encodes; here it is encoded once for each size, as the middle of what it may be.
    """

    def __init__(self, vae: Any) -> None:
        self._vae = vae
        self._empty: dict[tuple[int, int], Tensor] = {}

    def beside(self, noisy: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C + 1 + C, H, W): noisy latents, mask, latents of what lies around.

        Source: `train_dreambooth_inpaint_lora.py` of diffusers.
        """
        height, width = noisy.shape[2:]
        if (height, width) not in self._empty:
            self._empty[height, width] = self._encoded(height, width)
        shown = self._empty[height, width].to(noisy)
        return torch.cat([noisy, shown.expand(len(noisy), -1, -1, -1)], 1)

    @torch.no_grad()
    def _encoded(self, height: int, width: int) -> Tensor:
        """Mask and latents of the empty picture: (1, 1 + C, H, W) float32."""
        weight = next(self._vae.parameters())
        per = 2 ** (len(self._vae.config.block_out_channels) - 1)
        grey = torch.zeros(1, 3, height * per, width * per, device=weight.device, dtype=weight.dtype)
        latents = self._vae.encode(grey).latent_dist.mean.float() * self._vae.config.scaling_factor
        return torch.cat([torch.ones_like(latents[:, :MASK]), latents], 1)


def canvas_for(unet: Any, vae: Any) -> Canvas | None:
    """An empty canvas for a UNet that looks at one, by the channels that it takes in; None for any other."""
    channels = int(vae.config.latent_channels)
    return Canvas(vae) if unet.config.in_channels == channels + MASK + channels else None
