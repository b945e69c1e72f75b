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
CAPTION_CHARACTERS = 500  # more than any text encoder reads
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
    return " ".join(beside.read_text("utf-8", errors="replace").split())[:CAPTION_CHARACTERS] or None
