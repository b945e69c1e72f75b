"""Job kind `sheet`: the sample sheet of a word, drawn anew."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.errors import TintypeError
from trainers.attempt import Attempt
from trainers.drawing.encode import encoded
from trainers.drawing.sheet import Row, sheet
from trainers.events import Done, Event, Step, Stopped, Wish, made
from trainers.jobs import job
from trainers.jobs.imagine import LIMIT_BYTES
from trainers.showing import Shot, drawn, shots_of
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.pipeline import Base


@job("sheet")
def sheet_job(base: Base, attempt: Attempt) -> Running:
    """Draw the family's sample scenes with each of the word's files: one row each.

    Raises: TintypeError E_ATTEMPT, E_IMAGE_TOO_BIG; WeightsRefused.
    """
    rows = attempt.records("words")
    if len(rows) != 1 or not isinstance(rows[0].get("name"), str):
        raise TintypeError("E_ATTEMPT", field="words")
    shots = shots_of(base, rows[0]["name"], str(rows[0].get("kind") or "object"))
    pictures: list[Row] = []
    for number, path in enumerate(rows[0].get("weights", ()), 1):
        with closing(drawn(base, attempt.file(path), shots)) as drawing:
            images = yield from _with_steps(drawing, number - 1, len(rows[0]["weights"]))
        if images is None:
            return Stopped()
        pictures.append(Row(f"file {number}", images))
    return _done(attempt, shots, pictures)


def _with_steps(
    drawing: Generator[Any, None, list[Image.Image]], done: int, total: int
) -> Generator[Event, Wish | None, list[Image.Image] | None]:
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            return list(end.value)
        if (yield Step(phase="sample", done=done, total=total)) is Wish.CHECKPOINT:
            return None


def _done(attempt: Attempt, shots: tuple[Shot, ...], pictures: list[Row]) -> Done:
    form = encoded(sheet([shot.caption for shot in shots], pictures), attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"sheet{form.suffix}"
    path.write_bytes(form.content)
    return Done(result={"samples": len(shots)}, files=(made(attempt.folder, path, "sheet", size=form.size),))
