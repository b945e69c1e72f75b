"""`tintype-trainer merge`: finished words of one base model in, one word's file out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError, WeightsRefused
from storage.inspection_client import inspect_import
from storage.words import NAME, check_word, suggested
from trainers.cli import MOST_SEED, Subparsers, add_base, add_command, bounded, out_folder
from trainers.cli.imagine import weights_of
from trainers.cli.train import SUFFIX, checked_out
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.merging import Merged, Parent
    from trainers.pipeline import Base
    from trainers.weights import Label

MOST_FILES = 8
MOST_RANK = 1024
WAYS = ("linear", "svd", "ties", "dare", "constrained")
#: which ways an option says something to
OPTIONS: Mapping[str, Sequence[str]] = {
    "rank": ("svd", "ties", "dare"),
    "density": ("ties", "dare"),
    "seed": ("dare",),
    "shares": ("constrained",),
}
EXPLAINED = """
ways of merging:
  linear  the sum of all, exactly; as many ranks as all have together (default)
  svd     the sum, brought back to one rank by singular values
  ties    of each file the largest numbers; where they pull apart, those of the stronger sign (TIES)
  dare    of each file numbers drawn by lot, the rest scaled up to make up for the others (DARE)
  constrained
          of Custom Diffusion alone: the least change of keys and values in which each word finds what it finds in its
          own file; with --shares each word's part of it too, as files that stand in prompts as words of their own

The new word stands for all of them: <new> is heard as their texts or embeddings one after another. In other programs
one types the trigger phrase that is printed; embeddings lie in the file under each word's own name. Versions of one
word are added up. Example: the mean of two versions of a word:

  tintype-trainer merge rex-1.safetensors:0.5 rex-2.safetensors:0.5 --word rex --to rex.safetensors
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One file that was named, found to be readable."""

    name: str
    weight: float
    files: Sequence[Path]
    label: Label
    word: str
    peft: Mapping[str, Any] | None = None  #: scales, of peft's folder


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "merge", "make one word's file of several", run)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXPLAINED
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE[:WEIGHT]",
        help="a LoRA or embedding of ours, kohya or diffusers, a pack, or peft's folder as a zip; weight 0 to 2",
    )
    parser.add_argument("--how", choices=WAYS, default=WAYS[0], help="see below (default: linear)")
    parser.add_argument(
        "--density",
        type=bounded(float, 0.01, 0.99),
        metavar="D",
        help="ties and dare: the share of each file's numbers that is kept (default: 0.5)",
    )
    parser.add_argument(
        "--rank",
        type=bounded(int, 1, MOST_RANK),
        metavar="N",
        help="svd, ties and dare: of the new file (default: the highest of any file)",
    )
    parser.add_argument(
        "--seed", type=bounded(int, 0, MOST_SEED), metavar="N", help="dare: the same seed draws the same (default: 0)"
    )
    parser.add_argument(
        "--shares", type=Path, metavar="DIR", help="constrained: write each word's share too, as DIR/<word>.safetensors"
    )
    parser.add_argument("--word", metavar="NAME", help="what it is called (default: the new file's name)")
    parser.add_argument(
        "--half", action="store_true", help="round to half precision: half the size, off by a thousandth at most"
    )
    parser.add_argument("--to", required=True, type=Path, metavar="OUT.safetensors", help="the new file")
    add_base(parser)


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Check everything that can be checked before the base is loaded, then merge; nothing is written but at the end.

    Raises: TintypeError E_MERGE_MANY, E_MERGE_OPTION, E_MERGE_BASES, E_MERGE_KIND, E_MERGE_VECTORS, E_MERGE_TEXT,
    E_MERGE_CUSTOM, E_MERGE_TWICE, E_MERGE_CROWDED, E_OUT_SUFFIX, E_OUT_FOLDER, E_OUT_TAKEN, E_WEIGHTS_STRENGTH;
    WeightsRefused as `taken`; WordRefused.
    """
    if len(arguments.files) > MOST_FILES:
        raise TintypeError("E_MERGE_MANY", most=MOST_FILES)
    _check_options(arguments)
    named = [weights_of(text) for text in arguments.files]
    word = check_word(arguments.word or suggested(arguments.to.stem))
    out = checked_out(arguments.to)
    from trainers.cli.running import attempt_folder, base_named_in, loaded

    with attempt_folder() as folder:
        given = [_given(path, weight, folder / str(number)) for number, (path, weight) in enumerate(named, 1)]
        check_bases(given)
        _check_shares(arguments.shares, given, out)
        base = loaded(arguments, settings, base_named_in([each.label for each in given]))
        return _merged(arguments, base, word, [_parent(base, each) for each in given], out)


