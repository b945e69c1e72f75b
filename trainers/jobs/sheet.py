"""Job kind `sheet`: the sample sheet of a word, drawn anew; or its contact sheet, with a column for each strength."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError
from storage.words import MAX_STRENGTH, check_word
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.drawing.sheet import Row, sheet
from trainers.events import Done, Step, Stopped, made
from trainers.jobs import job
from trainers.showing import Shot, drawn, shots_at, shots_of
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from PIL import Image

    from trainers.method import Progress
    from trainers.pipeline import Base

MOST_STRENGTHS = 6
LABEL_CHARACTERS = 40


@job("sheet")
def sheet_job(base: Base, attempt: Attempt) -> Running:
    """Draw each of the word's files, one row each: the family's sample scenes, or one of them at each strength.

    Raises: TintypeError E_ATTEMPT, E_IMAGE_TOO_BIG; WeightsRefused.
    """
    words = attempt.records("words")
    if len(words) != 1 or not words[0].get("weights"):
        raise TintypeError("E_ATTEMPT", field="words")
    word = check_word(str(words[0].get("name")))
    files = [attempt.file(path) for path in words[0]["weights"]]
    shots = _shots(base, attempt, word, str(words[0].get("kind") or "object"))
    rows: list[Row] = []
    for number, path in enumerate(files):
        images = yield from followed(drawn(base, path, shots, word), _step(number, len(files)))
        if images is None:
            return Stopped()
        rows.append(_row(attempt, number, images))
    return _done(attempt, shots, rows)


def _shots(base: Base, attempt: Attempt, word: str, kind: str) -> Sequence[Shot]:
    strengths = attempt.get("strengths", list, [])
    if len(strengths) > MOST_STRENGTHS or not all(_is_strength(one) for one in strengths):
        raise TintypeError("E_ATTEMPT", field="strengths")
    return shots_at(base, word, kind, strengths) if strengths else shots_of(base, word, kind)


def _is_strength(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MAX_STRENGTH


def _row(attempt: Attempt, number: int, images: Sequence[Image.Image]) -> Row:
    """The pictures of a file, with what the order says of it."""
    told = attempt.records("rows")[number : number + 1]
    label, note = (str(told[0].get(name) or "")[:LABEL_CHARACTERS] if told else "" for name in ("label", "note"))
    return Row(label or f"{number + 1}", images, note, is_marked=bool(told and told[0].get("is_marked")))


def _step(done: int, total: int) -> Callable[[Progress], Step]:
    return lambda progress: Step(phase="sample", done=done, total=total)


def _done(attempt: Attempt, shots: Sequence[Shot], rows: Sequence[Row]) -> Done:
    form = encoded(sheet([shot.caption for shot in shots], rows), attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"sheet{form.suffix}"
    path.write_bytes(form.content)
    return Done(result={"samples": len(shots)}, files=(made(attempt.folder, path, "sheet", size=form.size),))
