"""The real photographs that scikit-image ships, read without importing it: only its files are needed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image


def _folder() -> Path:
    spec = find_spec("skimage")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data"


def photograph(name: str) -> Image.Image:
    """By its name in `skimage.data`; RGB."""
    (path,) = (path for path in _folder().glob(f"{name}.*") if path.suffix in {".png", ".jpg"})
    with Image.open(path) as image:
        return image.convert("RGB")


def small_faces() -> tuple[list[Image.Image], list[Image.Image]]:
    """Faces of the Labeled Faces in the Wild, and pieces of its backgrounds: a hundred each of 25 × 25 px, enlarged."""
    found = np.load(_folder() / "lfw_subset.npy")
    images = [Image.fromarray(np.uint8(one * 255)).resize((100, 100), Image.Resampling.BICUBIC) for one in found]
    framed = [_in_a_frame(image) for image in images]
    return framed[:100], framed[100:]


def _in_a_frame(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.pad(np.asarray(image), 40, mode="edge")).convert("RGB")
