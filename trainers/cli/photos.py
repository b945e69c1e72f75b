"""The photos of a folder for the command line: rebuilt by the inspector, as the bot has a member's rebuilt."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import PhotoRejected, TintypeError
from storage.inspection_client import InspectedPhoto, inspect_photo
from storage.texts import sentence

CAPTION_SUFFIX = ".txt"  # beside the photo, as other trainers have it
CAPTION_CHARACTERS = 1400  # of the 1500 that are read at all, the word stands before them
REST_CHARACTERS = 60  # of what is too long, enough to find the place
AT_ONCE = min(4, os.cpu_count() or 1)  # inspectors, each with a photo of up to 200 MiB


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo that can be used."""

    name: str
    content: bytes = field(repr=False)  #: PNG, RGB, upright, nothing in it but pixels
    caption: str | None  #: what it shows, in its owner's words


def files_in(folder: Path) -> Sequence[Path]:
    """The files that should be photos, by name; captions and hidden files are not among them.

    Raises: TintypeError E_PHOTOS_FOLDER when there is none.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise TintypeError("E_PHOTOS_FOLDER", folder=str(folder)) from error
    files = [path for path in found if path.suffix.lower() != CAPTION_SUFFIX and not path.name.startswith(".")]
    if not files:
        raise TintypeError("E_PHOTOS_FOLDER", folder=str(folder))
    return files


def photos_in(folder: Path, size_px: int) -> Sequence[Photo]:
    """Have every photo of a folder rebuilt; those that cannot be used are named on standard error, with the reason.

    Raises: TintypeError E_PHOTOS_FOLDER when there is none that can be used.
    """
    files = files_in(folder)
    with ThreadPoolExecutor(AT_ONCE) as pool:  # each thread waits for a process of its own
        found = pool.map(lambda path: _inspected(path, size_px), files)
        photos = [photo for path, told in zip(files, found, strict=True) if (photo := _rebuilt(path, told))]
    if not photos:
        raise TintypeError("E_PHOTOS_FOLDER", folder=str(folder))
    return photos


def check_captions(folder: Path) -> None:
    """Every photo of a folder must have its caption beside it: `dog.txt` beside `dog.jpg`.

    Raises: TintypeError E_CAPTION_MISSING, E_CAPTION_EMPTY, E_CAPTION_LONG naming the first file that is wrong;
    E_PHOTOS_FOLDER.
    """
    for path in files_in(folder):
        beside = path.with_suffix(CAPTION_SUFFIX)
        if not beside.is_file():
            raise TintypeError("E_CAPTION_MISSING", photo=path.name, file=beside.name)
        said = _read(beside)
        if not said:
            raise TintypeError("E_CAPTION_EMPTY", file=beside.name)
        if len(said) > CAPTION_CHARACTERS:
            raise TintypeError("E_CAPTION_LONG", photo=path.name, rest=said[CAPTION_CHARACTERS:][:REST_CHARACTERS])


def _inspected(path: Path, size_px: int) -> InspectedPhoto | PhotoRejected:
    try:
        return inspect_photo(path.read_bytes(), path.name, size_px)
    except PhotoRejected as error:
        return error


def _rebuilt(path: Path, inspected: InspectedPhoto | PhotoRejected) -> Photo | None:
    if isinstance(inspected, PhotoRejected):
        print(f"Left out: {sentence(inspected.code, inspected.facts)}", file=sys.stderr)
        return None
    for remark in inspected.facts["remarks"]:
        print(f"{path.name}: {sentence(remark['code'], remark['facts'])}", file=sys.stderr)
    return Photo(path.name, inspected.image, _caption_of(path))


def _caption_of(path: Path) -> str | None:
    beside = path.with_suffix(CAPTION_SUFFIX)
    if not beside.is_file():
        return None
    return _read(beside)[:CAPTION_CHARACTERS] or None


def _read(caption: Path) -> str:
    return " ".join(caption.read_text("utf-8", errors="replace").split())
