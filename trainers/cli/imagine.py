"""`tintype-trainer imagine`: a prompt and words' weights in, pictures out."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from storage.atomic import write_atomic
from storage.errors import NotFound, TintypeError, WeightsRefused
from storage.inspection_client import InspectedPhoto, inspect_photo
from storage.words import MAX_STRENGTH, words_in
from trainers.cli import MOST_SEED, Subparsers, add_base, add_command, bounded, out_folder
from trainers.events import Done
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.weights import Label

MOST = 4
MOST_STEPS = 200  # further ones change nothing that one sees
MOST_GUIDANCE = 30.0
LIMIT_BYTES = 64 << 20  # a command line has no upload limit; this only keeps PNG from being refused
SHAPES = ("square", "portrait", "landscape")
QUALITIES = ("fast", "normal", "fine")
IMAGE_STRENGTH, LEAST_STRENGTH = 0.6, 0.1  # how far pictures leave the one they begin from
WIDE = 1.2  # from this ratio of its sides on a picture is no square

Given = tuple[Path, float]  # a word's file and its strength


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "imagine", "make pictures from a prompt, with words in it", run)
    parser.add_argument("--prompt", required=True, metavar="TEXT", help="write a word as <name> or <name:0.8>")
    parser.add_argument(
        "--weights", action="append", default=[], metavar="FILE[:STRENGTH]", help="a word's file; repeatable"
    )
    parser.add_argument(
        "--strength",
        action="append",
        default=[],
        metavar="NAME:STRENGTH",
        help="how strongly a word shows, beside what the prompt says; repeatable",
    )
    parser.add_argument("--negative", default="", metavar="TEXT", help="what not to show")
    parser.add_argument("--shape", choices=SHAPES, help="default: the shape of the picture to begin from, else square")
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture to begin from")
    parser.add_argument(
        "--image-strength",
        type=bounded(float, LEAST_STRENGTH, 1.0),
        metavar="S",
        help=f"how far to leave that picture: {LEAST_STRENGTH} hardly, 1 wholly (default: {IMAGE_STRENGTH})",
    )
    parser.add_argument("--count", type=int, default=1, metavar="N", help="1 to 4 pictures (default: 1)")
    parser.add_argument(
        "--seed",
        type=bounded(int, 0, MOST_SEED),
        metavar="N",
        help="the same seed gives the same pictures (default: any)",
    )
    work = parser.add_mutually_exclusive_group()
    work.add_argument("--quality", choices=QUALITIES, default="normal", help="how much work goes into it")
    work.add_argument(
        "--steps", type=bounded(int, 1, MOST_STEPS), metavar="N", help="denoising steps (default: the base model's)"
    )
    parser.add_argument(
        "--guidance",
        type=bounded(float, 0, MOST_GUIDANCE),
        metavar="G",
        help="how closely to follow the prompt (default: the base model's)",
    )
    parser.add_argument("--keep-prompt", action="store_true", help="write the prompt into the files, too")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where the pictures go")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """What `made` makes of the options above."""
    return made(arguments, settings)


def made(arguments: argparse.Namespace, settings: TrainerSettings, **edit: str) -> dict[str, Any]:
    """Check everything that can be checked before the base is loaded, then run the job that the bot runs.

    `edit` is what its relation says beside the picture and the strength.
    Raises: TintypeError E_COUNT, E_WEIGHTS_FILE, E_WEIGHTS_STRENGTH, E_OUT_FOLDER, E_IMAGE_FILE; WeightsRefused for a
    broken file, PhotoRejected for a picture that cannot be begun from.
    """
    if not 1 <= arguments.count <= MOST:
        raise TintypeError("E_COUNT", count=arguments.count)
    given = [weights_of(text) for text in arguments.weights]
    if arguments.image_strength is not None and arguments.image is None:
        raise TintypeError("E_STRENGTH_ALONE")
    out = out_folder(arguments.out)
    from trainers.cli.running import attempt_folder, base_named_in, finished, loaded
    from trainers.weights import read_label

    labels = [read_label(path) for path, _ in given]
    given = _with_strengths(given, labels, arguments.strength)
    _warn_of_unused(arguments.prompt, labels)
    base = loaded(arguments, settings, base_named_in(labels))
    begun = _begun(arguments, base.size_px) if arguments.image else None
    with attempt_folder() as folder:
        told: dict[str, Any] = {
            "kind": "imagine",
            "seed": secrets.randbelow(MOST_SEED + 1) if arguments.seed is None else arguments.seed,
            "base_model": {"id": base.id, "revision": base.revision},
            "imagine": {
                "prompt": arguments.prompt,
                "negative_prompt": arguments.negative,
                "count": arguments.count,
                "shape": arguments.shape or (_shape_of(begun) if begun else "square"),
                "quality": arguments.quality,
                "relation": _laid_image(begun, arguments.image_strength, folder) | edit if begun else None,
                "steps": arguments.steps,
                "guidance_scale": arguments.guidance,
                "words": _laid(given, labels, folder / "weights"),
                "has_prompt": arguments.keep_prompt,
                "limit_bytes": LIMIT_BYTES,
            },
        }
        return _taken(finished(folder, told, base), folder, out)


def weights_of(text: str) -> tuple[Path, float]:
    """Read `FILE` or `FILE:0.8`.

    Raises: TintypeError E_WEIGHTS_FILE, E_WEIGHTS_STRENGTH.
    """
    name, colon, number = text.rpartition(":")
    if not colon or Path(text).is_file():
        name, number = text, "1"
    strength = _strength_of(number)
    if not Path(name).is_file():
        raise WeightsRefused("E_WEIGHTS_FILE", path=name)
    return Path(name), strength


def _strength_of(number: str) -> float:
    try:
        strength = float(number)
    except ValueError:
        strength = -1.0
    if not 0.0 <= strength <= MAX_STRENGTH:
        raise TintypeError("E_WEIGHTS_STRENGTH", value=number[:20])
    return strength


def _with_strengths(given: Sequence[Given], labels: Sequence[Label], told: Sequence[str]) -> list[Given]:
    """The files with what `--strength zed:0.8` says of their words.

    Raises: TintypeError E_WEIGHTS_STRENGTH, NotFound(E_NO_SUCH_WORD) for a word that no file has.
    """
    found = {label.word: 1.0 for label in labels}
    for text in told:
        name, _, number = text.rpartition(":")
        word = name.strip().removeprefix("<").lower()
        if word not in found:
            nearest = process.extractOne(word, list(found))
            raise NotFound("E_NO_SUCH_WORD", word=word[:40], nearest=nearest[0] if nearest else "")
        found[word] = _strength_of(number.removesuffix(">"))
    return [(path, strength * found[label.word]) for (path, strength), label in zip(given, labels, strict=True)]


def _begun(arguments: argparse.Namespace, size_px: int) -> InspectedPhoto:
    """The picture to begin from, rebuilt by the inspector as the bot has a member's rebuilt."""
    try:
        content = arguments.image.read_bytes()
    except OSError as error:
        raise TintypeError("E_IMAGE_FILE", path=str(arguments.image)) from error
    return inspect_photo(content, arguments.image.name, size_px)


