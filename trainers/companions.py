"""The operator's models that are loaded beside a base: for telling likeness, for captions, for enlarging."""

from __future__ import annotations

from typing import Any

import torch

from storage.beside import Beside
from trainers.captioning import captioner_for
from trainers.eyes import eye_for
from trainers.faces import faces_for
from trainers.upscaling import upscaler_for


def companions(beside: Beside, device: torch.device, dtype: torch.dtype) -> dict[str, Any]:
    """Those that are wanted, by the names that `Base` has for them; None for the others.

    Raises: TintypeError E_LIKENESS_LOAD, E_FACES_LOAD, E_CAPTIONER_LOAD, E_UPSCALER_LOAD; as `trainers.models.located`.
    """
    return {
        "eye": eye_for(beside.likeness, device),
        "faces": faces_for(beside.faces),
        "captioner": captioner_for(beside.captioner),
        "upscaler": upscaler_for(beside.upscaler, device, dtype),
    }
