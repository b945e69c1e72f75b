"""What is asked of a method: six pictures that teach a word, then new things to draw with it; and the marks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image

from trainers.miniature.readers import Reading, load_reader, prompt_fidelity, subject_fidelity
from trainers.miniature.style_reader import load_style_reader
from trainers.miniature.world import (
    HELD_OUT_STYLES,
    Picture,
    Subject,
    draw,
    held_out_subjects,
    new_scenes,
    photos_of,
    random_picture,
    restyled,
    scene_words,
)

PHOTOS = 6
PHOTO_PX = 256  # larger than the base trains at, as real photos are
QUESTIONS = 8  # prompts of one exam: every second one about a subject asks for an accessory too
SEED = 4_100  # other subjects and layouts than those on the miniature's card


@dataclass(frozen=True, slots=True)
class Question:
    """A place, perhaps something to wear, and the words that ask for them."""

    scene: str
    accessory: str | None
    words: str  #: with a leading space: " wearing a hat at the beach"


@dataclass(frozen=True, slots=True)
class Marks:
    """What the judges found, one number for each image, 0 … 1."""

    alike: tuple[float, ...]  #: like what the photos teach: subject fidelity, or that it is drawn in the style
    obeyed: tuple[float, ...]  #: prompt fidelity


@dataclass(frozen=True, slots=True)
class Exam(ABC):
    """The photos of one thing to learn, and the questions about it."""

    photos: tuple[Image.Image, ...]
    questions: tuple[Question, ...]

    @property
    @abstractmethod
    def name(self) -> str:
        """What is learned, in words."""

    @property
    @abstractmethod
    def kind(self) -> str:
        """person, animal, object or style."""

    @property
    @abstractmethod
    def class_word(self) -> str:
        """The known word it is a kind of."""

    @property
    @abstractmethod
    def full(self) -> str | None:
        """How it is asked for in words the base knows; None where there are none."""

    @abstractmethod
    def said(self, word: str) -> str:
        """How it is asked for by a word: `a <zed>`, `a <zed> drawing`."""

    @abstractmethod
    def drawings(self, size_px: int = 64) -> list[Image.Image]:
        """The right answers, drawn."""

    @abstractmethod
    def marks(self, images: Sequence[Image.Image]) -> Marks:
        """Judge images that answer the questions in turn, however often round."""

    def prompts(self, said: str) -> list[str]:
        """The questions about something that is said so: `a <zed>`."""
        return [f"{said}{question.words}" for question in self.questions]


@dataclass(frozen=True, slots=True)
class SubjectExam(Exam):
    """Photos of an individual that no training saw; it is asked for in new places, wearing things."""

    subject: Subject

    @property
    def name(self) -> str:
        """Its description."""
        return self.subject.description()

    @property
    def kind(self) -> str:
        """person, animal or object."""
        return self.subject.kind

    @property
    def class_word(self) -> str:
        """The known word it is a kind of."""
        return self.subject.class_word

    @property
    def full(self) -> str | None:
        """Its description."""
        return self.subject.description()

    def said(self, word: str) -> str:
        """`a <zed>`."""
        return f"a {word}"

    def drawings(self, size_px: int = 64) -> list[Image.Image]:
        """The right answers, drawn."""
        return [
            draw(Picture((self.subject,), (question.accessory,), question.scene, layout=index), size_px)
            for index, question in enumerate(self.questions)
        ]

    def marks(self, images: Sequence[Image.Image]) -> Marks:
        """Subject fidelity and prompt fidelity of each image."""
        readings = load_reader("judge").read(images)
        asked = [self.questions[index % len(self.questions)] for index in range(len(images))]
        return Marks(
            tuple(subject_fidelity(reading, self.subject) for reading in readings),
            tuple(prompt_fidelity(r, q.scene, q.accessory) for r, q in zip(readings, asked, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class StyleExam(Exam):
    """Pictures of many things in a style that no training saw; other things are asked for in it."""

    style: str
    answers: tuple[Picture, ...]  #: to each question

    @property
    def name(self) -> str:
        """`the style watercolour`."""
        return f"the style {self.style}"

    @property
    def kind(self) -> str:
        """Always style."""
        return "style"

    @property
    def class_word(self) -> str:
        """The only style that the base knows by a word."""
        return "pastel"

    @property
    def full(self) -> str | None:
        """The base has no words for it."""
        return None

    def said(self, word: str) -> str:
        """`a <zed> drawing`."""
        return f"a {word} drawing"

    def drawings(self, size_px: int = 64) -> list[Image.Image]:
        """The right answers, drawn."""
        return [draw(picture, size_px) for picture in self.answers]

    def marks(self, images: Sequence[Image.Image]) -> Marks:
        """Whether each image is drawn in the style, and whether it shows the place and the shape asked for.

        The judge was never taught these styles, so the true drawings' marks say what it can find at best.
        """
        styles, readings = load_style_reader().read(images), load_reader("judge").read(images)
        asked = [self.answers[index % len(self.answers)] for index in range(len(images))]
        return Marks(
            tuple(float(style == self.style) for style in styles),
            tuple(_content(reading, picture) for reading, picture in zip(readings, asked, strict=True)),
        )


def _content(reading: Reading, picture: Picture) -> float:
    is_there = reading.slots["solo"]["shape"] == picture.subjects[0].shape
    return (is_there + prompt_fidelity(reading, picture.scene, None)) / 2


def exams(count: int, seed: int = SEED) -> list[SubjectExam]:
    """Held-out subjects of all shapes in turn; their photos show neither the places nor the things asked for."""
    return [_subject_exam(subject, seed + index) for index, subject in enumerate(held_out_subjects(count, seed))]


def _subject_exam(subject: Subject, seed: int) -> SubjectExam:
    shown = photos_of(subject, PHOTOS, seed, PHOTO_PX)
    asked = new_scenes([picture for _, picture in shown], QUESTIONS, seed)
    return SubjectExam(tuple(photo for photo, _ in shown), tuple(Question(*each) for each in asked), subject)


def style_exams(count: int, seed: int = SEED) -> list[StyleExam]:
    """The held-out styles in turn; the photos show six known things, the questions ask for eight others."""
    return [_style_exam(style, seed + index) for index, style in enumerate(HELD_OUT_STYLES[:count])]


def _style_exam(style: str, seed: int) -> StyleExam:
    rng = Random(seed)
    pictures = [restyled(_of_one(rng), style) for _ in range(PHOTOS + QUESTIONS)]
    shown, asked = pictures[:PHOTOS], pictures[PHOTOS:]
    questions = tuple(Question(picture.scene, None, _content_words(picture)) for picture in asked)
    return StyleExam(tuple(draw(picture, PHOTO_PX) for picture in shown), questions, style, tuple(asked))


def _of_one(rng: Random) -> Picture:
    """Somebody in a scene, with nothing on: what a style is shown and asked by."""
    picture = random_picture(rng, pairs=0.0)
    return Picture(picture.subjects, (None,), picture.scene, layout=picture.layout)


def _content_words(picture: Picture) -> str:
    [subject] = picture.subjects
    return f" of a {subject.colour} {subject.shape}{scene_words(picture.scene, None)}"


def save_photos(exam: Exam, folder: Path) -> list[Path]:
    """Write the photos as a member would hand them in."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.png" for number in range(1, len(exam.photos) + 1)]
    for photo, path in zip(exam.photos, paths, strict=True):
        photo.save(path)
    return paths