def _check_options(arguments: argparse.Namespace) -> None:
    for option, ways in OPTIONS.items():
        if getattr(arguments, option) is not None and arguments.how not in ways:
            raise TintypeError("E_MERGE_OPTION", option=f"--{option}", how=arguments.how)


def _check_shares(folder: Path | None, given: Sequence[Given], out: Path) -> None:
    """Nothing is written over: words' own files are often called as shares are, and so may the merged file be."""
    if folder is None:
        return
    out_folder(folder)
    for path in (_share_path(folder, each.word) for each in given):
        if path.exists() or path.resolve() == out.resolve():
            raise TintypeError("E_OUT_TAKEN", path=str(path))


def _share_path(folder: Path, word: str) -> Path:
    return folder / f"{word}{SUFFIX}"


def _given(path: Path, weight: float, folder: Path) -> Given:
    """A file to read: what is no .safetensors is checked and unpacked by the inspector first."""
    from trainers.weights import read_label

    files, peft, card = [path], None, {}
    if path.suffix != SUFFIX:
        handed_in = inspect_import(path.read_bytes(), path.name)
        folder.mkdir(mode=0o700)
        files = [folder / f"{number}{SUFFIX}" for number in range(1, len(handed_in.files) + 1)]
        for file, content in zip(files, handed_in.files, strict=True):
            file.write_bytes(content.content)
        peft, card = handed_in.peft, dict(handed_in.card or {})
    label = read_label(files[0])
    said = str(card.get("name") or ("" if label.word == files[0].stem else label.word))
    word = said if NAME.fullmatch(said) else suggested(path.name.partition(".")[0])
    return Given(name=path.name, weight=weight, files=files, label=label, word=word, peft=peft)


def check_bases(given: Sequence[Given]) -> None:
    """Those that say which base they were made for must say the same.

    Raises: TintypeError E_MERGE_BASES.
    """
    known = [each for each in given if each.label.base_model]
    for other in known[1:]:
        if _base_of(other.label) != _base_of(known[0].label):
            raise TintypeError(
                "E_MERGE_BASES",
                file=known[0].name,
                made_for=_base_of(known[0].label),
                other=other.name,
                other_for=_base_of(other.label),
            )


def _base_of(label: Label) -> str:
    return f"{label.base_model} ({label.base_revision})"


def _parent(base: Base, given: Given) -> Parent:
    from trainers.merging import Parent
    from trainers.taking import Order, taken

    order = Order(
        word=given.word,
        class_word=given.label.class_word,
        files=given.files,
        name=given.name,
        peft=given.peft,
        is_exact=True,
    )
    found = taken(base, order)
    if found.made_for:
        made_for, here = _base_of(given.label), f"{base.id} ({base.revision})"
        raise WeightsRefused("E_WEIGHTS_BASE", file=given.name, made_for=made_for, base=here)
    return Parent(found.adapter, given.weight, given.label.kind)


def _merged(
    arguments: argparse.Namespace, base: Base, word: str, parents: Sequence[Parent], out: Path
) -> dict[str, Any]:
    from trainers.cli.bar import Bar
    from trainers.events import Step
    from trainers.merging import USUAL_DENSITY, Way, merged, write_merged

    way = Way(
        how=arguments.how,
        density=arguments.density or USUAL_DENSITY,
        rank=arguments.rank,
        seed=arguments.seed or 0,
    )
    bar = Bar(sys.stderr)
    found = merged(base, word, parents, way, lambda done, total: bar.show(Step(phase="merge", done=done, total=total)))
    bar.close()
    write_merged(out, base, found, is_half=arguments.half)
    shares = _written_shares(arguments, base, found)
    size = out.stat().st_size
    print(f"Wrote {out} ({size / 1000:.0f} kB)", file=sys.stderr)
    return _told(found, out, size) | ({"shares": shares} if shares else {})


def _written_shares(arguments: argparse.Namespace, base: Base, found: Merged) -> list[str]:
    from trainers.merging import shares_of, write_merged

    if arguments.shares is None:
        return []
    paths = []
    for share in shares_of(found):
        paths.append(_share_path(arguments.shares, share.adapter.word))
        write_merged(paths[-1], base, share, is_half=arguments.half)
    return [*map(str, paths)]


def _told(found: Merged, out: Path, size: int) -> dict[str, Any]:
    from trainers.events import sha256_of
    from trainers.weights import read_label

    return {
        "ok": True,
        "word": found.adapter.word,
        "class_word": found.adapter.class_word,
        "kind": found.kind,
        "how": str(found.way),
        "trigger": read_label(out).trigger,
        "parents": [{"word": each.adapter.word, "weight": each.weight} for each in found.parents],
        "layers": len(found.adapter.linear),
        "embeddings": sorted(found.rows),
        "bytes": size,
        "sha256": sha256_of(out),
        "out": str(out),
    }
