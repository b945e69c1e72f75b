"""Talks to the inspector, the process that opens strangers' bytes; never opens them itself."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from tempfile import TemporaryDirectory
from typing import Any

from storage import wire
from storage.errors import PhotoRejected, TintypeError, WeightsRefused

TIMEOUT_S = 60.0  # eight seconds of work on a machine that is busy training
REPLY_BYTES = 128 * 2**20  # a rebuilt photo has at most 8 megapixels
START = "import sys; sys.path.insert(0, sys.argv[1]); from storage.inspector.__main__ import main; sys.exit(main())"
OF_WEIGHTS = ("weights", "import")
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2"}  # decoders' threads would reserve 64 MB of addresses each


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedPhoto:
    """One photo that can be used, rebuilt from its pixels."""

    name: str  #: as the member knows it, without folders and unprintable letters
    image: bytes = field(repr=False)  #: PNG, RGB, upright, nothing in it but pixels
    thumbnail: bytes = field(repr=False)  #: WebP, at most 256 px
    width_px: int  #: of `image`
    height_px: int
    sha256: str  #: of the pixels
    facts: Mapping[
        str, Any
    ]  #: format, original_width_px, original_height_px, phash, sharpness, luminance, contrast, remarks


def command() -> list[str]:
    """How the inspector is started: isolated from environment, user packages and the current folder."""
    return [sys.executable, "-I", "-c", START, str(Path(__file__).parents[1])]


def photo_request(data: bytes, name: str, size_px: int) -> bytes:
    """The frame that asks for one photo."""
    return wire.encode({"do": "photo", "name": name, "size_px": size_px}, data)


def photo_of(frame: wire.Frame) -> InspectedPhoto:
    """The photo in an answer.

    Raises: KeyError, TypeError, ValueError when it is no answer to a photo's request.
    """
    head, cut = frame.head, len(frame.payload) - int(frame.head["thumbnail_bytes"])
    if not 0 < cut < len(frame.payload) or not isinstance(head["facts"], dict):
        raise ValueError("not an inspected photo")
    return InspectedPhoto(
        name=str(head["name"]),
        image=frame.payload[:cut],
        thumbnail=frame.payload[cut:],
        width_px=int(head["width_px"]),
        height_px=int(head["height_px"]),
        sha256=str(head["sha256"]),
        facts=head["facts"],
    )


def refusal_of(head: Mapping[str, Any], what: str, name: str) -> TintypeError:
    """The error that an answer tells; `what` is "photo", "zip", "weights" or "import"."""
    code, facts = head.get("code"), head.get("facts")
    if not isinstance(code, str) or not code.startswith("E_") or not isinstance(facts, dict):
        return lost(what, name, None)
    told = {str(fact): value for fact, value in facts.items() if isinstance(value, str | int | float)}
    return WeightsRefused(code, **told) if what in OF_WEIGHTS else PhotoRejected(code, **told)


def lost(what: str, name: str, returncode: int | None) -> TintypeError:
    """The error of an inspector that died over its work: too slow when it was stopped, else a broken file."""
    is_slow = returncode in {-SIGXCPU, -SIGKILL}
    if what in OF_WEIGHTS:
        return WeightsRefused("E_WEIGHTS_HEADER", file=name)
    if what == "zip":
        return PhotoRejected("E_ZIP_TOO_BIG" if is_slow else "E_ZIP_BAD", photo=name, most_mb=300)
    return PhotoRejected("E_TOO_SLOW" if is_slow else "E_CORRUPT", photo=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedWeights:
    """One file of weights that may be opened."""

    role: str  #: weights or embedding
    content: bytes = field(repr=False)
    facts: Mapping[str, Any]  #: kind, family, width, tensors, rank, bytes, said


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedImport:
    """What was handed in to become a word."""

    name: str  #: of the file, as the member knows it
    files: Sequence[InspectedWeights]
    layout: str  #: file, pack or peft
    card: Mapping[str, Any] | None  #: of a pack
    peft: Mapping[str, Any] | None  #: settings that scale peft's layers


def import_request(data: bytes, name: str, width: int | None, base: str) -> bytes:
    """The frame that asks for weights made elsewhere; as `weights` requests, but zips are opened too."""
    return wire.encode({"do": "import", "name": name, "width": width, "base": base}, data)


def import_of(frames: Sequence[wire.Frame], data: bytes, name: str) -> InspectedImport:
    """What the frames of an answer tell, but for the last.

    Raises: KeyError, TypeError, ValueError when they are no answer to such a request.
    """
    *files, about = frames
    if not files:
        raise ValueError("an import without a file")
    return InspectedImport(
        name=name,
        files=[
            InspectedWeights(role=str(frame.head["role"]), content=frame.payload or data, facts=frame.head)
            for frame in files
        ],
        layout=str(about.head["layout"]),
        card=about.head.get("card"),
        peft=about.head.get("peft"),
    )


def inspect_photo(data: bytes, name: str, size_px: int) -> InspectedPhoto:
    """Have one photo rebuilt, and wait for it; for command lines.

    Raises: PhotoRejected with the reason.
    """
    done = _asked(photo_request(data, name, size_px), "photo", name)
    return _photo_in(done.stdout, done.returncode, name)


def inspect_import(data: bytes, name: str, width: int | None = None, base: str = "") -> InspectedImport:
    """Have weights made elsewhere checked, and wait for it; for command lines.

    Raises: WeightsRefused with the reason.
    """
    done = _asked(import_request(data, name, width, base), "import", name)
    answer, frames = io.BytesIO(done.stdout), []
    try:
        while not (frame := wire.read(answer, REPLY_BYTES)).head.get("last"):
            frames.append(frame)
        if frame.head.get("ok") is True:
            return import_of(frames, data, name)
    except (EOFError, wire.BadFrame, KeyError, TypeError, ValueError) as error:
        raise lost("import", name, done.returncode) from error
    raise refusal_of(frame.head, "import", name)


def _asked(request: bytes, what: str, name: str) -> subprocess.CompletedProcess[bytes]:
    with TemporaryDirectory(prefix="tintype-inspector-") as folder:
        try:
            return subprocess.run(  # noqa: S603  our own program
                command(), input=request, capture_output=True, env=ENVIRONMENT, cwd=folder, timeout=TIMEOUT_S,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise lost(what, name, -SIGKILL) from error


def _photo_in(answer: bytes, returncode: int, name: str) -> InspectedPhoto:
    try:
        frame = wire.read(io.BytesIO(answer), REPLY_BYTES)
        if frame.head.get("ok") is True:
            return photo_of(frame)
    except (EOFError, wire.BadFrame, KeyError, TypeError, ValueError) as error:
        raise lost("photo", name, returncode) from error
    raise refusal_of(frame.head, "photo", name)
