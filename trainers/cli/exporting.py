"""`tintype-trainer export` and `import`: a word's weights for other programs, and from them."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import TintypeError, WeightsRefused
from storage.words import check_word
from trainers.cli import Subparsers, add_command, out_folder
from trainers.settings import TrainerSettings


def add(subparsers: Subparsers) -> None:
    """Options of both."""
    parser = add_command(subparsers, "export", "write a word's weights as other programs want them", export)
    parser.add_argument("--weights", required=True, type=Path, metavar="FILE", help="what `train` wrote")
    parser.add_argument("--word", metavar="NAME", help="what the word is called there (default: as it was learned)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the files go")
    taking = add_command(subparsers, "import", "take over weights made elsewhere (not offered yet)", import_)
    taking.add_argument("--weights", type=Path, metavar="FILE", help="a LoRA or an embedding as .safetensors")


def export(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Run the export job on one file.

    Raises: WeightsRefused E_WEIGHTS_FILE, or what is wrong with the file; TintypeError E_OUT_FOLDER; WordRefused.
    """
    if not arguments.weights.is_file():
        raise WeightsRefused("E_WEIGHTS_FILE", path=str(arguments.weights))
    out = out_folder(arguments.out)
    from trainers.cli.running import attempt_folder, finished
    from trainers.weights import read_label

    name = check_word(arguments.word) if arguments.word else read_label(arguments.weights).word
    with attempt_folder() as folder:
        (folder / "weights").mkdir()
        shutil.copyfile(arguments.weights, folder / "weights" / "1.safetensors")
        word = {"name": name, "weights": ["weights/1.safetensors"]}
        told = {"kind": "export", "seed": 0, "export": {"words": [word]}}
        done = finished(folder, told, None)
        written = []
        for file in done.files:
            target = out / Path(file.path).name
            write_atomic(target, (folder / file.path).read_bytes(), mode=0o644)
            written.append(str(target))
            print(f"Wrote {target} ({file.bytes / 1000:.0f} kB)", file=sys.stderr)
    return {"ok": True, **done.result, "files": written}


def import_(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Say that it is not offered yet.

    Raises: TintypeError E_IMPORT_LATER.
    """
    raise TintypeError("E_IMPORT_LATER")
