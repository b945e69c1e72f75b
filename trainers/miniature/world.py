"""A drawn world in which every attribute of every picture is known: who is in it, where, wearing what."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SHAPES = {  #: class word -> kind
    "cat": "animal",
    "rabbit": "animal",
    "bear": "animal",
    "dog": "animal",
    "person": "person",
    "mug": "object",
    "robot": "object",
}
COLOURS = {
    "red": (214, 40, 40),
    "orange": (245, 138, 31),
    "yellow": (250, 214, 50),
    "green": (46, 160, 67),
    "blue": (45, 90, 215),
    "purple": (130, 58, 178),
    "pink": (250, 128, 190),
    "white": (246, 246, 246),
}
PATTERNS = ("plain", "stripes", "spots", "belly")
EYES = ("one", "two", "three")
SCENES = ("meadow", "beach", "snow", "night", "desert", "wall", "forest")
BACKGROUNDS = {  #: plain colours behind a subject, none of them a subject's colour
    "grey": (150, 152, 158),
    "cream": (250, 238, 200),
    "teal": (56, 150, 152),
    "navy": (28, 38, 92),
}
PLACES = SCENES + tuple(BACKGROUNDS)
ACCESSORIES = ("hat", "crown", "scarf", "balloon")
STYLES = ("flat", "pastel")
HELD_OUT_STYLES = ("hatched", "pixelated", "watercolour", "neon")  #: never trained on: kept for style learning
ATTRIBUTES = ("shape", "colour", "pattern", "second", "eyes")
HELD_OUT_SHARE = 5  # one combination in five is kept for evaluation

IN_SCENE = {
    "meadow": "in a meadow",
    "beach": "at the beach",
    "snow": "in the snow",
    "night": "at night",
    "desert": "in the desert",
    "wall": "in front of a brick wall",
    "forest": "in the forest",
}
WEARING = {"hat": "wearing a hat", "crown": "wearing a crown", "scarf": "wearing a scarf", "balloon": "with a balloon"}


@dataclass(frozen=True, slots=True)
class Subject:
    """An individual: what a member's photos would show again and again."""

    shape: str
    colour: str
    pattern: str
    second: str  #: colour of the pattern, and of ears and tail, hair, handle or arms
    eyes: str

    @property
    def class_word(self) -> str:
        """The known word it is a kind of."""
        return self.shape

    @property
    def kind(self) -> str:
        """person, animal or object."""
        return SHAPES[self.shape]

    def attributes(self) -> dict[str, str]:
        """What a reader should find."""
        return {name: getattr(self, name) for name in ATTRIBUTES}

    def description(self) -> str:
        """All of it in words, as a caption says it."""
        return f"a {self.colour} {self.shape} with {self.second} {self.pattern_words()} and {self.eye_words()}"

    def pattern_words(self) -> str:
        """The pattern as a noun; a plain subject still has its second colour in its parts."""
        return "parts" if self.pattern == "plain" else self.pattern

    def eye_words(self) -> str:
        """`one eye`, `two eyes`, `three eyes`."""
        return f"{self.eyes} eye" if self.eyes == "one" else f"{self.eyes} eyes"

    @property
    def is_held_out(self) -> bool:
        """True for the combinations that training never sees."""
        digest = hashlib.sha256("|".join(self.attributes().values()).encode()).digest()
        return digest[0] % HELD_OUT_SHARE == 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that decides a drawing."""

    subjects: tuple[Subject, ...]  #: one, or two as left and right
    accessories: tuple[str | None, ...]  #: one entry for each subject
    scene: str  #: one of PLACES
    style: str = "flat"
    layout: int = 0  #: seed of position, size and the scene's small things


def all_subjects() -> list[Subject]:
    """Every possible individual, in a fixed order."""
    return [
        subject for subject in map(_subject, itertools.product(SHAPES, COLOURS, PATTERNS, COLOURS, EYES)) if subject
    ]


def _subject(parts: tuple[str, ...]) -> Subject | None:
    subject = Subject(*parts)
    if subject.colour == subject.second or (subject.kind == "person" and subject.eyes != "two"):
        return None
    return subject


def held_out_subjects(count: int, seed: int = 0, kinds: Sequence[str] | None = None) -> list[Subject]:
    """Individuals that training never saw, shapes taking turns, patterned ones first.

    A plain subject has one attribute less to learn, so the harder ones are chosen.
    """
    pool = [s for s in all_subjects() if s.is_held_out and s.pattern != "plain" and (not kinds or s.kind in kinds)]
    rng = Random(seed)
    rng.shuffle(pool)
    shapes = list(dict.fromkeys(subject.shape for subject in pool))
    turns = [[s for s in pool if s.shape == shape] for shape in shapes]
    return [subject for turn in zip(*turns, strict=False) for subject in turn][:count]


def _random_subject(rng: Random) -> Subject:
    while True:
        shape, colour, second = rng.choice(list(SHAPES)), rng.choice(list(COLOURS)), rng.choice(list(COLOURS))
        eyes = "two" if shape == "person" else rng.choice(EYES)
        subject = Subject(shape, colour, rng.choice(PATTERNS), second, eyes)
        if colour != second and not subject.is_held_out:
            return subject


def random_picture(rng: Random, *, pairs: float = 0.25) -> Picture:
    """A picture for training: only individuals and styles that are not held out."""
    count = 2 if rng.random() < pairs else 1
    subjects = tuple(_random_subject(rng) for _ in range(count))
    accessories = tuple(rng.choice(ACCESSORIES) if rng.random() < 0.5 else None for _ in range(count))
    scene = rng.choice(SCENES) if rng.random() < 0.75 else rng.choice(list(BACKGROUNDS))
    style = "pastel" if rng.random() < 0.06 else "flat"
    return Picture(subjects, accessories, scene, style, rng.randrange(2**31))


def draw(picture: Picture, size: int = 64) -> Image:
    """Draw it as an RGB image of size × size px."""
    from trainers.miniature.drawing import draw_picture

    return draw_picture(picture, size)


def photos_of(subject: Subject, count: int, seed: int, size: int = 64) -> list[tuple[Image, Picture]]:
    """A member's photos: one individual in different places, without accessories.

    At most three scenes and the plain backgrounds are used, so that others stay new.
    """
    rng = Random(seed)
    places = rng.sample(SCENES, 3) + rng.sample(list(BACKGROUNDS), 2)
    pictures = [
        Picture((subject,), (None,), places[index % len(places)], "flat", rng.randrange(2**31))
        for index in range(count)
    ]
    return [(draw(picture, size), picture) for picture in pictures]


def new_scenes(seen: Sequence[Picture], count: int, seed: int) -> list[tuple[str, str | None, str]]:
    """(scene, accessory, words to put after the subject) that the photos do not show.

    Every second one also asks for an accessory.
    """
    shown = {picture.scene for picture in seen}
    rng = Random(seed)
    scenes = [scene for scene in SCENES if scene not in shown]
    rng.shuffle(scenes)
    accessories = list(ACCESSORIES)
    rng.shuffle(accessories)
    asked = []
    for index in range(count):
        scene = scenes[index % len(scenes)]
        accessory = accessories[index // 2 % len(accessories)] if index % 2 == 0 else None
        asked.append((scene, accessory, scene_words(scene, accessory)))
    return asked


def scene_words(scene: str, accessory: str | None) -> str:
    """The words after a subject, with a leading space: ` wearing a hat at the beach`."""
    worn = f" {WEARING[accessory]}" if accessory else ""
    return f"{worn} {IN_SCENE.get(scene) or f'on a {scene} background'}"


def restyled(picture: Picture, style: str) -> Picture:
    """The same picture in another rendering style."""
    return replace(picture, style=style)
