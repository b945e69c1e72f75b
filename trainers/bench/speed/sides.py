"""The two that are compared: how each is asked for the same training, and where it leaves its file."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

from storage.errors import TintypeError
from trainers.bench.speed import photos
from trainers.miniature import MODEL_ID, WEIGHTS

LAUNCHER = Path(__file__).with_name("launcher.py")
OURS, REFERENCE = "ours", "reference"
WORD, PLACEHOLDER = "zed", "<zed>"
VECTORS = 4  # rows of textual inversion, on both sides
SEED = 0
METHODS = ("lora", "textual_inversion")
#: what only this script of diffusers' examples has -> the method that it is
MARKS = {
    frozenset({"DreamBoothDataset", "LoraConfig"}): "lora",
    frozenset({"TextualInversionDataset"}): "textual_inversion",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One training, the same for both sides."""

    method: str
    base: Path | None  #: a folder in diffusers' layout; None is the miniature
    photos: Path
    size_px: int
    steps: int
    batch: int
    rank: int

    @property
    def folder(self) -> Path:
        """Where the base lies."""
        return self.base or WEIGHTS


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two, started through the launcher."""

    name: str
    python: str
    program: tuple[str, ...]

    def command(self, measured: Path) -> list[str]:
        """The process to start; it writes `measured`."""
        return [self.python, str(LAUNCHER), str(measured), *self.program]


def method_of(script: Path) -> str:
    """What a script of diffusers' examples teaches, by what it is made of.

    Raises: TintypeError E_BENCH_SCRIPT when it is neither of the two, or cannot be read.
    """
    try:
        tree = ast.parse(script.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise TintypeError("E_BENCH_SCRIPT", path=str(script), reason=str(error)) from error
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for marks, method in MARKS.items():
        if marks <= names:
            return method
    raise TintypeError("E_BENCH_SCRIPT", path=str(script), reason="it is neither of these scripts")


def ours(order: Order, out: Path) -> Side:
    """`tintype-trainer train`, with one sample point, and as it is otherwise."""
    chosen = {"min_steps": order.steps, "max_steps": order.steps, "batch_size": order.batch, "points": 1}
    chosen |= {"rank": order.rank, "alpha": order.rank} if order.method == "lora" else {"vectors": VECTORS}
    asked = {
        "--photos": order.photos,
        "--word": WORD,
        "--kind": photos.KIND,
        "--class-word": photos.CLASS_WORD,
        "--method": order.method,
        "--seed": SEED,
        "--base-model": order.base or MODEL_ID,
        "--out": out / "word.safetensors",
    }
    settings = [part for name, value in chosen.items() for part in ("--set", f"{name}={value}")]
    program = ("-m", "trainers.bench.speed.ours", "train", *_flat(asked), *settings)
    return Side(OURS, sys.executable, program)


def reference(order: Order, out: Path, script: Path, python: str) -> Side:
    """The script, with its own defaults wherever ours has no say."""
    asked: dict[str, object] = {
        "--pretrained_model_name_or_path": order.folder.resolve(),
        "--output_dir": out,
        "--resolution": order.size_px,
        "--train_batch_size": order.batch,
        "--max_train_steps": order.steps,
        "--seed": SEED,
    }
    if order.method == "lora":
        asked |= {
            "--instance_data_dir": order.photos,
            "--instance_prompt": f"a {WORD} {photos.CLASS_WORD}",
            "--rank": order.rank,
        }
    else:
        asked |= {
            "--train_data_dir": order.photos,
            "--learnable_property": "object",
            "--placeholder_token": PLACEHOLDER,
            "--initializer_token": photos.CLASS_WORD,
            "--num_vectors": VECTORS,
        }
    return Side(REFERENCE, python, (str(script.resolve()), *_flat(asked)))


def _flat(asked: dict[str, object]) -> list[str]:
    return [str(part) for option in asked.items() for part in option]
