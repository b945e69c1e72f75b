"""One attempt at a job, as the bot materialised it: a folder of mode 0700 with `attempt.json` in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from storage.errors import TintypeError

PROTOCOL = 1
FILE_NAME = "attempt.json"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One run of a job in its own folder; nothing outside the folder is read or written."""

    folder: Path
    job: str
    number: int  #: 1 for the first attempt; the fence of every write
    kind: str
    seed: int
    base_model: str  #: id, empty when the folder does not say
    revision: str  #: of the base model, empty when the folder does not say
    resume: Path | None  #: the checkpoint to go on from
    order: Mapping[str, Any] = field(repr=False)  #: the part that belongs to the kind

    @property
    def key(self) -> tuple[str, int]:
        """What tells one attempt from every other."""
        return self.job, self.number

    def has(self, name: str) -> bool:
        """Whether the order says anything under this name."""
        return self.order.get(name) is not None

    def get(self, name: str, of: type[T], default: T | None = None) -> T:
        """A field of the order, checked for its type.

        Raises: TintypeError E_ATTEMPT when it is missing (and there is no default) or of another type.
        """
        value = self.order.get(name, default)
        if value is None:
            value = default
        if of is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, of):
            raise TintypeError("E_ATTEMPT", field=name)
        return value

    def file(self, relative: object) -> Path:
        """A file named by the order, inside the folder.

        Raises: TintypeError E_ATTEMPT when the name leaves the folder or nothing is there.
        """
        return _inside(self.folder, relative)

    def records(self, name: str) -> Sequence[Mapping[str, Any]]:
        """A list of objects of the order; empty when it is not said.

        Raises: TintypeError E_ATTEMPT when it is anything else.
        """
        rows = self.get(name, list, [])
        if not all(isinstance(row, dict) for row in rows):
            raise TintypeError("E_ATTEMPT", field=name)
        return rows


def _inside(folder: Path, relative: object) -> Path:
    name = PurePosixPath(relative) if isinstance(relative, str) else PurePosixPath()
    path = folder / name
    if name == PurePosixPath() or name.is_absolute() or ".." in name.parts or not path.is_file():
        raise TintypeError("E_ATTEMPT", field=str(relative)[:80])
    return path


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TintypeError("E_ATTEMPT", field=FILE_NAME) from error
    if not isinstance(told, dict) or told.get("protocol") != PROTOCOL:
        raise TintypeError("E_ATTEMPT", field="protocol")
    return told


def read_attempt(folder: Path) -> Attempt:
    """Read and check `attempt.json`.

    Raises: TintypeError E_ATTEMPT, naming the field that is missing, of another type, or points outside the folder.
    """
    told = _read(folder / FILE_NAME)
    for name, of in (("job", str), ("attempt", int), ("kind", str), ("seed", int)):
        if not isinstance(told.get(name), of):
            raise TintypeError("E_ATTEMPT", field=name)
    base = told.get("base_model") or {}
    order = told.get(told["kind"]) or {}
    if not isinstance(base, dict) or not isinstance(order, dict):
        raise TintypeError("E_ATTEMPT", field=told["kind"])
    return Attempt(
        folder=folder,
        job=told["job"],
        number=told["attempt"],
        kind=told["kind"],
        seed=told["seed"],
        base_model=str(base.get("id") or ""),
        revision=str(base.get("revision") or ""),
        resume=_inside(folder, told["resume"]) if told.get("resume") else None,
        order=order,
    )


def write_attempt(folder: Path, told: Mapping[str, Any]) -> Attempt:
    """Materialise an attempt in an empty folder; the command line's way to the same jobs."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(json.dumps({"protocol": PROTOCOL, **told}, ensure_ascii=False), "utf-8")
    return read_attempt(folder)
