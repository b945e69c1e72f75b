"""Stable Diffusion XL 1.0: two text encoders, and a UNet that is told where a picture was cut."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from trainers.families import Cost, register
from trainers.families.sd1 import CHANNELS, SD1

TEXT_WIDTH = 2048  # of CLIP ViT-L and OpenCLIP ViT-bigG side by side
PLACE = re.compile(r"(?:(down|up)_blocks\.(\d+)|mid_block)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.+)")
LAYERS = 3  # of one resolution, on the way down and on the way up, those that halve or double it included
WITHIN = {"resnets": 0, "attentions": 1, "downsamplers": 0, "upsamplers": 2}  # which part of its layer a module is
RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}


def _is_sdxl(unet: Mapping[str, Any]) -> bool:
    """The refiner's text is narrower."""
    return unet.get("cross_attention_dim") == TEXT_WIDTH and unet.get("in_channels") in CHANNELS


def _name_in_files(module: str) -> str:
    """`down_blocks.1.attentions.0.…` -> `input_blocks.4.1.…`, as Stability AI numbered them and sd-scripts writes.

    All modules of the blocks, or none: of a file with both ways of naming diffusers leaves out one (0.42).
    """
    if not (found := PLACE.fullmatch(module)):
        return module
    way, block, part, layer, rest = found[1], int(found[2] or 0), found[3], int(found[4]), found[5]
    if part == "resnets":
        rest = RESNET.get(rest, rest)
    if way is None:  # a resnet, an attention, a resnet
        return f"middle_block.{2 * layer if part == 'resnets' else 1}.{rest}"
    if part == "downsamplers":
        rest = "op"
    place = LAYERS * block + (LAYERS - 1 if part.endswith("samplers") else layer)
    # the first on the way down is the convolution that everything goes in by
    side = f"input_blocks.{1 + place}" if way == "down" else f"output_blocks.{place}"
    return f"{side}.{WITHIN[part]}.{rest}"


register(
    dataclasses.replace(
        SD1,
        name="sdxl",
        title="Stable Diffusion XL",
        numbers=3_468_837_867,
        encoder_numbers=817_720_320,
        lora_numbers=42_557_440,
        cost=Cost(imagine=316, decode=1536, train=7421, checkpointed=668),
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
