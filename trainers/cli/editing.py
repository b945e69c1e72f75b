"""`tintype-trainer edit`: a photo, what it shows and what it is to show in; the changed photo out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from trainers.cli import Subparsers, add_base, add_command, bounded, imagine
from trainers.settings import TrainerSettings

EDIT = "null_text"
AS_USUAL = {"negative": "", "seed": 0, "guidance": None}  # one photo and the same words: one picture


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "edit", "change what a photo shows, in words; what they do not touch stays", run)
    parser.add_argument("--image", type=Path, required=True, metavar="FILE", help="the photo")
    parser.add_argument("--said", required=True, metavar="TEXT", help="what it shows, in plain words")
    parser.add_argument("--prompt", required=True, metavar="TEXT", help="the same with what is to change; words too")
    parser.add_argument(
        "--weights", action="append", default=[], metavar="FILE[:STRENGTH]", help="a word's file; repeatable"
    )
    parser.add_argument(
        "--strength",
        type=bounded(float, imagine.LEAST_STRENGTH, 1.0),
        default=imagine.IMAGE_STRENGTH,
        metavar="S",
        help=f"how far to leave the photo: {imagine.LEAST_STRENGTH} hardly, 1 wholly "
        f"(default: {imagine.IMAGE_STRENGTH})",
    )
    parser.add_argument(
        "--count", type=int, default=1, metavar="N", help="1 to 4 pictures, each leaving the photo further (default: 1)"
    )
    parser.add_argument("--shape", choices=imagine.SHAPES, help="default: the photo's")
    work = parser.add_mutually_exclusive_group()
    work.add_argument("--quality", choices=imagine.QUALITIES, default="normal", help="how much work goes into it")
    work.add_argument(
        "--steps",
        type=bounded(int, 1, imagine.MOST_STEPS),
        metavar="N",
        help="denoising steps (default: the base model's)",
    )
    parser.add_argument("--keep-prompt", action="store_true", help="write the prompt into the files, too")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the pictures go")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Do what the bot's `/edit` does.

    Raises: as `imagine.made`.
    """
    told = vars(arguments) | {"image_strength": arguments.strength, "strength": [], **AS_USUAL}
    return imagine.made(argparse.Namespace(**told), settings, edit=EDIT, said=arguments.said)
