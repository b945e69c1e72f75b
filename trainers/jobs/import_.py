"""Job kind `import`: weights made elsewhere become a word's file, with first pictures that show whether it draws."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError
from storage.words import check_word
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.events import Done, Made, Step, Stopped, made
from trainers.jobs import job
from trainers.lessons import check_consent
from trainers.method import Lesson
from trainers.worker import Running, followed

if TYPE_CHECKING:
    from PIL import Image

    from trainers.method import Progress
    from trainers.pipeline import Base
    from trainers.taking import Order, Taken


@job("import")
def import_(base: Base, attempt: Attempt) -> Running:
    """Convert, draw, and see that what is drawn is a picture; it is for its owner to say that the word may be used.

    Raises: TintypeError E_ATTEMPT, E_HELD_BACK, E_DISK_FULL; NotAllowed E_NO_CONSENT for a person without consent;
    WordRefused; WeightsRefused as `taken`, E_IMPORT_FLAT when its pictures are black or of one colour.
    """
    from trainers.canary import canary
    from trainers.taking import taken
    from trainers.weights import write_adapter

    yield Step(phase="load", done=0, total=1)
    kind = attempt.get("kind", str)
    check_consent(attempt, kind)
    order = order_of(base, attempt, kind)
    found = taken(base, order)
    weights = attempt.folder / "weights.safetensors"
    lesson = lesson_of(order, kind, attempt.seed)
    write_adapter(weights, base, lesson, found.adapter.method, found.adapter)
    drawing = canary(base, weights, order.word, order.class_word, kind)
    first = yield from followed(drawing, _counted(2 * len(base.family.scenes(kind))))
    if first is None:
        return Stopped()
    first.check(order.name)
    files = [
        made(attempt.folder, weights, "weights"),
        _picture(attempt, first.sheet(), "sheet"),
        _picture(attempt, first.with_it[0], "cover"),
    ]
    result = _result(base, order, found, kind, files[0])
    if first.changes_nothing:
        result["warnings"].append({"code": "W_IMPORT_SAME"})
    return Done(result=result, files=tuple(files))


def order_of(base: Base, attempt: Attempt, kind: str) -> Order:
    """What the attempt asks for, checked.

    Raises: TintypeError E_ATTEMPT, WordRefused.
    """
    from trainers.taking import Order

    files = [attempt.file(row.get("path")) for row in attempt.records("files")]
    if not files:
        raise TintypeError("E_ATTEMPT", field="files")
    return Order(
        word=check_word(attempt.get("word", str)),
        class_word=attempt.get("class_word", str, "") or base.family.class_words[kind][0],
        files=files,
        name=attempt.get("name", str, files[0].name),
        trigger=attempt.get("trigger", str, ""),
        peft=attempt.get("peft", dict) if attempt.has("peft") else None,
    )


def lesson_of(order: Order, kind: str, seed: int) -> Lesson:
    """A lesson without photos: what our own files tell of one."""
    return Lesson(photos=(), word=order.word, class_word=order.class_word, kind=kind, seed=seed)


def _counted(pictures: int) -> Callable[[Progress], Step]:
    """Steps over all pictures: each begins at 1 again."""
    steps = itertools.count(1)
    return lambda progress: Step(phase="sample", done=next(steps), total=pictures * progress.total)


def _picture(attempt: Attempt, image: Image.Image, role: str) -> Made:
    form = encoded(image, attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"{role}{form.suffix}"
    path.write_bytes(form.content)
    return made(attempt.folder, path, role, size=form.size)


def _result(base: Base, order: Order, found: Taken, kind: str, weights: Made) -> dict[str, Any]:
    warnings: list[dict[str, str]] = []
    if found.made_for:
        warnings.append({"code": "W_IMPORT_BASE", "made_for": found.made_for})
    return {
        "word": order.word,
        "class_word": order.class_word,
        "kind": kind,
        "method": found.adapter.method,
        "bytes": weights.bytes,
        "sha256": weights.sha256,
        "base_model": base.id,
        "base_revision": base.revision,
        "trigger": order.word if found.adapter.rows else found.adapter.text,
        "warnings": warnings,
    }
