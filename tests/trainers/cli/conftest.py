from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from trainers.__main__ import main
from trainers.miniature.world import held_out_subjects, photos_of

Tell = Callable[..., tuple[int, dict[str, Any], str]]
SHORT = ("--set", "min_steps=3", "--set", "max_steps=3", "--set", "points=1")


def photo_folder(folder: Path, count: int = 3) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, (photo, _) in enumerate(photos_of(held_out_subjects(1)[0], count, seed=1, size=128)):
        photo.save(folder / f"{number}.png")
    return folder


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Tell:
    """Run the command line; its exit code, the JSON in its last line, and what it said on standard error."""
    monkeypatch.setenv("TINTYPE_DATA_DIR", str(tmp_path / "data"))

    def run(*argv: object) -> tuple[int, dict[str, Any], str]:
        code = main([str(part) for part in argv])
        said = capsys.readouterr()
        return code, json.loads(said.out.splitlines()[-1]), said.err

    return run


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A word's file of each method, learned through the command line."""
    folder = tmp_path_factory.mktemp("learned")
    photos = photo_folder(folder / "photos")
    return {method: _learned(folder, photos, method, word) for method, word in METHODS.items()}


METHODS = {"lora": "zed", "textual_inversion": "ivo"}


def _learned(folder: Path, photos: Path, method: str, word: str) -> Path:
    out = folder / f"{word}.safetensors"
    argv: Sequence[object] = ("train", "--photos", photos, "--word", f"<{word}>", "--kind", "animal", "--class-word",
                              "dog", "--method", method, "--out", out, "--device", "cpu", *SHORT)  # fmt: skip
    assert main([str(part) for part in argv]) == 0
    return out
