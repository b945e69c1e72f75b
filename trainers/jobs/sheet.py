"""Job kind `sheet`: the sample sheet of a word, drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from storage.errors import TintypeError
from storage.words import check_word
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.drawing.sheet import Row, sheet
from trainers.events import Done, Step, Stopped, made
from trainers.jobs import job
from trainers.showing import Shot, drawn, shots_of
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from trainers.method import Progress
    from trainers.pipeline import Base


@job("sheet")
def sheet_job(base: Base, attempt: Attempt) -> Running:
    """Draw the family's sample scenes with each of the word's files: one row each.

    Raises: TintypeError E_ATTEMPT, E_IMAGE_TOO_BIG; WeightsRefused.
    """
    rows = attempt.records("words")
    if len(rows) != 1 or not rows[0].get("weights"):
        raise TintypeError("E_ATTEMPT", field="words")
    word = check_word(str(rows[0].get("name")))
    files = [attempt.file(path) for path in rows[0]["weights"]]
    shots = shots_of(base, word, str(rows[0].get("kind") or "object"))
    pictures: list[Row] = []
    for number, path in enumerate(files):
        images = yield from followed(drawn(base, path, shots, word), _step(number, len(files)))
        if images is None:
            return Stopped()
        pictures.append(Row(f"file {number + 1}", images))
    return _done(attempt, shots, pictures)


def _step(done: int, total: int) -> Callable[[Progress], Step]:
    return lambda progress: Step(phase="sample", done=done, total=total)


def _done(attempt: Attempt, shots: Sequence[Shot], pictures: Sequence[Row]) -> Done:
    form = encoded(sheet([shot.caption for shot in shots], pictures), attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"sheet{form.suffix}"
    path.write_bytes(form.content)
    return Done(result={"samples": len(shots)}, files=(made(attempt.folder, path, "sheet", size=form.size),))
