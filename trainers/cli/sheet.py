"""`tintype-trainer sheet`: a word's sample scenes, drawn anew from one or several of its files."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import WeightsRefused
from storage.records import Kind
from storage.words import check_word
from trainers.cli import Subparsers, add_base, add_command, out_folder
from trainers.settings import TrainerSettings

LIMIT_BYTES = 64 << 20  # a command line has no upload limit


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "sheet", "draw a word's sample scenes, a row for each of its files", run)
    parser.add_argument(
        "--weights", required=True, action="append", type=Path, metavar="FILE", help="a word's file; repeatable"
    )
    parser.add_argument("--word", metavar="NAME", help="what the sheet calls it (default: as the first file says)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the sheet goes")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Run the sheet job on these files.

    Raises: WeightsRefused E_WEIGHTS_FILE, or what is wrong with a file; TintypeError E_OUT_FOLDER; WordRefused.
    """
    for path in arguments.weights:
        if not path.is_file():
            raise WeightsRefused("E_WEIGHTS_FILE", path=str(path))
    out = out_folder(arguments.out)
    from trainers.cli.running import attempt_folder, base_named_in, finished, loaded
    from trainers.weights import read_label

    labels = [read_label(path) for path in arguments.weights]
    name = check_word(arguments.word or labels[0].word)
    base = loaded(arguments, settings, base_named_in(labels))
    with attempt_folder() as folder:
        word = {"name": name, "kind": labels[0].kind or Kind.OBJECT, "weights": _laid(arguments.weights, folder)}
        order = {"words": [word], "limit_bytes": LIMIT_BYTES}
        done = finished(folder, {"kind": "sheet", "seed": 0, "sheet": order}, base)
        source = folder / done.files[0].path
        target = out / f"{name}-sheet{source.suffix}"
        write_atomic(target, source.read_bytes(), mode=0o644)
    print(f"Wrote {target}", file=sys.stderr)
    return {"ok": True, "word": name, **done.result, "sheet": str(target)}


def _laid(files: list[Path], folder: Path) -> list[str]:
    (folder / "weights").mkdir(mode=0o700)
    names = [f"weights/{number}.safetensors" for number in range(1, len(files) + 1)]
    for name, file in zip(names, files, strict=True):
        shutil.copyfile(file, folder / name)
    return names
