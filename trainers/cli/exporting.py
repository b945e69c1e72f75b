"""`tintype-trainer export`: a word's weights as other programs want them, or as one pack for another Tintype."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from storage import packs
from storage.atomic import write_atomic
from storage.errors import WeightsRefused
from storage.packs import PackCard
from storage.shrinking import shortened
from storage.words import check_word
from trainers.cli import Subparsers, add_command, bounded, out_folder
from trainers.settings import TrainerSettings

PLAIN_KIND = "object"
PICTURES = (".png", ".webp", ".jpg")


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "export", "write a word's weights as other programs want them, or a pack", export)
    parser.add_argument("--weights", required=True, type=Path, metavar="FILE", help="what `train` wrote")
    parser.add_argument("--word", metavar="NAME", help="what the word is called there (default: as it was learned)")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the files go")
    parser.add_argument("--as", dest="form", choices=("files", "pack"), default="files", help="default: files")
    parser.add_argument(
        "--licence", choices=packs.LICENCES, default=packs.LICENCES[0], help="of a pack (default: here)"
    )
    parser.add_argument(
        "--credit", metavar="NAME", help="who is to be credited; stands in a pack as it is written here"
    )
    parser.add_argument(
        "--most-mb", type=bounded(float, 0.001, 100_000.0), metavar="MB",
        help="a larger LoRA keeps the strongest directions of its layers alone (default: all of it)",
    )  # fmt: skip


def export(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Write one file's parts, or its pack.

    Raises: WeightsRefused E_WEIGHTS_FILE, or what is wrong with the file; TintypeError E_OUT_FOLDER, E_SHORTENED;
    WordRefused.
    """
    if not arguments.weights.is_file():
        raise WeightsRefused("E_WEIGHTS_FILE", path=str(arguments.weights))
    out = out_folder(arguments.out)
    from trainers.weights import read_label

    name = check_word(arguments.word) if arguments.word else read_label(arguments.weights).word
    return _pack(arguments, out, name) if arguments.form == "pack" else _files(arguments, out, name)


def _files(arguments: argparse.Namespace, out: Path, name: str) -> dict[str, Any]:
    """Run the export job."""
    from trainers.cli.running import attempt_folder, finished

    with attempt_folder() as folder:
        (folder / "weights").mkdir()
        (folder / "weights" / "1.safetensors").write_bytes(_weights(arguments))
        word = {"name": name, "weights": ["weights/1.safetensors"]}
        told = {"kind": "export", "seed": 0, "export": {"words": [word]}}
        done = finished(folder, told, None)
        written = [_written(out / Path(file.path).name, (folder / file.path).read_bytes()) for file in done.files]
    return {"ok": True, **done.result, "files": written}


def _pack(arguments: argparse.Namespace, out: Path, name: str) -> dict[str, Any]:
    """Put it into one zip with its card, its licence, checksums, and the sample sheet that `train` left beside it."""
    from trainers.weights import read_label

    label = read_label(arguments.weights)
    card = PackCard(
        name=name,
        kind=label.kind or PLAIN_KIND,
        class_word=label.class_word,
        trigger=label.trigger,
        method=label.method,
        base_model=label.base_model,
        base_revision=label.base_revision,
        licence=arguments.licence,
        credits=[arguments.credit] if arguments.credit else [],
    )
    sheets = [arguments.weights.with_name(f"{arguments.weights.stem}-sheet{suffix}") for suffix in PICTURES]
    samples = next((sheet.read_bytes() for sheet in sheets if sheet.is_file()), None)
    pack = packs.packed(card, _weights(arguments), samples)
    return {"ok": True, "word": name, "files": [_written(out / f"{name}{packs.SUFFIX}", pack)]}


def _weights(arguments: argparse.Namespace) -> bytes:
    """The file, shortened where that is wished and it is larger."""
    content: bytes = arguments.weights.read_bytes()
    if arguments.most_mb is None or len(content) <= arguments.most_mb * 10**6:
        return content
    shrunk = shortened(content, int(arguments.most_mb * 10**6), arguments.weights.name)
    print(f"{100 * shrunk.kept:.1f} % of what its layers learned is left", file=sys.stderr)
    return shrunk.content


def _written(target: Path, content: bytes) -> str:
    write_atomic(target, content, mode=0o644)
    print(f"Wrote {target} ({len(content) / 1000:.0f} kB)", file=sys.stderr)
    return str(target)
