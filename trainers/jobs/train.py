"""Job kind `train`: photos in, a word's weights out; the best sample point is kept, the file to go on from is never far."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from trainers.attempt import Attempt
from trainers.diary import BEST, CANDIDATE, METHOD, PICTURES, Diary, Point, pack, unpack
from trainers.drawing.curve import curve
from trainers.drawing.encode import encoded
from trainers.drawing.sheet import Row, sheet
from trainers.events import Checkpoint, Done, End, Event, Made, Sample, Step, Stopped, Wish, made
from trainers.jobs import job
from trainers.lessons import Task, task_of
from trainers.showing import Shot, drawn, shots_for
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.method import Progress
    from trainers.pipeline import Base

CHECKPOINT_EVERY_S = 10.0  # so that a kill -9 costs at most 15 s with what is written and what is told
KEPT_CHECKPOINTS = 2  # the bot may still be reading the one before
SHEET_LIMIT_BYTES = 8 << 20  # below what any Discord server takes
CARD_TILE_PX, SHEET_TILE_PX = 128, 192


class Training:
    """One training attempt: what it was given, its diary, and the folder it writes to."""

    def __init__(self, base: Base, attempt: Attempt, clock: Callable[[], float]) -> None:
        self._base = base
        self._attempt = attempt
        self._clock = clock
        self._folder = attempt.folder / "training"
        (self._folder / PICTURES).mkdir(parents=True, exist_ok=True)
        self._diary = unpack(attempt.resume, self._folder) if attempt.resume else Diary()
        resume = self._folder / METHOD if attempt.resume else None
        self._task: Task = task_of(base, attempt, self._folder, resume)
        self._shots: tuple[Shot, ...] = ()
        self._began_s = clock()
        self._before_s = self._diary.seconds
        self._saved_s = clock()
        self._every_s = attempt.get("checkpoint_every_s", float, CHECKPOINT_EVERY_S)

    def run(self) -> Running:
        """Prepare, learn, draw at sample points; end with the best."""
        yield Step(phase="prepare", done=self._diary.done, total=max(self._diary.total, 1))
        self._shots = shots_for(self._base, self._task)
        if self._diary.pending and not (yield from self._show(*self._diary.pending)):
            return Stopped()
        with closing(self._task.steps()) as steps:
            for progress in steps:
                end = yield from self._after(progress)
                if end is not None:
                    return end
        return self._done()

    def _after(self, progress: Progress) -> Generator[Event, Wish | None, End | None]:
        """What follows one step: note it, draw when it is a sample point, save when it is time, heed a wish."""
        if progress.phase == "train":
            self._diary.note(progress.done, progress.total, progress.loss)
        if progress.point is not None:
            progress.save_weights(self._folder / CANDIDATE)
            self._diary.pending = (progress.point, progress.done)
            yield from self._keep(progress)
            if not (yield from self._show(progress.point, progress.done)):
                return Stopped()
        wish = yield Step(phase=progress.phase, done=progress.done, total=progress.total, loss=progress.loss)
        if wish is Wish.CHECKPOINT:
            yield from self._keep(progress)
            return Stopped()
        if wish is Wish.KEEP_BEST and progress.phase == "train":
            return (yield from self._done_early(progress))
        if progress.phase == "train" and self._clock() - self._saved_s >= self._every_s:
            yield from self._keep(progress)
        return None

    def _done_early(self, progress: Progress) -> Generator[Event, Wish | None, End]:
        """The best so far; before the first sample point, that is this moment."""
        if not self._diary.points:
            progress.save_weights(self._folder / CANDIDATE)
            if not (yield from self._show(0, progress.done)):
                return Stopped()
        return self._done()

    def _keep(self, progress: Progress) -> Generator[Event, Wish | None, None]:
        """Write one file from which everything goes on, and announce it."""
        if progress.phase != "train":
            return
        self._saved_s = self._clock()
        self._diary.seconds = self._seconds()
        progress.save_checkpoint(self._folder / METHOD)
        target = self._attempt.folder / f"checkpoint-{progress.done:06}.zip"
        pack(self._folder, self._diary, target)
        for old in sorted(self._attempt.folder.glob("checkpoint-*.zip"))[:-KEPT_CHECKPOINTS]:
            if old != self._attempt.resume:
                old.unlink()
        yield Checkpoint(done=progress.done, files=(self._made(target, "checkpoint"),))

    def _show(self, number: int, done: int) -> Generator[Event, Wish | None, bool]:
        """Draw the fixed-seed samples of the candidate, score them, keep it if it is the best so far.

        False when a wish to stop came first: the checkpoint before this knows that the point is not drawn.
        """
        with closing(drawn(self._base, self._task, self._folder / CANDIDATE, self._shots)) as drawing:
            images = yield from _with_steps(drawing, self._diary)
        if images is None:
            return False
        names = []
        for index, image in enumerate(images, 1):
            names.append(f"{PICTURES}/{number:03}-{index}.png")
            image.save(self._folder / names[-1])
        self._diary.points.append(Point(number, done, self._task.score(self._shots, images), tuple(names)))
        self._diary.pending = None
        best = self._diary.best
        if best is not None and best.number == number:
            (self._folder / CANDIDATE).replace(self._folder / BEST)
        yield self._sample(self._diary.points[-1], images)
        return True

    def _sample(self, point: Point, images: list[Image.Image]) -> Sample:
        best = self._diary.best
        shown = [point] if best is None or best is point else [point, best]
        card = sheet(
            [shot.caption for shot in self._shots],
            [self._row(each) for each in shown],
            CARD_TILE_PX,
            self._diary.marks(),
        )
        files = [self._saved(card, f"card-{point.number:03}", "preview")]
        files += [
            self._made(self._folder / name, "sample", image.size, {"prompt": shot.caption})
            for name, image, shot in zip(point.pictures, images, self._shots, strict=True)
        ]
        return Sample(point=point.number, done=point.done, score=point.score, files=tuple(files))

    def _row(self, point: Point) -> Row:
        images = [_opened(self._folder / name) for name in point.pictures]
        note = "" if point.score is None else f"{point.score:.0%}"
        return Row(f"step {point.done}", images, note, is_marked=point == self._diary.best)

    def _done(self) -> Done:
        """The best sample point as the result."""
        best = self._diary.best
        if best is None:
            raise RuntimeError("the method ended without a sample point")
        files = self._task.finished(self._folder / BEST, self._attempt.folder / "result")
        announced = [self._made(path, role) for role, path in files]
        picture = sheet(
            [shot.caption for shot in self._shots], [self._row(p) for p in self._diary.points], SHEET_TILE_PX
        )
        announced.append(self._saved(picture, "sheet", "sheet"))
        announced.append(self._saved(curve(self._diary.marks()), "curve", "curve"))
        result = {
            "method": self._task.method.name,
            "steps": self._diary.done,
            "best_step": best.done,
            "score": best.score,
            "seconds": round(self._seconds(), 1),
            "bytes": sum(file.bytes for file in announced if file.role in {"weights", "embedding"}),
            "base_model": self._base.id,
            "word": self._task.word,
            "class_word": self._task.class_word,
            "samples": len(self._diary.points),
        }
        return Done(result=result, files=tuple(announced))

    def _seconds(self) -> float:
        return self._before_s + self._clock() - self._began_s

    def _saved(self, image: Image.Image, name: str, role: str) -> Made:
        form = encoded(image, SHEET_LIMIT_BYTES)
        path = self._attempt.folder / f"{name}{form.suffix}"
        path.write_bytes(form.content)
        return self._made(path, role, form.size, {"word": self._task.word, "done": self._diary.done})

    def _made(
        self, path: Path, role: str, size: tuple[int, int] | None = None, alt: dict[str, Any] | None = None
    ) -> Made:
        return made(self._attempt.folder, path, role, size=size, alt=alt)


def _with_steps(
    drawing: Generator[Any, None, list[Image.Image]], diary: Diary
) -> Generator[Event, Wish | None, list[Image.Image] | None]:
    """Tell each denoising step as one that leaves the training where it is, so that prompts can go between.

    None when it was wished to stop for now.
    """
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            return list(end.value)
        if (yield Step(phase="sample", done=diary.done, total=max(diary.total, 1))) is Wish.CHECKPOINT:
            return None


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


@job("train")
def train(base: Base, attempt: Attempt, clock: Callable[[], float] = time.monotonic) -> Running:
    """Learn a word from photos.

    Raises: TintypeError E_NO_CONSENT for a person without consent, E_METHOD, E_PHOTOS_FEW, E_METHOD_SETTING, E_METHOD_VALUE.
    """
    return (yield from Training(base, attempt, clock).run())
