"""In which numbers a device holds and computes the frozen base model."""

from __future__ import annotations

import torch


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
