"""Export and sheet: a word's file under its public name, and its samples drawn anew; import says that it is to come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.trainers.jobs.attempts import Told, attempt_of, ran, training_of
from trainers.imagine import finished
from trainers.pipeline import Base
from trainers.showing import drawn, shots_at
from trainers.weights import read_adapter, read_label

NAMES = {"lora": "rex.safetensors", "textual_inversion": "rex-emb.safetensors"}


def learned(base: Base, photos: list[Path], folder: Path, method: str) -> Path:
    told = ran(base, training_of(folder, photos, method=method))
    return folder / told.made("weights")[0].path


def ran_on(
    base: Base, folder: Path, job_kind: str, source: Path | None, order: dict[str, Any] | None = None, **row: Any
) -> Told:
    folder.mkdir()
    if source is not None:
        (folder / "1.safetensors").write_bytes(source.read_bytes())
    word = {"name": "rex", "weights": ["1.safetensors"], **row}
    return ran(base, attempt_of(folder, job_kind, {"words": [word]} | (order or {})))


@pytest.mark.parametrize("method", NAMES)
def test_an_export_bears_the_words_present_name(base: Base, photos: list[Path], tmp_path: Path, method: str) -> None:
    weights = learned(base, photos, tmp_path / "training", method)
    told = ran_on(base, tmp_path / "export", "export", weights)
    (file,) = told.done.files

    assert Path(file.path).name == NAMES[method]
    assert file.role == {"lora": "weights", "textual_inversion": "embedding"}[method]
    assert told.done.result["trigger"] == {"lora": "zed cat", "textual_inversion": "rex-emb"}[method]
    ours, theirs = load_file(weights), load_file(tmp_path / "export" / file.path)
    assert ours.keys() == theirs.keys()
    assert all(ours[key].numpy().tobytes() == theirs[key].numpy().tobytes() for key in ours)
    assert read_label(tmp_path / "export" / file.path).word == "rex"
    assert read_label(tmp_path / "export" / file.path).trigger == told.done.result["trigger"]


def test_a_hypernetwork_is_exported_as_other_programs_want_it(base: Base, photos: list[Path], tmp_path: Path) -> None:
    weights = learned(base, photos, tmp_path / "training", "hypernetwork")
    told = ran_on(base, tmp_path / "export", "export", weights)
    (file,) = told.done.files

    assert (Path(file.path).name, file.role, told.done.result["trigger"]) == ("rex.pt", "weights", "zed cat")
    assert torch.load(tmp_path / "export" / file.path, weights_only=True)["name"] == "rex"


def test_an_exported_file_draws_what_its_word_draws(base: Base, photos: list[Path], tmp_path: Path) -> None:
    weights = learned(base, photos, tmp_path / "training", "lora")
    told = ran_on(base, tmp_path / "export", "export", weights)
    kept, exported = (read_adapter(path, base) for path in (weights, tmp_path / "export" / told.done.files[0].path))

    assert (exported.word, exported.text, exported.fingerprint) == ("rex", kept.text, kept.fingerprint)


@pytest.mark.parametrize("kind", ["export", "sheet"])
def test_a_word_without_a_file_is_refused(base: Base, tmp_path: Path, kind: str) -> None:
    assert ran_on(base, tmp_path / "a", kind, None, weights=[]).code == "E_ATTEMPT"


@pytest.mark.parametrize("method", NAMES)
def test_a_sheet_is_drawn_anew_under_the_words_present_name(
    base: Base, photos: list[Path], tmp_path: Path, method: str
) -> None:
    weights = learned(base, photos, tmp_path / "training", method)
    told = ran_on(base, tmp_path / "sheet", "sheet", weights, kind="animal")

    assert [file.role for file in told.done.files] == ["sheet"]
    assert told.done.result == {"samples": 2}


def test_a_contact_sheet_has_a_column_for_each_strength_of_one_scene(
    base: Base, photos: list[Path], tmp_path: Path
) -> None:
    weights = learned(base, photos, tmp_path / "training", "lora")
    rows = [{"label": "step 3", "note": "40%"}, {"label": "step 6", "is_marked": True}]
    told = ran_on(base, tmp_path / "sheet", "sheet", weights, {"strengths": [0.01, 1.0, 2.0], "rows": rows})

    assert told.done.result == {"samples": 3}
    shots = shots_at(base, "rex", "object", [0.01, 1.0, 2.0])
    assert [shot.caption for shot in shots] == [":0.01", ":1", ":2"]
    images = finished(drawn(base, weights, shots, "rex"))
    assert len({image.tobytes() for image in images}) == 3


@pytest.mark.parametrize("strengths", [[0], [2.1], ["1"], [True], [1.0] * 7])
def test_a_strength_beyond_reason_is_refused(base: Base, tmp_path: Path, strengths: list[object]) -> None:
    (tmp_path / "empty").write_bytes(b"")

    assert ran_on(base, tmp_path / "a", "sheet", tmp_path / "empty", {"strengths": strengths}).code == "E_ATTEMPT"


@pytest.mark.parametrize("kind", ["export", "sheet"])
@pytest.mark.parametrize(
    ("row", "code"), [({"name": "no word"}, "E_WORD_FORM"), ({"weights": ["../1.safetensors"]}, "E_ATTEMPT")]
)
def test_what_cannot_be_read_is_refused(base: Base, tmp_path: Path, kind: str, row: dict[str, Any], code: str) -> None:
    assert ran_on(base, tmp_path / "a", kind, None, **row).code == code


@pytest.mark.parametrize("kind", ["export", "sheet"])
def test_a_broken_file_is_refused(base: Base, tmp_path: Path, kind: str) -> None:
    (tmp_path / "broken").write_bytes(b"PK\x03\x04")

    assert ran_on(base, tmp_path / "a", kind, tmp_path / "broken").code == "E_PICKLE"
