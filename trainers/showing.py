"""Fixed-seed samples of a word while it is learned, and how much they look like it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from storage.records import Kind
from trainers.imagine import Wish as Drawing
from trainers.imagine import imagine
from trainers.weights import read_adapter

if TYPE_CHECKING:
    from trainers.method import Lesson, Progress
    from trainers.pipeline import Base

SAMPLE_SEED = 7_000  # of the first sample; the same for every training, so that sheets can be compared
LEAST_STEPS = 12  # denoising steps: samples are looked at small, half of the usual steps show enough


@dataclass(frozen=True, slots=True)
class Shot:
    """One sample picture that is drawn at every sample point."""

    prompt: str  #: with the placeholder token
    caption: str  #: as a sheet shows it
    seed: int


def shots_for(base: Base, lesson: Lesson) -> tuple[Shot, ...]:
    """The family's sample scenes with the word in them."""
    family = base.family
    template = family.style_template if lesson.kind == Kind.STYLE else family.template
    plain = template.format(word=lesson.placeholder_token)
    return tuple(
        Shot(f"{plain}{scene}", f"{lesson.placeholder_token}{scene}", SAMPLE_SEED + index)
        for index, scene in enumerate(family.sample_scenes)
    )


def drawn(
    base: Base, weights: Path, shots: Sequence[Shot], shape: str = "square"
) -> Generator[Progress, None, list[Image.Image]]:
    """Draw every shot with the word's file, yielding after each denoising step; returns one picture for each."""
    adapter = read_adapter(weights, base)
    steps = max(LEAST_STEPS, base.family.steps // 2)
    pictures: list[Image.Image] = []
    for shot in shots:
        wish = Drawing(prompt=shot.prompt, seeds=(shot.seed,), adapters=((adapter, 1.0),), steps=steps, shape=shape)
        with closing(imagine(base, wish)) as drawing:
            pictures += yield from drawing
    return pictures


def scorer_for(base: Base, lesson: Lesson) -> Callable[[Sequence[Image.Image]], float] | None:
    """How much the shots of a word look like its photos (0 … 1); None where the family cannot tell, and for styles."""
    if base.family.scorer is None or lesson.kind == Kind.STYLE:
        return None
    return base.family.scorer([_opened(path) for path in lesson.photos])


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")
