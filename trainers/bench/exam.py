"""What is asked of a method: six photos of somebody no training ever saw, then new places and new things to wear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from trainers.miniature.readers import Reader, prompt_fidelity, subject_fidelity
from trainers.miniature.world import Picture, Subject, draw, held_out_subjects, new_scenes, photos_of

PHOTOS = 6
PHOTO_PX = 256  # larger than the base trains at, as real photos are
QUESTIONS = 8  # prompts of one subject: every second one asks for an accessory too
SEED = 4_100  # other subjects and layouts than those on the miniature's card


@dataclass(frozen=True, slots=True)
class Question:
    """A place, perhaps something to wear, and the words that ask for them."""

    scene: str
    accessory: str | None
    words: str  #: with a leading space: " wearing a hat at the beach"


@dataclass(frozen=True, slots=True)
class Exam:
    """One subject: its photos, and what is asked about it."""

    subject: Subject
    photos: tuple[Image.Image, ...]
    questions: tuple[Question, ...]

    def prompts(self, said: str) -> list[str]:
        """The questions about something that is said so: `a <zed>`."""
        return [f"{said}{question.words}" for question in self.questions]

    def drawings(self) -> list[Image.Image]:
        """The right answers, drawn."""
        return [
            draw(Picture((self.subject,), (question.accessory,), question.scene, layout=index))
            for index, question in enumerate(self.questions)
        ]


@dataclass(frozen=True, slots=True)
class Marks:
    """What the judge found, one number for each image, 0 … 1."""

    alike: tuple[float, ...]  #: subject fidelity
    obeyed: tuple[float, ...]  #: prompt fidelity


def exams(count: int, seed: int = SEED) -> list[Exam]:
    """Held-out subjects of all shapes in turn; their photos show neither the places nor the things asked for."""
    return [_exam(subject, seed + index) for index, subject in enumerate(held_out_subjects(count, seed))]


def _exam(subject: Subject, seed: int) -> Exam:
    shown = photos_of(subject, PHOTOS, seed, PHOTO_PX)
    asked = new_scenes([picture for _, picture in shown], QUESTIONS, seed)
    return Exam(subject, tuple(photo for photo, _ in shown), tuple(Question(*each) for each in asked))


def marks(judge: Reader, exam: Exam, images: Sequence[Image.Image]) -> Marks:
    """Judge images that answer the questions in turn, however often round."""
    readings = judge.read(images)
    questions = [exam.questions[index % len(exam.questions)] for index in range(len(images))]
    return Marks(
        tuple(subject_fidelity(reading, exam.subject) for reading in readings),
        tuple(prompt_fidelity(r, q.scene, q.accessory) for r, q in zip(readings, questions, strict=True)),
    )


def save_photos(exam: Exam, folder: Path) -> list[Path]:
    """Write the photos as a member would hand them in."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.png" for number in range(1, len(exam.photos) + 1)]
    for photo, path in zip(exam.photos, paths, strict=True):
        photo.save(path)
    return paths
