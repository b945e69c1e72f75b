"""`bench train`: how fast a training is and what it takes, beside diffusers' own script on the same photos."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from storage.errors import TintypeError
from trainers.bench.speed import photos, shape, sides
from trainers.bench.speed.rounds import TAIL_CHARACTERS, Took, medians, ratios, run_rounds, table
from trainers.bench.speed.sides import OURS, REFERENCE, Order, Side
from trainers.cli import Subparsers, add_command, bounded
from trainers.miniature import MODEL_ID
from trainers.settings import TrainerSettings

if TYPE_CHECKING:
    from trainers.bench.speed.flops import Counted

SHAPES = {"miniature": 64, "sd": shape.SIZE_PX}  #: base -> the side in px that it is trained at


def add(subparsers: Subparsers) -> None:
    """Its options."""
    parser = add_command(subparsers, "train", "train beside diffusers' own script, and compare speed and memory", run)
    parser.add_argument(
        "--reference", type=Path, metavar="SCRIPT",
        help="train_dreambooth_lora.py or textual_inversion.py of the examples of the diffusers that is installed;"
        " without it, ours alone",
    )  # fmt: skip
    parser.add_argument(
        "--reference-python", default=sys.executable, metavar="PATH",
        help="the Python for it, where its packages (torchvision, accelerate, …) are (default: this one)",
    )  # fmt: skip
    parser.add_argument("--method", choices=sides.METHODS, help="(default: the script's, or lora)")
    parser.add_argument(
        "--photos", choices=photos.SIZES, default="small",
        help="PNG of the size that the base is trained at (64 px), or JPEG of 12 megapixels (default: small)",
    )  # fmt: skip
    parser.add_argument(
        "--shape", choices=list(SHAPES), default=MODEL_ID,
        help="the base: the miniature, or one of Stable Diffusion's shape with random weights at 256 px",
    )  # fmt: skip
    _add_numbers(parser)


def _add_numbers(parser: argparse.ArgumentParser) -> None:
    for name, default, low, high, what in (
        ("--steps", 300, 2, 100_000, "of each training"),
        ("--rounds", 3, 1, 100, "how often both are run, in turn"),
        ("--batch", 4, 1, 64, "photos in a step"),
        ("--rank", 16, 1, 256, "of a LoRA"),
    ):
        number = bounded(int, low, high)
        parser.add_argument(name, type=number, default=default, metavar="N", help=f"{what} (default: {default})")


def run(arguments: argparse.Namespace, settings: TrainerSettings) -> dict[str, Any]:
    """Draw the photos, run both sides in turn, print the table, and for Stable Diffusion's shape what FLOPs allow.

    Raises: TintypeError E_BENCH_SCRIPT, E_BENCH_METHOD, E_BENCH_PYTHON, E_BENCH_MISSING, E_BENCH_RUN.
    """
    method = _method(arguments)
    with TemporaryDirectory(prefix="tintype-bench-") as name:
        folder = Path(name)
        order = _order(arguments, method, folder)
        found = run_rounds(_sides(arguments, order), folder, arguments.rounds, order.steps, order.batch)
        allowed = _counted(order, settings) if arguments.shape == "sd" else None
    print(table(found), file=sys.stderr)
    told = {
        "ok": True,
        "asked": {name: getattr(arguments, name) for name in ("photos", "shape", "steps", "rounds", "batch", "rank")},
        "method": method,
        "trainings": [asdict(one) for one in found],
        "ratios": ratios(found),
    }
    return told if allowed is None else told | {"flops": _said(allowed, found)}


def _method(arguments: argparse.Namespace) -> str:
    """What both sides teach; the script decides, if there is one."""
    if arguments.reference is None:
        return arguments.method or sides.METHODS[0]
    method = sides.method_of(arguments.reference)
    if arguments.method not in (None, method):
        raise TintypeError("E_BENCH_METHOD", path=str(arguments.reference), method=method, asked=arguments.method)
    return method


def _order(arguments: argparse.Namespace, method: str, folder: Path) -> Order:
    photos.write_photos(arguments.photos, folder / "photos", SHAPES[arguments.shape])
    base = None
    if arguments.shape == "sd":
        base = folder / shape.NAME
        shape.write_base(base)
    return Order(
        method=method,
        base=base,
        photos=folder / "photos",
        size_px=SHAPES[arguments.shape],
        steps=arguments.steps,
        batch=arguments.batch,
        rank=arguments.rank,
    )


def _sides(arguments: argparse.Namespace, order: Order) -> Mapping[str, Callable[[Path], Side]]:
    found: dict[str, Callable[[Path], Side]] = {OURS: lambda out: sides.ours(order, out)}
    script, python = arguments.reference, arguments.reference_python
    if script is not None:
        found[REFERENCE] = lambda out: sides.reference(order, out, script, python)
    return found


def _counted(order: Order, settings: TrainerSettings) -> Counted:
    """In a process of its own, right after the trainings: it is the same machine in about the same mood."""
    from trainers.bench.speed.flops import Counted

    command = [sys.executable, "-m", "trainers.bench.speed.flops", str(order.base or MODEL_ID), str(order.photos)]
    command += [order.method, str(order.batch), str(order.rank), settings.device, settings.beside.precision]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  ourselves
    if done.returncode:
        raise TintypeError("E_BENCH_RUN", side=OURS, status=done.returncode, reason=done.stderr[-TAIL_CHARACTERS:])
    return Counted(**json.loads(done.stdout))


def _said(allowed: Counted, found: Sequence[Took]) -> dict[str, float]:
    """The bounds and what was reached of them, also as lines for a reader."""
    reached = medians(found, OURS)["samples_per_s"] / allowed.most_samples_per_s
    ratio = ratios(found).get("samples_per_s", {}).get("median")
    lines = [
        f"FLOPs of a sample: ours {allowed.ours / 1e9:,.1f} G, the reference's {allowed.reference / 1e9:,.1f} G",
        f"fastest matrix product, 2048 × 2048: {allowed.matmul_per_s / 1e9:,.0f} GFLOP/s",
        f"fastest 3 × 3 convolution, 4 × 256 × 64 × 64: {allowed.convolution_per_s / 1e9:,.0f} GFLOP/s",
        f"at the better of these: {allowed.most_samples_per_s:.2f} samples a second; ours reached {reached:.0%}",
    ]
    told = asdict(allowed) | {"most_samples_per_s": allowed.most_samples_per_s, "reached": reached}
    told["most_ratio"] = allowed.most_ratio
    if ratio is not None:
        told["reached_of_ratio"] = ratio / allowed.most_ratio
        lines.append(
            f"times the reference: FLOPs allow {allowed.most_ratio:.2f}; reached {ratio / allowed.most_ratio:.0%}"
        )
    print("\n".join(lines), file=sys.stderr)
    return told
