"""What an attempt tells while it runs: steps, samples, checkpoints, and exactly one end.

Event
├── Step          so much of the work is done; told at most four times a second
├── Sample        a sample point was reached and drawn; carries the live card's picture
├── Checkpoint    one file from which the attempt can go on, bit for bit
└── End
    ├── Done      the result and its files
    ├── Failed    a code and the facts of its sentence
    └── Stopped   somebody wished so; what was kept stands in its files
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

HASH_CHUNK_BYTES = 1 << 20


class Wish(StrEnum):
    """What the bot may ask of a running attempt."""

    CANCEL = "cancel"
    KEEP_BEST = "keep_best"  #: end now, with the best sample point so far as the result
    CHECKPOINT = "checkpoint"  #: write a checkpoint now, then stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One finished file in the attempt folder."""

    role: str  #: weights embedding sheet curve cover sample point image preview checkpoint thumbnail look
    path: str  #: relative to the attempt folder
    sha256: str
    bytes: int
    width: int | None = None  #: px, of pictures
    height: int | None = None  #: px, of pictures
    alt: Mapping[str, Any] = field(default_factory=dict)  #: facts of the alternative text


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """So much of the whole job is done."""

    phase: str
    done: int
    total: int
    loss: float | None = None
    seconds_left: float | None = None
    made: int = 0  #: pictures of the class word, while these are made beforehand
    wanted: int = 0  #: of these pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample point was reached, drawn and, where the family can, scored (0 to 1); its weights are told too."""

    point: int
    done: int
    score: float | None
    files: tuple[Made, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One file from which this attempt goes on bit for bit."""

    done: int
    files: tuple[Made, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The attempt succeeded."""

    #: what was made; under `warnings` what the member should know of it, each a `code` and its facts
    result: Mapping[str, Any]
    files: tuple[Made, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The attempt failed; the code's sentence is filled with the facts."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """The attempt stopped because somebody wished so."""

    files: tuple[Made, ...] = ()


End = Done | Failed | Stopped
Event = Step | Sample | Checkpoint | End


def as_told(event: Event) -> dict[str, Any]:
    """The event as it goes over the wire: `type` is the class's name in lower case."""
    return {"type": type(event).__name__.lower(), **asdict(event)}


def sha256_of(path: Path) -> str:
    """The file's sha256 in hex, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(HASH_CHUNK_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def made(
    folder: Path, path: Path, role: str, *, size: tuple[int, int] | None = None, alt: Mapping[str, Any] | None = None
) -> Made:
    """Announce a file that lies in the attempt folder; `size` is (width, height) in px."""
    width, height = size or (None, None)
    return Made(
        role=role,
        path=path.relative_to(folder).as_posix(),
        sha256=sha256_of(path),
        bytes=path.stat().st_size,
        width=width,
        height=height,
        alt=alt or {},
    )
