"""Which device computes, and in which numbers it holds the frozen base model."""

from __future__ import annotations

import torch

from storage.errors import TintypeError


def device_named(name: str) -> torch.device:
    """The device for `auto`, `cpu`, `cuda`, `cuda:1` or `mps`, as numbers that lie there call it.

    They say `cuda:0` where `cuda` was asked for, and torch takes these for two devices.
    Raises: TintypeError E_NO_DEVICE when it is not there.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        return torch.empty(1, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise TintypeError("E_NO_DEVICE", device=name) from error


def dtype_for(device_type: str, *, has_bfloat16: bool) -> torch.dtype:
    """bfloat16 on a graphics card that computes in it itself, float32 everywhere else.

    Never float16: SDXL's own VAE overflows in it, and gradients vanish unless each loss is scaled.
    """
    return torch.bfloat16 if device_type == "cuda" and has_bfloat16 else torch.float32


def dtype_on(device: torch.device) -> torch.dtype:
    """What this device takes; a card before Ampere only imitates bfloat16, slower than float32."""
    has_bfloat16 = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return dtype_for(device.type, has_bfloat16=has_bfloat16)


def remark_on(device: torch.device) -> str | None:
    """What the operator should know of it, if anything."""
    if device.type != "cuda" or dtype_on(device) == torch.bfloat16:
        return None
    return "This graphics card does not compute in bfloat16, so float32 is used: twice the memory, and slower."
