"""`tintype-trainer preview`: one photo in, its subject in four scenes out; nothing is learned."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import TintypeError
from storage.inspection_client import inspect_photo
from trainers.cli import MOST_SEED, Subparsers, add_base, add_command, bounded, out_folder
from trainers.settings import TrainerSettings

LIMIT_BYTES = 64 << 20  # a command line has no upload limit


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "preview", "draw what a photo shows in four scenes, without training", run)
    parser.add_argument("--photo", required=True, type=Path, metavar="FILE", help="shows it alone, and whole")
    parser.add_argument("--class-word", required=True, metavar="WORD", help="what it is a kind of: bear, mug, person")
    parser.add_argument(
        "--prompt", default="", metavar="TEXT", help="draw this four times instead, with the class word in it"
    )
    parser.add_argument(
        "--seed", type=bounded(int, 0, MOST_SEED), metavar="N", help="the same seed gives the same pictures"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the pictures and their grid go")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Run the job that *Preview* runs.

    Raises: TintypeError E_OUT_FOLDER, E_IMAGE_FILE, E_NO_IMAGE_PROMPT; PhotoRejected.
    """
    out = out_folder(arguments.out)
    from trainers.cli.running import attempt_folder, finished, loaded
    from trainers.image_prompts import prompt_for

    base = loaded(arguments, settings)
    prompt_for(base)
    try:
        content = arguments.photo.read_bytes()
    except OSError as error:
        raise TintypeError("E_IMAGE_FILE", path=str(arguments.photo)) from error
    with attempt_folder() as folder:
        (folder / "photo.png").write_bytes(inspect_photo(content, arguments.photo.name, base.size_px).image)
        order = {
            "photo": "photo.png",
            "class_word": arguments.class_word,
            "prompt": arguments.prompt,
            "seed": arguments.seed,
            "has_files": True,
            "limit_bytes": LIMIT_BYTES,
        }
        done = finished(folder, {"kind": "preview", "seed": 0, "preview": order}, base)
        for file in done.files:
            source = folder / file.path
            write_atomic(out / source.name, source.read_bytes(), mode=0o644)
    print(f"Wrote {len(done.files)} files to {out}", file=sys.stderr)
    grid, *images = (str(out / Path(file.path).name) for file in done.files)
    return {"ok": True, **done.result, "grid": grid, "images": images}
