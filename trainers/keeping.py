"""In which numbers a base is kept on its device: as it is, or with its denoiser in eight bits where it has to be."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from transformers import PreTrainedModel

from storage.beside import INT8
from trainers.families import Family
from trainers.memory import MIB, kept_sizes, memory_of
from trainers.quantised import Packed, pack_blocks

log = logging.getLogger(__name__)

CONVOLUTION_NDIM = 4


def pack_as_wanted(pipeline: Any, denoiser: nn.Module, family: Family, wanted: str, device: torch.device) -> str:
    """Pack a pipeline's denoiser before it goes to its device, if that is wanted or has to be; says how it is kept."""
    dtype, total_mib = next(denoiser.parameters()).dtype, memory_of(device).total_mib
    sizes = kept_sizes(_counted(pipeline, family), dtype, device.type, total_mib, wanted)
    if not sizes.spared:
        return ""
    pack_blocks(denoiser)
    log.warning(
        "most of the base model is kept in eight bits (−%s MiB); TINTYPE_QUANTISE says whether",
        f"{sizes.spared // MIB:,}",
    )
    return INT8


def lay_channels_last(denoiser: Any) -> None:
    """Order a denoiser's convolutions as they are computed fastest, which copies them, and leave its file.

    On the computer itself loaded weights are views of their mapped file. As long as one of them is left, all of the
    file is in memory, what was copied or packed as well: so the others are copied with it.
    """
    weights = list(denoiser.parameters())
    is_packed = any(isinstance(module, Packed) for module in denoiser.modules())
    if not is_packed and not any(weight.ndim == CONVOLUTION_NDIM for weight in weights):
        return
    denoiser.to(memory_format=torch.channels_last)
    for weight in weights:
        if weight.ndim != CONVOLUTION_NDIM and weight.device.type == "cpu":
            weight.data = weight.data.clone()


def _counted(pipeline: Any, family: Family) -> Family:
    """The family with as many numbers as this base has."""
    parts = [part for part in pipeline.components.values() if isinstance(part, nn.Module)]
    vae, encoders = _numbers(pipeline.vae), sum(_numbers(part) for part in parts if isinstance(part, PreTrainedModel))
    return replace(family, numbers=sum(map(_numbers, parts)), vae_numbers=vae, encoder_numbers=encoders)


def _numbers(part: nn.Module) -> int:
    return sum(value.numel() for value in part.parameters())
