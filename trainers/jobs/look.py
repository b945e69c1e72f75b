"""Job kind `look`: where the subject of each photo is, what of the photo it covers, and how it will be cropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from storage.errors import TintypeError
from storage.records import Kind
from trainers.attempt import Attempt
from trainers.drawing.encode import LIMIT_BYTES, encoded
from trainers.drawing.framed import framed, jpeg
from trainers.drawing.sheet import Row, sheet
from trainers.events import Done, Made, Step, Stopped, Wish, made
from trainers.jobs import job
from trainers.worker import Running

if TYPE_CHECKING:
    from trainers.dataset import Cut
    from trainers.looking import Look
    from trainers.pipeline import Base

FOLDER = "look"
COLUMNS = ("the photo", "as a whole", "closer")
TILE_PX = 192
LABEL_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """One photo with what was found in it."""

    name: str  #: as the order has it
    path: Path
    found: Look
    cuts: Sequence[Cut]

    @property
    def close(self) -> Cut | None:
        """The close crop, where there is one."""
        return next((cut for cut in self.cuts if cut.is_close), None)

    @property
    def told(self) -> dict[str, Any]:
        """Shares of the photo and of its close crop that the subject covers, None where not known; and people."""
        from trainers.looking.boxes import share_of

        subject, close = self.found.subject, self.close
        closer = share_of(subject, close.window) if subject and close else None
        covers = self.found.share
        return {
            "path": self.name,
            "covers": None if covers is None else round(covers, 3),
            "closer": None if closer is None else round(closer, 3),
            "people": self.found.people,
        }

    def preview(self) -> Image.Image:
        """The photo with the crop that is suggested."""
        with Image.open(self.path) as image:
            return framed(image.convert("RGB"), self.close.window if self.close else None)


@job("look")
def look_job(base: Base, attempt: Attempt) -> Running:
    """Look at each photo for what it is said to show, as a training on this base does; draw a preview of each.

    Raises: TintypeError E_ATTEMPT.
    """
    kind = attempt.get("kind", str, "") or None
    if kind is not None and kind not in set(Kind):
        raise TintypeError("E_ATTEMPT", field="kind")
    rows = attempt.records("photos")
    seen: list[Seen] = []
    for row in rows:
        seen.append(_seen(base, str(row.get("path")), attempt.file(row.get("path")), kind))
        if (yield Step(phase="look", done=len(seen), total=len(rows))) is Wish.CHECKPOINT:
            return Stopped()
    return _done(attempt, seen, [str(row.get("name") or "")[:LABEL_CHARACTERS] for row in rows])


def _seen(base: Base, name: str, path: Path, kind: str | None) -> Seen:
    from trainers.dataset import cuts_around, looked_at

    found = looked_at(path, kind)
    return Seen(name, path, found, cuts_around(path, found.size, found.subject, base.family))


def _done(attempt: Attempt, seen: Sequence[Seen], names: Sequence[str]) -> Done:
    (attempt.folder / FOLDER).mkdir(mode=0o700)
    previews = [one.preview() for one in seen]
    files = [
        _saved(attempt, one, number, preview)
        for number, (one, preview) in enumerate(zip(seen, previews, strict=True), 1)
    ]
    if attempt.get("has_sheet", bool, default=False):
        files.append(_sheet(attempt, seen, previews, names))
    return Done(result={"photos": [one.told for one in seen]}, files=tuple(files))


def _saved(attempt: Attempt, seen: Seen, number: int, preview: Image.Image) -> Made:
    path = attempt.folder / FOLDER / f"{number:04}.jpg"
    path.write_bytes(jpeg(preview))
    return made(attempt.folder, path, "look", size=preview.size, alt={"photo": seen.name})


def _sheet(attempt: Attempt, seen: Sequence[Seen], previews: Sequence[Image.Image], names: Sequence[str]) -> Made:
    rows = [
        Row(name or str(number), [preview, *(cut.picture() for cut in one.cuts)], _note(one))
        for number, (one, preview, name) in enumerate(zip(seen, previews, names, strict=True), 1)
    ]
    form = encoded(sheet(COLUMNS, rows, TILE_PX), attempt.get("limit_bytes", int, LIMIT_BYTES))
    path = attempt.folder / f"sheet{form.suffix}"
    path.write_bytes(form.content)
    return made(attempt.folder, path, "sheet", size=form.size)


def _note(seen: Seen) -> str:
    covers, closer = seen.told["covers"], seen.told["closer"]
    return "?" if covers is None else f"{covers:.0%}" if closer is None else f"{covers:.0%} → {closer:.0%}"
