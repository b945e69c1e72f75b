"""What a training notes in a word's file when it is over, for other programs: how it was learned, and a picture."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from storage import labels
from storage.atomic import write_atomic

THUMBNAIL_PX, QUALITY = 128, 80  # some 5 kB
LEAST_BYTES = 100_000
#: sd-scripts' names of settings
SETTINGS = {"learning_rate": "ss_learning_rate", "optimizer": "ss_optimizer", "batch_size": "ss_total_batch_size"}


def noted(source: Path, target: Path, settings: Any, steps: int, picture: Image.Image | None) -> None:
    """Write a word's file anew with how it was learned in its metadata; `picture` where one may go with it.

    A small file, of rows alone, gets none: that would weigh more than the word. Raises: TintypeError E_DISK_FULL.
    """
    file = labels.opened(source.read_bytes())
    told = {said: str(getattr(settings, name)) for name, said in SETTINGS.items() if hasattr(settings, name)}
    if picture is not None and len(file.body) >= LEAST_BYTES:
        told[labels.THUMBNAIL] = _data_url(picture)
    metadata = {**file.metadata, **told, "ss_steps": str(steps)}
    write_atomic(target, labels.closed(labels.hashed(replace(file, metadata=metadata))))


def _data_url(picture: Image.Image) -> str:
    small = io.BytesIO()
    side = (THUMBNAIL_PX, THUMBNAIL_PX)
    picture.convert("RGB").resize(side, Image.Resampling.LANCZOS).save(small, "JPEG", quality=QUALITY)
    return f"data:image/jpeg;base64,{base64.b64encode(small.getvalue()).decode()}"
