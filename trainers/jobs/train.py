"""Job kind `train`: photos in, a word's weights out; the best sample point is kept, the file to go on from is near."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.errors import TintypeError
from storage.records import Kind
from trainers.attempt import Attempt
from trainers.diary import CANDIDATE, METHOD, PICTURES, WEIGHTS, Diary, Reached, pack, unpack, weights_of
from trainers.drawing.curve import curve
from trainers.drawing.encode import encoded, png
from trainers.drawing.held import is_held_back, texts_of
from trainers.drawing.ink import tile
from trainers.drawing.sheet import Row, sheet
from trainers.events import Checkpoint, Done, End, Event, Made, Sample, Step, Stopped, Wish, made
from trainers.jobs import job
from trainers.learning import captioned_ahead
from trainers.lessons import cut_captions, task_of
from trainers.likeness import scorer_for
from trainers.noting import noted
from trainers.picking import Point, has_stalled, write_mean
from trainers.showing import drawn, opened, shots_for
from trainers.thrift import warnings_of
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from trainers.families import Scorer
    from trainers.method import Progress
    from trainers.pipeline import Base

CHECKPOINT_EVERY_S = 10.0  # so that a kill -9 costs at most 15 s with what is told, where writing takes a moment
CHECKPOINT_REST = 9  # times what the last one took, before the next: at most a tenth of the time goes into them
KEPT_CHECKPOINTS = 2  # the bot may still be reading the one before
SHEET_LIMIT_BYTES = 8 << 20  # below what any Discord server takes
CARD_TILE_PX, SHEET_TILE_PX, COVER_PX = 128, 192, 256
RESULT = "weights.safetensors"


class Training:
    """One training attempt: what it was given, its diary, and the folder it writes to."""

    def __init__(self, base: Base, attempt: Attempt, clock: Callable[[], float]) -> None:
        self._base = base
        self._attempt = attempt
        self._clock = clock
        self._folder = attempt.folder / "training"
        for name in (PICTURES, WEIGHTS):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        self._diary = self._begun()
        self._task = task_of(base, attempt, self._folder / METHOD if attempt.resume else None)
        self._shots = shots_for(base, self._task.lesson)
        self._scorer: Scorer | None = None  # until it is prepared
        self._began_s = clock()
        self._before_s = self._diary.seconds
        self._written: list[Path] = []  # checkpoints that are still there, in the order of writing
        self._every_s = attempt.get("checkpoint_every_s", float, CHECKPOINT_EVERY_S)
        self._next_s = self._began_s + self._every_s  # when a checkpoint is written by the clock

    def _begun(self) -> Diary:
        """The diary to go on with; what was learned on another base, however alike, means nothing on this one."""
        key = self._base.key_for(self._attempt.get("method", str, "lora"))
        diary = unpack(self._attempt.resume, self._folder) if self._attempt.resume else Diary(base=key)
        if diary.base != key:
            raise TintypeError("E_CHECKPOINT")
        return diary

    def run(self) -> Running:
        """Prepare, learn, draw at sample points; end with the best."""
        yield self._aside("prepare")
        for _ in captioned_ahead(self._base, self._task.lesson):
            yield self._aside("prepare")
        scoring = scorer_for(self._base, self._task.lesson)
        self._scorer = yield from followed(scoring, lambda progress: self._aside("prepare"))
        if self._scorer is None:
            return Stopped()
        if self._diary.pending and not (yield from self._show(self._diary.pending)):
            return Stopped()
        warnings: list[Mapping[str, Any]] = []
        try:
            end = yield from self._learned()
        except TintypeError as error:
            if error.code != "E_DIVERGED" or not self._diary.points:
                raise
            end = None  # what was good is still there
            warnings.append({"code": "W_ENDED_EARLY", "step": self._diary.done})
        if end is None and not (yield from self._tried_mean()):
            return Stopped()
        return end or self._done(*warnings)

    def _learned(self) -> Generator[Event, Wish | None, End | None]:
        """All steps, or as many as make it better; an end when one was wished before."""
        with closing(self._task.steps()) as steps:
            while not self._has_stalled and (progress := next(steps, None)) is not None:
                end = yield from self._after(progress)
                if end is not None:
                    return end
        return None

    @property
    def _has_stalled(self) -> bool:
        return has_stalled(self._diary.of_training, self._task.patience)

    def _tried_mean(self) -> Generator[Event, Wish | None, bool]:
        """Draw the mean of the best few, which is one more sample point; False when a wish to stop came first."""
        few = self._diary.few
        if not few or not self._diary.has_means or len(self._diary.of_training) < len(self._diary.points):
            return True
        write_mean([self._folder / weights_of(point) for point in few], self._folder / CANDIDATE)
        steps = tuple(point.done for point in few)
        return (yield from self._show(Reached(len(self._diary.points) + 1, steps[-1], mean_of=steps)))

    # --- between two steps -------------------------------------------------------------------------------------------

    def _after(self, progress: Progress) -> Generator[Event, Wish | None, End | None]:
        """What follows one step: note it, draw when it is a sample point, save when it is time, heed a wish."""
        self._diary.conceded = progress.conceded
        if progress.phase == "train":
            self._diary.note(progress.done, progress.total, progress.loss)
        if not (yield from self._at_point(progress)):
            return Stopped()
        wish = yield Step(
            phase=progress.phase,
            done=progress.done,
            total=progress.total,
            loss=progress.loss,
            made=progress.made,
            wanted=progress.wanted,
        )
        if wish is Wish.CHECKPOINT:
            yield from self._keep(progress)
            return Stopped()
        if wish is Wish.KEEP_BEST and progress.phase == "train":
            return (yield from self._done_early(progress))
        if self._clock() >= self._next_s:
            yield from self._keep(progress)
        return None

    def _at_point(self, progress: Progress) -> Generator[Event, Wish | None, bool]:
        """Draw when a sample point is reached; False when a wish to stop came first."""
        if progress.point is None or self._diary.has(progress.point):
            return True
        progress.save_weights(self._folder / CANDIDATE)
        self._diary.pending = Reached(progress.point, progress.done, progress.is_sound)
        self._diary.has_means = progress.has_means
        yield from self._keep(progress)
        return (yield from self._show(self._diary.pending))

    def _keep(self, progress: Progress) -> Generator[Event, Wish | None, None]:
        """Write one file from which everything goes on, and announce it."""
        if progress.phase != "train":
            return
        began_s = self._clock()
        self._diary.seconds = self._seconds()
        progress.save_checkpoint(self._folder / METHOD)
        target = self._attempt.folder / f"checkpoint-{progress.done:06}.zip"
        pack(self._folder, self._diary, target)
        self._forget_all_before(target)
        files = (self._made(target, "checkpoint"),)
        ended_s = self._clock()
        self._next_s = ended_s + max(self._every_s, CHECKPOINT_REST * (ended_s - began_s))
        yield Checkpoint(done=progress.done, files=files)

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
        images = yield from followed(
            drawn(self._base, self._folder / CANDIDATE, self._shots), lambda progress: self._aside("sample")
        )
        if images is None:
            return False
        score = self._scorer(images) if self._scorer else None
        pictures = self._laid(reached.number, images)
        point = Point(reached.number, reached.done, score, pictures, reached.is_sound, reached.mean_of)
        self._diary.points.append(point)
        self._diary.pending = None
        learned = [] if point.mean_of else [self._learned_by(point)]  # what the mean is, the result is or nobody wants
        self._keep_weights(point)
        yield self._sample(point, images, learned)
        return True

    def _keep_weights(self, newest: Point) -> None:
        """The candidate becomes the newest point's file; what can be no part of the result any more goes."""
        (self._folder / CANDIDATE).replace(self._folder / weights_of(newest))
        kept = {weights_of(point) for point in self._diary.kept}
        for point in self._diary.points:
            if weights_of(point) not in kept:
                (self._folder / weights_of(point)).unlink(missing_ok=True)

    def _learned_by(self, point: Point) -> Made:
        """The candidate as a file of its own, which may be chosen instead of the best when all is over."""
        target = self._attempt.folder / f"point-{point.number:03}.safetensors"
        self._note(self._folder / CANDIDATE, target, point)
        told = {"point": point.number, "done": point.done, "score": point.score}
        return self._made(target, "point", alt=told)

    def _aside(self, phase: str) -> Step:
        """What leaves the training where it is, such as a denoising step; prompts can be served after each."""
        return Step(phase=phase, done=self._diary.done, total=max(self._diary.total, 1))

    def _laid(self, number: int, images: Sequence[Image.Image]) -> tuple[str, ...]:
        names = tuple(f"{PICTURES}/{number:03}-{index}.png" for index in range(1, len(images) + 1))
        for name, image in zip(names, images, strict=True):
            (self._folder / name).write_bytes(png(image, texts_of(image)))
        return names

    def _sample(self, point: Point, images: Sequence[Image.Image], learned: Sequence[Made]) -> Sample:
        best = self._diary.best
        shown = [point] if best is None or best is point else [point, best]
        captions = [shot.caption for shot in self._shots]
        card = sheet(captions, [self._row(each) for each in shown], CARD_TILE_PX, self._diary.marks())
        files = [self._saved(card, f"card-{point.number:03}", "preview")]
        files += [
            self._made(self._folder / name, "sample", image.size, {"prompt": caption})
            for name, image, caption in zip(point.pictures, images, captions, strict=True)
        ]
        return Sample(point=point.number, done=point.done, score=point.score, files=(*files, *learned))

    def _row(self, point: Point) -> Row:
        images = [opened(self._folder / name) for name in point.pictures]
        note = "" if point.score is None else f"{point.score:.0%}"
        return Row(point.label, images, note, is_marked=point == self._diary.best)

    # --- the end -----------------------------------------------------------------------------------------------------

    def _done_early(self, progress: Progress) -> Generator[Event, Wish | None, End]:
        """The best so far; before the first sample point, that is this moment."""
        if not self._diary.points:
            progress.save_weights(self._folder / CANDIDATE)
            if not (yield from self._show(Reached(0, progress.done, progress.is_sound))):
                return Stopped()
        return self._done()

    def _done(self, *warnings: Mapping[str, Any]) -> Done:
        """The best sample point as the result, with what the member should know of it."""
        best = self._diary.best
        if best is None:
            raise RuntimeError("the method ended without a sample point")
        weights = self._attempt.folder / RESULT
        self._note(self._folder / weights_of(best), weights, best)
        (self._folder / weights_of(best)).unlink()
        captions = [shot.caption for shot in self._shots]
        picture = sheet(captions, [self._row(point) for point in self._diary.points], SHEET_TILE_PX)
        files = (
            self._made(weights, "weights"),
            self._saved(picture, "sheet", "sheet"),
            self._saved(curve(self._diary.marks()), "curve", "curve"),
            self._saved(tile(self._shown(best), COVER_PX, COVER_PX), "cover", "cover"),
        )
        told = self._result(best, files[0].bytes) | {
            "warnings": [*warnings, *self._less(), *self._held(), *cut_captions(self._base, self._task.lesson)]
        }
        return Done(result=told, files=files)

    def _shown(self, point: Point) -> Image.Image:
        """One sample alone: how the word is recognised in a list; rather one that may be shown."""
        return min((opened(self._folder / name) for name in point.pictures), key=is_held_back)

    def _note(self, learned: Path, target: Path, point: Point) -> None:
        """Say in the target how it was learned; its picture goes along but for people, and for what was held back."""
        shown = self._shown(point)
        is_to_show = self._task.lesson.kind != Kind.PERSON and not is_held_back(shown)
        noted(learned, target, self._task.settings, point.done, shown if is_to_show else None)

    def _less(self) -> list[dict[str, Any]]:
        """What was given up for lack of memory, in this attempt or before."""
        return warnings_of(self._diary.conceded, self._base.size_px)

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
            "planned_steps": self._diary.total,
            "has_stalled": self._has_stalled,
            "best_step": None if best.mean_of else best.done,
            "mean_of": [*best.mean_of],
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
