"""The training pictures and their captions, drawn once and kept on disk."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from storage.atomic import write_atomic
from trainers.miniature.captions import caption
from trainers.miniature.world import draw, random_picture

CHUNK = 500  # drawings a task
CAPTIONS_EACH = 4  # ways of saying one picture


def _chunk(seed: int) -> tuple[npt.NDArray[np.uint8], list[list[str]]]:
    rng = Random(seed)
    drawn, said = [], []
    for _ in range(CHUNK):
        picture = random_picture(rng)
        drawn.append(np.asarray(draw(picture)))
        said.append([caption(picture, rng) for _ in range(CAPTIONS_EACH)])
    return np.stack(drawn), said


def corpus(folder: Path, count: int, seed: int = 1) -> tuple[npt.NDArray[np.uint8], list[list[str]]]:
    """`count` drawings (N, 64, 64, 3) uint8 and the captions of each; made when they are not there yet."""
    pictures, words = folder / f"drawings-{count}-{seed}.npy", folder / f"captions-{count}-{seed}.json"
    if not words.exists():
        with ProcessPoolExecutor(2) as pool:
            parts = list(pool.map(_chunk, (seed * 1_000_003 + index for index in range(count // CHUNK))))
        drawn = np.concatenate([part[0] for part in parts])
        write_atomic(pictures, lambda file: np.save(file, drawn))
        said = [captions for part in parts for captions in part[1]]
        write_atomic(words, json.dumps(said).encode())  # last: the sign that all is there
    return np.load(pictures, mmap_mode="r"), json.loads(words.read_text())
