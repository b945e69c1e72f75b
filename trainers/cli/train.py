"""`tintype-trainer train`: a folder of photos in, a word's weights out."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.atomic import write_atomic
from storage.errors import TintypeError
from storage.records import Kind
from storage.words import check_word
from trainers.cli import MOST_SEED, Subparsers, add_base, add_command, bounded, out_folder
from trainers.cli.photos import REST_CHARACTERS, Photo, check_captions, files_in, photos_in
from trainers.events import Done
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.pipeline import Base

SUFFIX = ".safetensors"
KINDS = tuple(str(kind) for kind in Kind)


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "train", "learn a word from a folder of photos", run)
    parser.add_argument(
        "--photos", required=True, type=Path, metavar="DIR",
        help="JPEG, PNG, WebP, AVIF, GIF or HEIC files; dog.txt beside dog.jpg says what that one shows",
    )  # fmt: skip
    parser.add_argument(
        "--captions", action="store_true",
        help="refuse photos without such a file, or with one that is empty or too long to be learned whole",
    )  # fmt: skip
    parser.add_argument(
        "--word", required=True, metavar="NAME", help="with or without brackets: ana-dog or '<ana-dog>'"
    )
    parser.add_argument("--kind", choices=KINDS, default="object", help="what the photos show (default: object)")
    parser.add_argument("--class-word", metavar="WORD", default="", help="the known word it is a kind of, e.g. dog")
    parser.add_argument("--method", metavar="M", default="lora", help="see `tintype-trainer methods` (default: lora)")
    parser.add_argument(
        "--seed",
        type=bounded(int, 0, MOST_SEED),
        metavar="N",
        default=0,
        help="the same seed gives the same weights (default: 0)",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="a setting of the method; repeatable"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.safetensors", help="where the weights go")
    parser.add_argument(
        "--i-am-this-person",
        action="store_true",
        help="for --kind person: the photos show me, I am 18 or older, and I agree",
    )
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Check everything that can be checked before the base is loaded, then run the job that the bot runs.

    Raises: TintypeError with the code of whatever is wrong.
    """
    word = check_word(arguments.word)
    chosen = settings_of(arguments.set)
    out = checked_out(arguments.out)
    files_in(arguments.photos)
    from trainers.cli.running import NEVER_S, attempt_folder, finished, loaded

    is_captioned = _needs_captions(arguments.method) or arguments.captions
    if is_captioned:
        check_captions(arguments.photos)
    base = loaded(arguments, settings)
    photos = photos_in(arguments.photos, base.size_px)
    if is_captioned:
        check_heard(base, word, photos)
    with attempt_folder() as folder:
        told = {
            "kind": "train",
            "seed": arguments.seed,
            "base_model": {"id": base.id, "revision": base.revision},
            "train": {
                "word": word,
                "kind": arguments.kind,
                "class_word": arguments.class_word,
                "method": arguments.method,
                "settings": chosen,
                "photos": _laid(photos, folder / "photos"),
                "consent": consent_of(arguments),
                "checkpoint_every_s": NEVER_S,
            },
        }
        return _taken(finished(folder, told, base), folder, out)


def settings_of(texts: Sequence[str]) -> Mapping[str, str]:
    """`["steps=300"]` as a mapping; values are read by the method.

    Raises: TintypeError E_METHOD_SYNTAX.
    """
    chosen = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals or not value:
            raise TintypeError("E_METHOD_SYNTAX", setting=text[:80])
        chosen[name.strip().replace("-", "_")] = value.strip()
    return chosen


def checked_out(out: Path) -> Path:
    """The file to write, in a folder that exists by now.

    Raises: TintypeError E_OUT_SUFFIX, E_OUT_FOLDER.
    """
    if out.suffix != SUFFIX:
        raise TintypeError("E_OUT_SUFFIX", path=str(out))
    out_folder(out.parent)
    if out.is_dir():
        raise TintypeError("E_OUT_FOLDER", path=str(out), reason="it is a folder")
    return out


def _needs_captions(method: str) -> bool:
    """Whether a method learns from captions before all; most do not.

    Raises: TintypeError E_METHOD.
    """
    from trainers.method import method_named

    return bool(getattr(method_named(method), "needs_captions", False))


def check_heard(base: Base, word: str, photos: Sequence[Photo]) -> None:
    """Each caption must fit into what the text encoder reads.

    Raises: TintypeError E_CAPTION_LONG.
    """
    from trainers.text import left_out

    for photo in photos:
        if rest := left_out(base, f"<{word}>, {photo.caption}", ()):
            raise TintypeError("E_CAPTION_LONG", photo=photo.name, rest=rest[:REST_CHARACTERS])


def _laid(photos: Sequence[Photo], folder: Path) -> list[dict[str, Any]]:
    folder.mkdir(mode=0o700)
    rows = []
    for number, photo in enumerate(photos, 1):
        (folder / f"{number:04}.png").write_bytes(photo.content)
        rows.append({"path": f"photos/{number:04}.png", "caption": photo.caption})
    return rows


def consent_of(arguments: argparse.Namespace) -> dict[str, Any] | None:
    """What the person at the keyboard says about themselves, as the job's row of consent."""
    if not arguments.i_am_this_person:
        return None
    return {"person": "self", "text_version": "command-line-1", "given_at": int(time.time())}


def _taken(done: Done, folder: Path, out: Path) -> dict[str, Any]:
    """Move the results beside each other, the weights last: they are the sign that all is there."""
    told: dict[str, Any] = {"ok": True, **done.result}
    places = {
        "sheet": out.with_name(f"{out.stem}-sheet.png"),
        "curve": out.with_name(f"{out.stem}-curve.png"),
        "weights": out,
    }
    for role, place in places.items():
        for file in done.files:
            if file.role == role:
                target = place.with_suffix(Path(file.path).suffix)
                write_atomic(target, (folder / file.path).read_bytes(), mode=0o644)
                told[role if role != "weights" else "out"] = str(target)
    print(f"Wrote {told['out']} ({told['bytes'] / 1000:.0f} kB)", file=sys.stderr)
    return told
