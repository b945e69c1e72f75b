"""Stable Diffusion 2.0 and 2.1, both the 512-px and the 768-px velocity models."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from trainers.families import Cost, register
from trainers.families.sd1 import CHANNELS, SD1

TEXT_WIDTH = 1024  # of OpenCLIP ViT-H
NUMBERS = 1_289_952_427
ENCODER_NUMBERS = 340_387_840
AREA = (768 / 512) ** 2  # what a step takes beyond the weights goes with it


def _is_sd2(unet: Mapping[str, Any], scheduler: Mapping[str, Any], prediction_type: str) -> bool:
    is_plain = unet.get("cross_attention_dim") == TEXT_WIDTH and unet.get("in_channels") in CHANNELS
    return is_plain and scheduler.get("prediction_type") == prediction_type


register(
    dataclasses.replace(
        SD1,
        name="sd2",
        clip=None,  # its text encoder lacks the last layer of the one that it comes from
        title="Stable Diffusion 2.x",
        numbers=NUMBERS,
        encoder_numbers=ENCODER_NUMBERS,
        fits=lambda name, unet, scheduler: _is_sd2(unet, scheduler, "epsilon"),
        kohya_version="sd_v2",
        modelspec_architecture="stable-diffusion-v2-512",
    )
)
register(
    dataclasses.replace(
        SD1,
        name="sd2-768",
        clip=None,
        title="Stable Diffusion 2.x, 768 px",
        numbers=NUMBERS,
        encoder_numbers=ENCODER_NUMBERS,
        cost=Cost(**{name: round(mib * AREA) for name, mib in dataclasses.asdict(SD1.cost).items()}),
        size_px=768,
        shapes={"square": (768, 768), "portrait": (640, 896), "landscape": (896, 640)},
        fits=lambda name, unet, scheduler: _is_sd2(unet, scheduler, "v_prediction"),
        kohya_version="sd_v2_v",
        modelspec_architecture="stable-diffusion-v2-768-v",
    )
)
