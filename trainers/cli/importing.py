"""`tintype-trainer import`: weights made elsewhere in, a word's file out, with first pictures beside it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from storage.atomic import write_atomic
from storage.errors import WeightsRefused
from storage.inspection_client import InspectedImport, inspect_import
from storage.words import check_word, suggested
from trainers.cli import Subparsers, add_base, add_command
from trainers.cli.train import KINDS, SUFFIX, checked_out, consent_of
from trainers.events import Done
from trainers.settings import TrainerSettings

PLAIN_KIND = "object"


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "import", "take over weights made elsewhere, or a pack of Tintype", run)
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="a pack, a LoRA or embedding as .safetensors, a hypernetwork's .pt, or peft's folder as a zip",
    )
    parser.add_argument(
        "--word", metavar="NAME", help="what it is called here (default: as the file says, or its name)"
    )
    parser.add_argument("--kind", choices=KINDS, help=f"what it shows (default: as the file says, or {PLAIN_KIND})")
    parser.add_argument("--class-word", metavar="WORD", help="the known word it is a kind of, e.g. dog")
    parser.add_argument("--trigger", metavar="TEXT", default="", help="what one types for it in other programs")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.safetensors", help="where the weights go")
    parser.add_argument(
        "--i-am-this-person",
        action="store_true",
        help="for --kind person: it shows me, I am 18 or older, and I agree",
    )
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Have the file checked before the base is loaded, then run the job that the bot runs.

    Raises: WeightsRefused with what is wrong with the file; TintypeError E_OUT_SUFFIX, E_OUT_FOLDER; WordRefused.
    """
    if not arguments.file.is_file():
        raise WeightsRefused("E_WEIGHTS_FILE", path=str(arguments.file))
    out = checked_out(arguments.out)
    handed_in = inspect_import(arguments.file.read_bytes(), arguments.file.name)
    wanted = wishes(arguments, handed_in)
    from trainers.cli.running import attempt_folder, finished, loaded

    base = loaded(arguments, settings)
    with attempt_folder() as folder:
        told = {
            "kind": "import",
            "seed": 0,
            "base_model": {"id": base.id, "revision": base.revision},
            "import": {
                **wanted,
                "name": handed_in.name,
                "files": _laid(handed_in, folder / "weights"),
                "peft": handed_in.peft,
                "consent": consent_of(arguments),
            },
        }
        done = _taken(finished(folder, told, base), folder, out)
    card = handed_in.card or {}
    return done | {name: card[name] for name in ("licence", "credits") if name in card}


def wishes(arguments: argparse.Namespace, handed_in: InspectedImport) -> dict[str, str]:
    """Word, kind, class word and trigger: as asked, else as the pack's card or the file's notes say.

    Raises: WordRefused.
    """
    card: Mapping[str, Any] = handed_in.card or {}
    said: Mapping[str, str] = handed_in.files[0].facts.get("said") or {}
    kind = arguments.kind or card.get("kind") or said.get("tintype.kind")
    name = arguments.word or card.get("name") or said.get("tintype.word") or suggested(arguments.file.stem)
    return {
        "word": check_word(name),
        "kind": kind if kind in KINDS else PLAIN_KIND,
        "class_word": arguments.class_word or card.get("class_word") or said.get("tintype.class_word", ""),
        "trigger": arguments.trigger,
    }


def _laid(handed_in: InspectedImport, folder: Path) -> list[dict[str, str]]:
    folder.mkdir(mode=0o700)
    rows = []
    for number, file in enumerate(handed_in.files, 1):
        name = f"{number}{SUFFIX}"
        (folder / name).write_bytes(file.content)
        rows.append({"path": f"{folder.name}/{name}"})
    return rows


def _taken(done: Done, folder: Path, out: Path) -> dict[str, Any]:
    """Move the results beside each other, the weights last."""
    told: dict[str, Any] = {"ok": True, **done.result}
    places = {"sheet": out.with_name(f"{out.stem}-sheet"), "weights": out.with_suffix("")}
    for role, place in places.items():
        file = next(file for file in done.files if file.role == role)
        target = place.with_name(place.name + Path(file.path).suffix)
        write_atomic(target, (folder / file.path).read_bytes(), mode=0o644)
        told["out" if role == "weights" else role] = str(target)
    print(f"Wrote {told['out']}; look at {told['sheet']} before you use it.", file=sys.stderr)
    return told
