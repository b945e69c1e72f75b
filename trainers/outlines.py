"""Base models as everybody has them, without a number in them: what a word's file would weigh is counted on these."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from trainers.families import families
from trainers.pipeline import Base, TextEncoder

#: of Stable Diffusion XL's UNet, where it differs from what diffusers takes for Stable Diffusion 1
SDXL: Mapping[str, Any] = {
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (320, 640, 1280),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
}


def outlines() -> Mapping[str, Base]:
    """Stable Diffusion 1.x, XL and Z-Image by what they are called, on torch's `meta` device."""
    with torch.device("meta"):
        return {name: _outline(family, make()) for name, (family, make) in KNOWN.items()}


def _outline(family: str, parts: tuple[Any, ...]) -> Base:
    denoiser, *models = parts
    return Base(
        id=family,
        revision="",
        family=families()[family],
        encoders=tuple(TextEncoder(None, model) for model in models),  # type: ignore[arg-type]  # nothing is said to it
        vae=None,
        denoiser=denoiser,
        scheduler=None,
        device=torch.device("meta"),
    )


def _sd1() -> tuple[Any, ...]:
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(cross_attention_dim=768, attention_head_dim=8)  # type: ignore[no-untyped-call]
    return unet, _clip()


def _sdxl() -> tuple[Any, ...]:
    from diffusers import UNet2DConditionModel

    unet = UNet2DConditionModel(**SDXL)  # type: ignore[no-untyped-call]
    return unet, _clip(), _open_clip()


def _z_image() -> tuple[Any, ...]:
    from diffusers import ZImageTransformer2DModel

    return (ZImageTransformer2DModel(),)  # type: ignore[no-untyped-call]


def _clip() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12)
    )


def _open_clip() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModelWithProjection

    return CLIPTextModelWithProjection(
        CLIPTextConfig(hidden_size=1280, intermediate_size=5120, num_attention_heads=20, num_hidden_layers=32)
    )


KNOWN: Mapping[str, tuple[str, Callable[[], tuple[Any, ...]]]] = {
    "Stable Diffusion 1.x": ("sd1", _sd1),
    "SDXL": ("sdxl", _sdxl),
    "Z-Image": ("z_image", _z_image),
}
