"""Job kind `preview`: what one photo shows in four scenes, one after the other, before anything is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from storage.errors import TintypeError
from storage.records import Kind
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.drawing.grid import grid
from trainers.drawing.held import is_held_back
from trainers.edits import edits
from trainers.events import Done, Made, Sample, Step, Stopped, Wish, made
from trainers.image_prompts import prompt_for
from trainers.imagine import Drawing
from trainers.jobs import job
from trainers.showing import LEAST_STEPS, opened
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from PIL import Image

    from trainers.method import Progress
    from trainers.pipeline import Base

EDIT = "image_prompt"
SEED = 7_500  # of the first picture, where no other is wished


@job("preview")
def preview(base: Base, attempt: Attempt) -> Running:
    """Draw the photo's subject in the family's sample scenes, or four times as the order's `prompt` says.

    After each picture a grid of those so far is told; files are left only where the order wants them.
    Raises: TintypeError E_NO_IMAGE_PROMPT, E_ATTEMPT, E_HELD_BACK when no picture may be shown.
    """
    prompt_for(base)
    drawings = drawings_of(base, attempt)
    total = sum(one.steps or 0 for one in drawings)
    pictures: list[Image.Image] = []
    for number, asked in enumerate(drawings):
        before = number * total // len(drawings)

        def step(progress: Progress, before: int = before) -> Step:
            return Step(phase="imagine", done=before + progress.done, total=total)

        images = yield from followed(edits()[EDIT].draw(base, asked), step)
        if images is None:
            return Stopped()
        pictures += images
        shown = [one for one in pictures if not is_held_back(one)]
        told = [_saved(attempt, grid(shown), f"preview-{number + 1}", "preview")] if shown else []
        if (yield Sample(point=number + 1, done=0, score=None, files=tuple(told))) is Wish.CHECKPOINT:
            return Stopped()
    return _done(attempt, [asked.prompt for asked in drawings], pictures)


def drawings_of(base: Base, attempt: Attempt) -> list[Drawing]:
    """The order as things to draw, one for each scene.

    Raises: TintypeError E_ATTEMPT.
    """
    prompts = prompts_of(base, attempt.get("class_word", str), attempt.get("prompt", str, ""))
    photo, seed = opened(attempt.file(attempt.get("photo", str))), attempt.get("seed", int, SEED)
    return [
        Drawing(
            prompt=prompt,
            seeds=(seed + number,),
            steps=steps_of(base),
            edit=EDIT,
            parent=photo,
            strength=0.0,
            is_strict=attempt.get("is_strict", bool, default=True),
        )
        for number, prompt in enumerate(prompts)
    ]


def steps_of(base: Base) -> int:
    """As many as samples have: it is looked at small."""
    return max(LEAST_STEPS, base.family.steps // 2)


def prompts_of(base: Base, class_word: str, prompt: str = "") -> list[str]:
    """What is drawn: the class word in each sample scene, or the prompt each time."""
    family = base.family
    scenes = family.scenes(Kind.OBJECT)
    return [prompt or f"{family.said(class_word, Kind.OBJECT)}{scene}" for scene in scenes]


def _done(attempt: Attempt, prompts: Sequence[str], pictures: Sequence[Image.Image]) -> Done:
    shown = [(prompt, one) for prompt, one in zip(prompts, pictures, strict=True) if not is_held_back(one)]
    if not shown:
        raise TintypeError("E_HELD_BACK", count=len(pictures))
    files = []
    if attempt.get("has_files", bool, default=False):
        files = [_saved(attempt, grid([one for _, one in shown]), "grid", "sheet")]
        files += [_saved(attempt, one, f"image-{number}", "image") for number, (_, one) in enumerate(shown, 1)]
    told = {"prompts": [prompt for prompt, _ in shown], "held_back": len(pictures) - len(shown)}
    return Done(result=told, files=tuple(files))


def _saved(attempt: Attempt, picture: Image.Image, name: str, role: str) -> Made:
    form = encoded(picture, attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"{name}{form.suffix}"
    path.write_bytes(form.content)
    return made(attempt.folder, path, role, size=form.size)
