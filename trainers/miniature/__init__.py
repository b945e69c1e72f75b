"""The bundled small base model and the drawn world that it was taught."""

from __future__ import annotations

from pathlib import Path

WEIGHTS = Path(__file__).parent / "weights"  #: a StableDiffusionPipeline in diffusers' folder layout
MODEL_ID = "miniature"
REVISION = "miniature-2"
