"""`tintype-trainer models merge`: base models of one family in, a folder with a new one out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from trainers.cli import Subparsers, bounded, out_folder

MOST_AMOUNT = 2.0
EXPLAINED = """
ways of merging, m being the amount:
  A B            weighted sum, A·(1 − m) + B·m
  A B --minus C  add difference, A + m·(B − C): what B has learned beyond C is added to A

UNet and text encoders are merged; VAE, vocabulary, scheduler, settings and precision are A's. Where A is a model for
inpainting and B is not, the further channels that A sees stay A's; where both are, these are merged too, and a C that
does not see them counts as zeros there. A model is named as everywhere: a folder in diffusers' layout, or
owner/name@revision that was fetched. Example: an inpainting model of one's own,

  tintype-trainer models merge stable-diffusion-v1-5/stable-diffusion-inpainting@main my-model \\
    --minus stable-diffusion-v1-5/stable-diffusion-v1-5@main --amount 1 --to my-inpainting
"""


def add_to(inner: Subparsers) -> None:
    """Its options."""
    parser = inner.add_parser(
        "merge",
        help="make one base model of two or three of a family",
        description="make one base model of two or three of a family",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=EXPLAINED,
    )
    parser.add_argument("first", metavar="A", help="the one that the new model is built like")
    parser.add_argument("second", metavar="B", help="the one that is mixed in, or added")
    parser.add_argument("--minus", metavar="C", help="add difference: what B was made from")
    parser.add_argument(
        "--amount", required=True, type=bounded(float, 0, MOST_AMOUNT), metavar="M", help="0 to 2; 0 leaves A as it is"
    )
    parser.add_argument("--to", required=True, type=Path, metavar="FOLDER", help="the new model; must not be there yet")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    """Check everything that can be checked before a number is read, then merge.

    Raises: TintypeError as `model_named` and `blend`, E_OUT_FOLDER.
    """
    from trainers.blending import Recipe, blend, model_named, told_of
    from trainers.cli.bar import Bar
    from trainers.events import Step
    from trainers.models import fingerprint

    recipe = Recipe(
        first=model_named(arguments.first),
        second=model_named(arguments.second),
        less=model_named(arguments.minus) if arguments.minus else None,
        amount=arguments.amount,
    )
    target: Path = arguments.to
    out_folder(target.parent)
    bar = Bar(sys.stderr)
    tensors = blend(recipe, target, lambda done, total: bar.show(Step(phase="merge", done=done, total=total)))
    bar.close()
    print(f"Wrote {target}. Use it with --base-model or TINTYPE_BASE_MODEL={target}", file=sys.stderr)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    told = {"ok": True, "out": str(target), "revision": fingerprint(target), "family": recipe.first.family.name}
    return told | told_of(recipe) | {"tensors": tensors, "bytes": size}