def _shape_of(begun: InspectedPhoto) -> str:
    ratio = begun.width_px / max(1, begun.height_px)
    return "landscape" if ratio > WIDE else "portrait" if ratio < 1 / WIDE else "square"


def _laid_image(begun: InspectedPhoto, strength: float | None, folder: Path) -> dict[str, Any]:
    (folder / "begin.png").write_bytes(begun.image)
    return {"kind": "image", "parent": "begin.png", "strength": IMAGE_STRENGTH if strength is None else strength}


def _warn_of_unused(prompt: str, labels: Sequence[Label]) -> None:
    named = {word.name for word in words_in(prompt)}
    for label in labels:
        if label.word not in named:
            print(f"<{label.word}> does not stand in the prompt, so its weights do nothing.", file=sys.stderr)


def _laid(given: Sequence[Given], labels: Sequence[Label], folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(mode=0o700)
    rows = []
    for number, ((path, strength), label) in enumerate(zip(given, labels, strict=True), 1):
        name = f"weights/{number}.safetensors"
        shutil.copyfile(path, folder / Path(name).name)
        rows.append({"name": label.word, "multiplier": strength, "weights": [name]})
    return rows


def _taken(done: Done, folder: Path, out: Path) -> dict[str, Any]:
    told: dict[str, Any] = {"ok": True, **done.result, "images": []}
    for file in done.files:
        source = folder / file.path
        number = len(told["images"]) + 1
        target = out / (f"grid{source.suffix}" if file.role == "sheet" else f"{number:04}{source.suffix}")
        write_atomic(target, source.read_bytes(), mode=0o644)
        if file.role == "sheet":
            told["grid"] = str(target)
        else:
            told["images"].append(str(target))
    print(f"Wrote {len(told['images'])} to {out}", file=sys.stderr)
    return told
