"""Fixed-seed samples of a word while it is learned, and how much they look like it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from trainers.imagine import Drawing, imagine
from trainers.weights import read_adapter

if TYPE_CHECKING:
    from trainers.method import Lesson, Progress
    from trainers.pipeline import Applied, Base

SAMPLE_SEED = 7_000  # of the first sample; the same for every training, so that sheets can be compared
LEAST_STEPS = 12  # denoising steps: samples are looked at small, half of the usual steps show enough


@dataclass(frozen=True, slots=True)
class Shot:
    """One sample picture that is drawn at every sample point."""

    prompt: str  #: with the placeholder token
    caption: str  #: as a sheet shows it
    seed: int


def shots_for(base: Base, lesson: Lesson) -> tuple[Shot, ...]:
    """The family's sample scenes with the lesson's word in them."""
    return shots_of(base, lesson.word, lesson.kind)


def shots_of(base: Base, word: str, kind: str) -> tuple[Shot, ...]:
    """The family's sample scenes with a word in them."""
    return _shots(base, f"<{word}>", kind)


def _shots(base: Base, said: str, kind: str) -> tuple[Shot, ...]:
    family = base.family
    return tuple(
        Shot(f"{family.said(said, kind)}{scene}", f"{said}{scene}", SAMPLE_SEED + index)
        for index, scene in enumerate(family.scenes(kind))
    )


def shots_at(base: Base, word: str, kind: str, strengths: Sequence[float]) -> tuple[Shot, ...]:
    """The first of these scenes with the word at each strength, from one seed; called as one writes it: `:0.8`."""
    family, scene = base.family, base.family.scenes(kind)[0]
    return tuple(
        Shot(f"{family.said(f'<{word}:{strength:g}>', kind)}{scene}", f":{strength:g}", SAMPLE_SEED)
        for strength in strengths
    )


def drawn(
    base: Base, weights: Path, shots: Sequence[Shot], word: str | None = None
) -> Generator[Progress, None, list[Image.Image]]:
    """Draw every shot with a word's file, yielding after each denoising step; returns one picture for each.

    `word` is what the shots call it, where that is not the name in the file.
    Raises: WeightsRefused as `read_adapter`.
    """
    adapter = read_adapter(weights, base)
    return (yield from _drawn(base, shots, [(adapter.called(word) if word else adapter, 1.0)]))


def drawn_plainly(base: Base, lesson: Lesson) -> Generator[Progress, None, list[Image.Image]]:
    """Draw the same scenes from the same seeds with the class word in the word's place; as `drawn`."""
    return (yield from _drawn(base, _shots(base, lesson.class_word, lesson.kind), ()))


def _drawn(base: Base, shots: Sequence[Shot], words: Sequence[Applied]) -> Generator[Progress, None, list[Image.Image]]:
    steps = max(LEAST_STEPS, base.family.steps // 2)
    pictures: list[Image.Image] = []
    for shot in shots:
        asked = Drawing(prompt=shot.prompt, seeds=(shot.seed,), adapters=words, steps=steps)
        with closing(imagine(base, asked)) as drawing:
            pictures += yield from drawing
    return pictures


def opened(path: Path) -> Image.Image:
    """A picture from one of our own files, in RGB."""
    with Image.open(path) as image:
        return image.convert("RGB")
