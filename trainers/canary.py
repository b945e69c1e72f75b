"""The first pictures of a word that was made elsewhere, beside what the base draws without it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageStat

from storage.errors import TintypeError, WeightsRefused
from trainers import showing
from trainers.drawing.held import is_held_back
from trainers.drawing.sheet import Row, sheet
from trainers.imagine import Drawing, imagine
from trainers.showing import drawn, shots_of

if TYPE_CHECKING:
    from trainers.method import Progress
    from trainers.pipeline import Base
    from trainers.showing import Shot

FLAT_SHARE = 0.1  # of the contrast that the base's own picture has: black, grey or one colour
LEAST_CONTRAST = 1.0  # levels of 255, below which not even the base draws anything
SAME_LEVELS = 0.25  # mean difference of 255 below which a word changes nothing that one sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """What a word draws, and what the base draws in its place."""

    captions: Sequence[str]
    without: Sequence[Image.Image]  #: with the class word instead
    with_it: Sequence[Image.Image]

    @property
    def changes_nothing(self) -> bool:
        """Whether nobody could tell that the word is there."""
        pairs = zip(self.without, self.with_it, strict=True)
        return all(difference(before, after) < SAME_LEVELS for before, after in pairs)

    def sheet(self) -> Image.Image:
        """Both, one below the other; signs stand before them, no words."""
        return sheet(self.captions, [Row("-", self.without), Row("+", self.with_it)])

    def check(self, name: str) -> None:
        """See that pictures with the word are pictures, and may be seen.

        Raises: WeightsRefused E_IMPORT_FLAT, TintypeError E_HELD_BACK.
        """
        if all(map(is_held_back, self.with_it)):
            raise TintypeError("E_HELD_BACK", count=len(self.with_it))
        for before, after in zip(self.without, self.with_it, strict=True):
            usual = contrast(before)
            if usual >= LEAST_CONTRAST and contrast(after) < usual * FLAT_SHARE:
                raise WeightsRefused("E_IMPORT_FLAT", file=name)


def canary(base: Base, weights: Path, word: str, class_word: str, kind: str) -> Generator[Progress, None, Canary]:
    """Draw the family's sample scenes without the word and with it, yielding after each denoising step.

    Raises: WeightsRefused as `read_adapter`.
    """
    shots = shots_of(base, word, kind)
    without = yield from _without(base, shots, word, class_word)
    with_it = yield from drawn(base, weights, shots, word)
    return Canary(captions=[shot.caption for shot in shots], without=without, with_it=with_it)


def _without(
    base: Base, shots: Sequence[Shot], word: str, class_word: str
) -> Generator[Progress, None, list[Image.Image]]:
    pictures: list[Image.Image] = []
    steps = max(showing.LEAST_STEPS, base.family.steps // 2)
    for shot in shots:
        plain = shot.prompt.replace(f"<{word}>", class_word)
        with closing(imagine(base, Drawing(prompt=plain, seeds=(shot.seed,), steps=steps))) as drawing:
            pictures += yield from drawing
    return pictures


def contrast(picture: Image.Image) -> float:
    """The standard deviation of its brightness, in levels of 255."""
    return float(ImageStat.Stat(picture.convert("L")).stddev[0])


def difference(before: Image.Image, after: Image.Image) -> float:
    """How far two pictures are apart, in levels of 255."""
    return float(sum(ImageStat.Stat(ImageChops.difference(before, after)).mean)) / 3
