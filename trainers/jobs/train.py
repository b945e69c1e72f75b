"""Job kind `train`: photos in, a word's weights out; the best sample point is kept, the file to go on from is near."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.diary import BEST, CANDIDATE, METHOD, PICTURES, Diary, Point, Reached, pack, unpack
from trainers.drawing.curve import curve
from trainers.drawing.encode import encoded, png
from trainers.drawing.held import is_held_back, texts_of
from trainers.drawing.ink import tile
from trainers.drawing.sheet import Row, sheet
from trainers.events import Checkpoint, Done, End, Event, Made, Sample, Step, Stopped, Wish, made
from trainers.jobs import job
from trainers.lessons import cut_captions, task_of
from trainers.showing import drawn, opened, scorer_for, shots_for
from trainers.thrift import Concession, warnings_of
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from trainers.method import Progress
    from trainers.pipeline import Base

CHECKPOINT_EVERY_S = 10.0  # so that a kill -9 costs at most 15 s with what is written and what is told
KEPT_CHECKPOINTS = 2  # the bot may still be reading the one before
SHEET_LIMIT_BYTES = 8 << 20  # below what any Discord server takes
CARD_TILE_PX, SHEET_TILE_PX, COVER_PX = 128, 192, 256
WEIGHTS = "weights.safetensors"


class Training:
    """One training attempt: what it was given, its diary, and the folder it writes to."""

    def __init__(self, base: Base, attempt: Attempt, clock: Callable[[], float]) -> None:
        self._base = base
        self._attempt = attempt
        self._clock = clock
        self._folder = attempt.folder / "training"
        (self._folder / PICTURES).mkdir(parents=True, exist_ok=True)
        self._diary = self._begun()
        self._task = task_of(base, attempt, self._folder / METHOD if attempt.resume else None)
        self._shots = shots_for(base, self._task.lesson)
        self._scorer = scorer_for(base, self._task.lesson)
        self._began_s = self._saved_s = clock()
        self._before_s = self._diary.seconds
        self._written: list[Path] = []  # checkpoints that are still there, in the order of writing
        self._conceded: Sequence[Concession] = ()
        self._every_s = attempt.get("checkpoint_every_s", float, CHECKPOINT_EVERY_S)

    def _begun(self) -> Diary:
        """The diary to go on with; what was learned on another base, however alike, means nothing on this one."""
        key = self._base.key
        diary = unpack(self._attempt.resume, self._folder) if self._attempt.resume else Diary(base=key)
        if diary.base != key:
            raise TintypeError("E_CHECKPOINT")
        return diary

    def run(self) -> Running:
        """Prepare, learn, draw at sample points; end with the best."""
        yield Step(phase="prepare", done=self._diary.done, total=max(self._diary.total, 1))
        if self._diary.pending and not (yield from self._show(self._diary.pending)):
            return Stopped()
        try:
            end = yield from self._learned()
        except TintypeError as error:
            if error.code != "E_DIVERGED" or not self._diary.points:
                raise
            return self._done({"code": "W_ENDED_EARLY", "step": self._diary.done})  # what was good is still there
        return end or self._done()

    def _learned(self) -> Generator[Event, Wish | None, End | None]:
        """All steps; an end when one came before the last of them."""
        with closing(self._task.steps()) as steps:
            for progress in steps:
                end = yield from self._after(progress)
                if end is not None:
                    return end
        return None

    # --- between two steps -------------------------------------------------------------------------------------------

    def _after(self, progress: Progress) -> Generator[Event, Wish | None, End | None]:
        """What follows one step: note it, draw when it is a sample point, save when it is time, heed a wish."""
        self._conceded = progress.conceded
        if progress.phase == "train":
            self._diary.note(progress.done, progress.total, progress.loss)
        if not (yield from self._at_point(progress)):
            return Stopped()
        wish = yield Step(phase=progress.phase, done=progress.done, total=progress.total, loss=progress.loss)
        if wish is Wish.CHECKPOINT:
            yield from self._keep(progress)
            return Stopped()
        if wish is Wish.KEEP_BEST and progress.phase == "train":
            return (yield from self._done_early(progress))
        if self._clock() - self._saved_s >= self._every_s:
            yield from self._keep(progress)
        return None

    def _at_point(self, progress: Progress) -> Generator[Event, Wish | None, bool]:
        """Draw when a sample point is reached; False when a wish to stop came first."""
        if progress.point is None or self._diary.has(progress.point):
            return True
        progress.save_weights(self._folder / CANDIDATE)
        self._diary.pending = (progress.point, progress.done, progress.is_sound)
        yield from self._keep(progress)
        return (yield from self._show(self._diary.pending))

    def _keep(self, progress: Progress) -> Generator[Event, Wish | None, None]:
        """Write one file from which everything goes on, and announce it."""
        if progress.phase != "train":
            return
        self._saved_s = self._clock()
        self._diary.seconds = self._seconds()
        progress.save_checkpoint(self._folder / METHOD)
        target = self._attempt.folder / f"checkpoint-{progress.done:06}.zip"
        pack(self._folder, self._diary, target)
        self._forget_all_before(target)
        yield Checkpoint(done=progress.done, files=(self._made(target, "checkpoint"),))

    def _forget_all_before(self, newest: Path) -> None:
        """Leave the last ones written: after a rollback these are not the ones of the most steps."""
        written = [path for path in self._written if path != newest] + [newest]
        for old in written[:-KEPT_CHECKPOINTS]:
            old.unlink()
        self._written = written[-KEPT_CHECKPOINTS:]

    # --- samples -----------------------------------------------------------------------------------------------------

    def _show(self, reached: Reached) -> Generator[Event, Wish | None, bool]:
        """Draw the fixed-seed samples of the candidate, score them, keep it if it is the best so far.

        False when a wish to stop came first: the checkpoint before this knows that the point is not drawn.
        """
        number, done, is_sound = reached
        images = yield from followed(drawn(self._base, self._folder / CANDIDATE, self._shots), self._aside)
        if images is None:
            return False
        score = self._scorer(images) if self._scorer else None
        self._diary.points.append(Point(number, done, score, self._laid(number, images), is_sound))
        self._diary.pending = None
        learned = self._learned_by(self._diary.points[-1])
        best = self._diary.best
        if best is not None and best.number == number:
            (self._folder / CANDIDATE).replace(self._folder / BEST)
        yield self._sample(self._diary.points[-1], images, learned)
        return True

    def _learned_by(self, point: Point) -> Made:
        """The candidate as a file of its own, which may be chosen instead of the best when all is over."""
        target = self._attempt.folder / f"point-{point.number:03}.safetensors"
        shutil.copyfile(self._folder / CANDIDATE, target)
        told = {"point": point.number, "done": point.done, "score": point.score}
        return self._made(target, "point", alt=told)

    def _aside(self, progress: Progress) -> Step:
        """A denoising step leaves the training where it is; prompts can be served after each."""
        return Step(phase="sample", done=self._diary.done, total=max(self._diary.total, 1))

    def _laid(self, number: int, images: Sequence[Image.Image]) -> tuple[str, ...]:
        names = tuple(f"{PICTURES}/{number:03}-{index}.png" for index in range(1, len(images) + 1))
        for name, image in zip(names, images, strict=True):
            (self._folder / name).write_bytes(png(image, texts_of(image)))
        return names

    def _sample(self, point: Point, images: Sequence[Image.Image], learned: Made) -> Sample:
        best = self._diary.best
        shown = [point] if best is None or best is point else [point, best]
        captions = [shot.caption for shot in self._shots]
        card = sheet(captions, [self._row(each) for each in shown], CARD_TILE_PX, self._diary.marks())
        files = [self._saved(card, f"card-{point.number:03}", "preview")]
        files += [
            self._made(self._folder / name, "sample", image.size, {"prompt": caption})
            for name, image, caption in zip(point.pictures, images, captions, strict=True)
        ]
        return Sample(point=point.number, done=point.done, score=point.score, files=(*files, learned))

    def _row(self, point: Point) -> Row:
        images = [opened(self._folder / name) for name in point.pictures]
        note = "" if point.score is None else f"{point.score:.0%}"
        return Row(f"{point.done}", images, note, is_marked=point == self._diary.best)

    # --- the end -----------------------------------------------------------------------------------------------------

    def _done_early(self, progress: Progress) -> Generator[Event, Wish | None, End]:
        """The best so far; before the first sample point, that is this moment."""
        if not self._diary.points:
            progress.save_weights(self._folder / CANDIDATE)
            if not (yield from self._show((0, progress.done, progress.is_sound))):
                return Stopped()
        return self._done()

    def _done(self, *warnings: Mapping[str, Any]) -> Done:
        """The best sample point as the result, with what the member should know of it."""
        best = self._diary.best
        if best is None:
            raise RuntimeError("the method ended without a sample point")
        weights = (self._folder / BEST).rename(self._attempt.folder / WEIGHTS)
        captions = [shot.caption for shot in self._shots]
        picture = sheet(captions, [self._row(point) for point in self._diary.points], SHEET_TILE_PX)
        files = (
            self._made(weights, "weights"),
            self._saved(picture, "sheet", "sheet"),
            self._saved(curve(self._diary.marks()), "curve", "curve"),
            self._saved(self._cover(best), "cover", "cover"),
        )
        told = self._result(best, files[0].bytes) | {
            "warnings": [*warnings, *self._less(), *self._held(), *cut_captions(self._base, self._task.lesson)]
        }
        return Done(result=told, files=files)

    def _cover(self, best: Point) -> Image.Image:
        """The best sample alone, small: how the word is recognised in a list; rather one that may be shown."""
        samples = [opened(self._folder / name) for name in best.pictures]
        return tile(min(samples, key=is_held_back), COVER_PX, COVER_PX)

    def _less(self) -> list[dict[str, Any]]:
        """What was given up for lack of memory, in this attempt or before."""
        return warnings_of(self._conceded, self._base.size_px)

    def _held(self) -> list[Mapping[str, Any]]:
        """What is said of samples that the output check held back, in this attempt or before."""
        names = [name for point in self._diary.points for name in point.pictures]
        count = sum(is_held_back(opened(self._folder / name)) for name in names)
        return [{"code": "W_SAMPLES_HELD", "count": count}] if count else []

    def _result(self, best: Point, size_bytes: int) -> dict[str, Any]:
        lesson = self._task.lesson
        return {
            "word": lesson.word,
            "class_word": lesson.class_word,
            "method": self._task.method.name,
            "base_model": self._base.id,
            "base_revision": self._base.revision,
            "steps": self._diary.done,
            "best_step": best.done,
            "score": None if best.score is None else round(best.score, 4),
            "samples": len(self._diary.points),
            "seconds": round(self._seconds(), 1),
            "bytes": size_bytes,
        }

    def _seconds(self) -> float:
        return self._before_s + self._clock() - self._began_s

    def _saved(self, image: Image.Image, name: str, role: str) -> Made:
        form = encoded(image, SHEET_LIMIT_BYTES)
        path = self._attempt.folder / f"{name}{form.suffix}"
        path.write_bytes(form.content)
        return self._made(path, role, form.size, {"word": self._task.lesson.word, "done": self._diary.done})

    def _made(
        self, path: Path, role: str, size: tuple[int, int] | None = None, alt: dict[str, Any] | None = None
    ) -> Made:
        return made(self._attempt.folder, path, role, size=size, alt=alt)


@job("train")
def train(base: Base, attempt: Attempt, clock: Callable[[], float] = time.monotonic) -> Running:
    """Learn a word from photos.

    Raises: TintypeError E_NO_CONSENT for a person without consent, E_METHOD, E_PHOTOS_FEW, E_NO_SUCH_SETTING,
    E_SETTING_RANGE, E_CHECKPOINT, E_DIVERGED, E_DISK_FULL.
    """
    return (yield from Training(base, attempt, clock).run())
