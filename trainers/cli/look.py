"""`tintype-trainer look`: where the subject of each photo of a folder is, and how training will crop it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.records import Kind
from trainers.cli import Subparsers, add_base, add_command, out_folder
from trainers.cli.photos import Photo, files_in, photos_in
from trainers.settings import TrainerSettings

LIMIT_BYTES = 64 << 20  # a command line has no upload limit
NAME_CHARACTERS = 32


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "look", "say what the subject of each photo covers, and how it is cropped", run)
    parser.add_argument("--photos", required=True, type=Path, metavar="DIR", help="as for `train`")
    parser.add_argument("--kind", choices=[str(kind) for kind in Kind], help="what they show (default: not known)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the sheet of crops goes")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Run the look job on these photos.

    Raises: TintypeError E_PHOTOS_FOLDER, E_OUT_FOLDER.
    """
    files_in(arguments.photos)
    out = out_folder(arguments.out)
    from trainers.cli.running import attempt_folder, finished, loaded

    base = loaded(arguments, settings)
    photos = photos_in(arguments.photos, base.size_px)
    with attempt_folder() as folder:
        order = {
            "kind": arguments.kind,
            "photos": _laid(photos, folder),
            "has_sheet": True,
            "limit_bytes": LIMIT_BYTES,
        }
        done = finished(folder, {"kind": "look", "seed": 0, "look": order}, base)
        source = folder / next(file.path for file in done.files if file.role == "sheet")
        target = out / f"look{source.suffix}"
        write_atomic(target, source.read_bytes(), mode=0o644)
    found = done.result["photos"]
    told = [{**one, "path": photo.name} for photo, one in zip(photos, found, strict=True)]
    for one in told:
        print(line_of(one), file=sys.stderr)
    print(f"Wrote {target}", file=sys.stderr)
    return {"ok": True, "photos": told, "sheet": str(target)}


def line_of(told: Mapping[str, Any]) -> str:
    """One row of the table: `coffee.png   covers 55 %`."""
    name = str(told["path"])[:NAME_CHARACTERS].ljust(NAME_CHARACTERS)
    if told["covers"] is None:
        return f"{name}  no one thing stands out: used as it is"
    closer = "" if told["closer"] is None else f", also cropped closer, to {told['closer']:.0%}"
    people = f", {told['people']} faces" if told["people"] > 1 else ""
    return f"{name}  covers {told['covers']:.0%}{closer}{people}"


def _laid(photos: Sequence[Photo], folder: Path) -> list[dict[str, Any]]:
    (folder / "photos").mkdir(mode=0o700)
    for number, photo in enumerate(photos, 1):
        (folder / "photos" / f"{number:04}.png").write_bytes(photo.content)
    return [{"path": f"photos/{number:04}.png", "name": photo.name} for number, photo in enumerate(photos, 1)]
