"""Pictures of class words that the base draws itself, kept as latents: made once, for the prior of every lesson."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError
from safetensors.torch import load, save

from storage.atomic import make_folder, write_atomic
from storage.errors import TintypeError
from trainers.conditioning import whole
from trainers.dataset import Example, encoded_pixels, pixels_of
from trainers.drawing.held import is_held_back
from trainers.imagine import Drawing, imagine
from trainers.models import kept_in

if TYPE_CHECKING:
    from PIL.Image import Image

    from trainers.pipeline import Base

FOLDER = "class-images"  # beside the base models
ABOUT = "about.json"
FORM = 1  # of these folders; what was made in another form is made again
FIRST_SEED = 40_000
TOGETHER = 4  # pictures, as many as one order of a member's may have
MOST_HELD = 2  # times as many as are wanted may be held back
MOST_BYTES = 2 << 30  # of all folders; those that were not asked for the longest go

Kept = Sequence[Example]  #: one, or none where the output check held the picture back


def class_examples(base: Base, prompt: str, count: int, class_word: str = "") -> Generator[int, None, list[Example]]:
    """So many pictures that the base draws for a prompt; those that were made before, by whatever engine, are read.

    Yields how many there are, also after each denoising step of those that have to be drawn. `class_word` is what lists
    call them. Raises: TintypeError E_CLASS_IMAGES_HELD, E_DISK_FULL.
    """
    album = Album(base, prompt, class_word)
    album.open()
    found: list[Example] = []
    number = 0
    while len(found) < count:
        numbers = range(number, number + min(TOGETHER, count - len(found)))
        kept = {n: album.read(n) for n in numbers}
        missing = [n for n, known in kept.items() if known is None]
        if missing:
            for n, picture in zip(missing, (yield from _drawn(base, prompt, missing, len(found))), strict=True):
                kept[n] = album.write(n, picture)
        found += [example for known in kept.values() for example in known or ()]
        number = numbers.stop
        if number - len(found) > MOST_HELD * count:
            raise TintypeError("E_CLASS_IMAGES_HELD", wanted=count, have=len(found))
        yield len(found)
    _make_room(album.folder)
    return found


def _drawn(base: Base, prompt: str, numbers: Sequence[int], have: int) -> Generator[int, None, list[Image]]:
    """Pictures as everybody's are drawn: the output check looks at them, and its stricter bound holds."""
    asked = Drawing(prompt=prompt, seeds=[FIRST_SEED + number for number in numbers])
    with closing(imagine(base, asked)) as drawing:
        while True:
            try:
                next(drawing)
            except StopIteration as end:
                pictures: list[Image] = end.value
                return pictures
            yield have


class Album:
    """A folder of one prompt's pictures on one base, a file for each; several engines may write to it at once."""

    def __init__(self, base: Base, prompt: str, class_word: str) -> None:
        self._base, self._prompt, self._class_word = base, prompt, class_word
        self.folder = kept_in() / FOLDER / _digest(base, prompt)

    def open(self) -> None:
        """Make it if it is not there; from now on it is the one that was asked for last.

        Raises: TintypeError E_DISK_FULL.
        """
        make_folder(self.folder)
        about = {"base_model": self._base.key, "class_word": self._class_word}
        write_atomic(self.folder / ABOUT, json.dumps(about).encode())

    def read(self, number: int) -> Kept | None:
        """A picture; None where there is no such file, or not a whole one."""
        try:
            return self._unpacked(self._file(number).read_bytes())
        except (OSError, SafetensorError, KeyError):
            return None

    def write(self, number: int, picture: Image) -> Kept:
        """Keep a picture, and say what reading it will give.

        Raises: TintypeError E_DISK_FULL.
        """
        self.open()  # somebody may have deleted it while this was drawn
        content = self._packed(picture)
        write_atomic(self._file(number), content)
        return self._unpacked(content)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:04}.safetensors"

    def _packed(self, picture: Image) -> bytes:
        """Latents in float16, far finer than what is seen of them; nothing of a picture that was held back."""
        if is_held_back(picture):
            return save({})
        mean, std = encoded_pixels(self._base, pixels_of(picture))
        return save({"mean": mean.half().contiguous(), "std": std.half().contiguous()})

    def _unpacked(self, content: bytes) -> Kept:
        parts = load(content)
        if not parts:
            return ()
        side = self._base.size_px
        return (Example(parts["mean"].float(), parts["std"].float(), self._prompt, whole(side, side)),)


def _digest(base: Base, prompt: str) -> str:
    """Of all that decides the pictures: those of another base, or that no check has looked at, are others."""
    family, check = base.family, base.output_check.name if base.output_check else ""
    decides = [FORM, base.key, prompt, family.size_px, family.steps, family.guidance_scale, check]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:32]


# --- all of them -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFolder:
    """The pictures of one class word and one base."""

    folder: Path
    base_model: str
    class_word: str  #: empty where it is none of the family's own
    count: int
    bytes: int
    asked_at: float  #: when a lesson wanted them last


def class_folders() -> list[ClassFolder]:
    """What is kept; what was asked for last comes first."""
    found = [told for about in (kept_in() / FOLDER).glob(f"*/{ABOUT}") for told in _told(about)]
    return sorted(found, key=lambda one: one.asked_at, reverse=True)


def _told(about: Path) -> Sequence[ClassFolder]:
    """Nothing where somebody deletes it at this moment."""
    try:
        told: dict[str, Any] = json.loads(about.read_bytes())
        sizes = [path.stat().st_size for path in about.parent.glob("*.safetensors")]
        asked_at = about.stat().st_mtime
    except FileNotFoundError:
        return ()
    return [
        ClassFolder(
            folder=about.parent,
            base_model=str(told["base_model"]),
            class_word=str(told["class_word"]),
            count=len(sizes),
            bytes=sum(sizes),
            asked_at=asked_at,
        )
    ]


def forget_class_images() -> list[ClassFolder]:
    """Delete all of them, and say what there was; a lesson that wants them makes them again."""
    found = class_folders()
    shutil.rmtree(kept_in() / FOLDER, ignore_errors=True)
    return found


def _make_room(own: Path) -> None:
    """Delete folders until the rest is within the bound; never the one that was just asked for."""
    found = class_folders()
    left = sum(one.bytes for one in found)
    for one in reversed(found):
        if left > MOST_BYTES and one.folder != own:
            left -= one.bytes
            shutil.rmtree(one.folder, ignore_errors=True)
