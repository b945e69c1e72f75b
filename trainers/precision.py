"""Which device computes, and in which numbers it holds the frozen base model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from storage.beside import AUTO
from storage.errors import TintypeError

MAY_HALVE = ("cuda", "cpu")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
INSTRUCTIONS = ("avx512_bf16", "amx_bf16")  # torch's names for x86-64's instructions that multiply bfloat16


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
    """bfloat16 on a graphics card or a processor that computes in it itself, float32 everywhere else.

    Never float16: SDXL's own VAE overflows in it, and gradients vanish unless each loss is scaled.
    """
    return torch.bfloat16 if device_type in MAY_HALVE and has_bfloat16 else torch.float32


def dtype_on(device: torch.device, wanted: str = AUTO, *, is_small: bool = False) -> torch.dtype:
    """What is wanted, else what this device takes.

    A card before Ampere only imitates bfloat16, slower than float32, and so does a processor without instructions for
    it. `is_small`: the base's layers, which on a processor take less time than turning their numbers into others.
    """
    if wanted != AUTO:
        return DTYPES[wanted]
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_bfloat16 = processor_has_bfloat16() and not is_small
    return dtype_for(device.type, has_bfloat16=has_bfloat16)


def processor_has_bfloat16() -> bool:
    """Whether it multiplies numbers in bfloat16; older versions of torch do not tell, and count as none."""
    told: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(told.get(name) for name in INSTRUCTIONS)


def unusual_on(device: torch.device, dtype: torch.dtype) -> str:
    """What these numbers are called, where they are not those that devices of this kind usually compute in."""
    usual = torch.bfloat16 if device.type == "cuda" else torch.float32
    return "" if dtype == usual else str(dtype).removeprefix("torch.")


def remark_on(device: torch.device, wanted: str = AUTO) -> str | None:
    """What the operator should know of it, if anything."""
    if device.type != "cuda" or wanted != AUTO or dtype_on(device) == torch.bfloat16:
        return None
    return "This graphics card does not compute in bfloat16, so float32 is used: twice the memory, and slower."
