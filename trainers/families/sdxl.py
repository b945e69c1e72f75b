"""Stable Diffusion XL 1.0: two text encoders, and a UNet that is told where a picture was cut."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from trainers.families import register
from trainers.families.sd1 import CHANNELS, SD1

TEXT_WIDTH = 2048  # of CLIP ViT-L and OpenCLIP ViT-bigG side by side
SIDE = re.compile(r"(down|up)_blocks\.(\d+)\.attentions\.(\d+)\.(.*)")
MIDDLE = "mid_block.attentions.0."
LAYERS_DOWN, LAYERS_UP = 3, 3  # of one resolution, those that halve or double it included


def _is_sdxl(unet: Mapping[str, Any]) -> bool:
    """The refiner's text is narrower."""
    return unet.get("cross_attention_dim") == TEXT_WIDTH and unet.get("in_channels") in CHANNELS


def _name_in_files(module: str) -> str:
    """`down_blocks.1.attentions.0.…` -> `input_blocks.4.1.…`, as Stability AI numbered them and sd-scripts writes."""
    if module.startswith(MIDDLE):
        return f"middle_block.1.{module.removeprefix(MIDDLE)}"
    if not (found := SIDE.fullmatch(module)):
        return module
    way, block, layer, rest = found[1], int(found[2]), int(found[3]), found[4]
    if way == "down":  # the first is the convolution that everything goes in by
        return f"input_blocks.{1 + LAYERS_DOWN * block + layer}.1.{rest}"
    return f"output_blocks.{LAYERS_UP * block + layer}.1.{rest}"


register(
    dataclasses.replace(
        SD1,
        name="sdxl",
        title="Stable Diffusion XL",
        numbers=3_468_837_867,
        size_px=1024,
        shapes={"square": (1024, 1024), "portrait": (896, 1152), "landscape": (1152, 896)},
        fits=lambda name, unet, scheduler: _is_sdxl(unet),
        kohya_version="sdxl_base_v1-0",  # AUTOMATIC1111 looks for how this begins
        modelspec_architecture="stable-diffusion-xl-v1-base",
        text_layer=-2,
        names_in_files=_name_in_files,
        guidance_scale=7.0,
    )
)
