"""What `bench train` consists of: photos, both sides' orders, the table, and counted FLOPs."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from storage.errors import TintypeError
from trainers.__main__ import main
from trainers.bench import train as command
from trainers.bench.speed import photos, shape
from trainers.bench.speed.flops import Counted, best_per_s, counted
from trainers.bench.speed.rounds import Took, alternating, medians, ratios, table, took_of
from trainers.bench.speed.sides import OURS, REFERENCE, Order, Side, method_of, ours, reference
from trainers.settings import TrainerSettings

PX = 64
PIPELINE = "class DreamBoothDataset: ...\nconfig = LoraConfig(r=4)\n"


def took(side: str, samples_per_s: float, wall_s: float = 10.0, peak_mib: float = 500.0) -> Took:
    return Took(
        side,
        samples_per_s=samples_per_s,
        samples_per_cpu_s=samples_per_s / 2,
        wall_s=wall_s,
        cpu_s=wall_s * 2,
        peak_mib=peak_mib,
        seconds_to_first_step=3.0,
    )


def order(**more: object) -> Order:
    told = {"method": "lora", "base": None, "photos": Path("/photos"), "size_px": 64, "steps": 7, "batch": 2, "rank": 4}
    return Order(**{**told, **more})  # type: ignore[arg-type]


def option(side: Side, name: str) -> str:
    return side.program[side.program.index(name) + 1]


# --- photos ----------------------------------------------------------------------------------------------------------


def test_small_photos_are_what_a_base_is_trained_at(tmp_path: Path) -> None:
    photos.write_photos("small", tmp_path / "photos", PX)
    found = [Image.open(path) for path in sorted((tmp_path / "photos").iterdir())]

    assert [(image.format, image.size) for image in found] == [("PNG", (PX, PX))] * 6
    assert len({image.tobytes() for image in found}) == 6


def test_a_large_photo_weighs_what_a_phones_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "COUNT", 1)
    photos.write_photos("large", tmp_path / "photos", PX)
    (path,) = (tmp_path / "photos").iterdir()

    with Image.open(path) as image:
        assert (image.format, image.size) == ("JPEG", (4000, 3000))
    assert 2_000_000 < path.stat().st_size < 9_000_000


# --- both sides ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "method"), [(PIPELINE, "lora"), ("class TextualInversionDataset:\n    ...\n", "textual_inversion")]
)
def test_a_script_is_known_by_what_it_is_made_of(tmp_path: Path, text: str, method: str) -> None:
    script = tmp_path / "renamed.py"
    script.write_text(text)

    assert method_of(script) == method


@pytest.mark.parametrize("text", ["class DreamBoothDataset: ...", "def broken(:", "\0", None])
def test_another_script_is_refused(tmp_path: Path, text: str | None) -> None:
    script = tmp_path / "train_dreambooth_lora.py"
    if text is not None:
        script.write_text(text)

    with pytest.raises(TintypeError, match="E_BENCH_SCRIPT"):
        method_of(script)


def test_a_method_that_the_script_does_not_teach_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(PIPELINE)
    asked = argparse.Namespace(reference=script, method="textual_inversion")

    with pytest.raises(TintypeError, match="E_BENCH_METHOD"):
        command._method(asked)
    assert command._method(argparse.Namespace(reference=script, method=None)) == "lora"
    assert command._method(argparse.Namespace(reference=None, method="textual_inversion")) == "textual_inversion"


def test_both_sides_are_asked_for_the_same_lora(tmp_path: Path) -> None:
    mine = ours(order(), tmp_path)
    other = reference(order(), tmp_path, tmp_path / "script.py", "python")
    settings = {part for before, part in zip(mine.program, mine.program[1:], strict=False) if before == "--set"}

    assert settings == {"min_steps=7", "max_steps=7", "batch_size=2", "points=1", "rank=4", "alpha=4"}
    assert (option(other, "--max_train_steps"), option(other, "--train_batch_size")) == ("7", "2")
    assert (option(other, "--rank"), option(other, "--resolution")) == ("4", "64")
    assert option(mine, "--photos") == option(other, "--instance_data_dir") == "/photos"
    assert option(mine, "--base-model") == "miniature"
    assert Path(option(other, "--pretrained_model_name_or_path"), "model_index.json").is_file()


def test_both_sides_are_asked_for_the_same_rows(tmp_path: Path) -> None:
    asked = order(method="textual_inversion", base=tmp_path)
    mine = ours(asked, tmp_path)
    other = reference(asked, tmp_path, tmp_path / "script.py", "python")

    assert f"vectors={option(other, '--num_vectors')}" in mine.program
    assert option(mine, "--class-word") == option(other, "--initializer_token")
    assert option(mine, "--base-model") == option(other, "--pretrained_model_name_or_path") == str(tmp_path)
    assert not any(part.startswith("rank") for part in mine.program)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_rate_is_measured_between_the_first_step_and_the_last() -> None:
    told = {"steps_s": [5.0, 5.5, 6.0, 7.0], "steps_cpu_s": [9.0, 10, 11, 12], "peak_kib": 512 * 1024, "cpu_s": 14.0}

    assert took_of(OURS, told, wall_s=9.0, batch=4) == Took(
        OURS,
        samples_per_s=6.0,
        samples_per_cpu_s=4.0,
        wall_s=9.0,
        cpu_s=14.0,
        peak_mib=512.0,
        seconds_to_first_step=5.0,
    )


@pytest.mark.parametrize("steps", [[], [1.0], [1.0, 1.0]])
def test_one_step_is_no_rate(steps: list[float]) -> None:
    with pytest.raises(ValueError, match="steps"):
        took_of(OURS, {"steps_s": steps, "peak_kib": 1}, wall_s=1.0, batch=1)


def test_who_was_last_is_first_in_the_next_round() -> None:
    assert alternating([OURS, REFERENCE], 3) == [[OURS, REFERENCE], [REFERENCE, OURS], [OURS, REFERENCE]]


def test_ratios_are_those_of_rounds_and_above_one_where_ours_is_better() -> None:
    found = [
        took(OURS, 20, 10, 400),
        took(REFERENCE, 10, 30, 500),
        took(REFERENCE, 10, 40, 500),
        took(OURS, 50, 10, 500),
    ]

    told = ratios(found)

    assert told["samples_per_s"] == {"median": 3.5, "low": 2.0, "high": 5.0}
    assert told["wall_s"]["median"] == pytest.approx(3.5)
    assert told["peak_mib"]["low"] == pytest.approx(1.0)
    assert medians(found, OURS) == {
        "samples_per_s": 35,
        "samples_per_cpu_s": 17.5,
        "wall_s": 10,
        "cpu_s": 20,
        "peak_mib": 450,
    }
    assert "| samples a second | 35.0 | 10.0 | 3.50 × [2.00, 5.00] |" in table(found)


def test_small_numbers_are_told_more_exactly() -> None:
    assert "| samples a second | 0.24 | – | – |" in table([took(OURS, 0.238)])


def test_ours_alone_has_no_ratio() -> None:
    assert ratios([took(OURS, 20)]) == {}
    assert "| samples a second | 20.0 | – | – |" in table([took(OURS, 20)])


# --- FLOPs -----------------------------------------------------------------------------------------------------------


def test_flops_of_a_linear_layer_are_those_on_paper() -> None:
    layer, given = nn.Linear(7, 5, bias=False), torch.ones(3, 7)

    assert counted(lambda: layer(given)) == 2 * 3 * 7 * 5
    assert counted(lambda: layer(given).sum().backward()) == 2 * (2 * 3 * 7 * 5)  # and the weight's gradient


def test_flops_of_a_convolution_are_those_on_paper() -> None:
    layer, given = nn.Conv2d(4, 6, 3, padding=1, bias=False), torch.ones(2, 4, 8, 8)

    assert counted(lambda: layer(given)) == 2 * (2 * 6 * 8 * 8) * (4 * 3 * 3)


def test_attention_is_counted_too() -> None:
    heads = torch.ones(1, 2, 10, 4)

    assert counted(lambda: nn.functional.scaled_dot_product_attention(heads, heads, heads)) == 2 * 2 * (2 * 10 * 10 * 4)


def test_what_flops_allow_is_told_beside_what_was_reached(capsys: pytest.CaptureFixture[str]) -> None:
    allowed = Counted(ours=2e9, reference=6e9, matmul_per_s=80e9, convolution_per_s=100e9, reference_per_s=50e9)

    told = command._said(allowed, [took(OURS, 40), took(REFERENCE, 20)])
    alone = command._said(replace(allowed, matmul_per_s=200e9), [took(OURS, 40)])

    assert (told["most_samples_per_s"], told["reached"]) == (50, 0.8)
    assert (told["most_ratio"], told["reached_of_ratio"]) == (6.0, pytest.approx(1 / 3))
    assert alone["reached"] == 0.4
    assert "reached_of_ratio" not in alone
    assert "FLOPs allow 6.00; reached 33%" in capsys.readouterr().err


def test_a_machines_peak_is_that_of_its_fastest_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainers.bench.speed.flops.SECONDS", 0.05)
    square = torch.ones(64, 64)

    assert 1e6 < best_per_s(2 * 64**3, "square @ square", {"square": square}) < 1e14


# --- the whole -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
def test_our_side_trains_and_is_measured(method: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["bench", "train", "--steps", "3", "--rounds", "1", "--method", method, "--photos", "large"])
    shown = capsys.readouterr()
    told = json.loads(shown.out.splitlines()[-1])

    assert (code, told["method"], told["ratios"]) == (0, method, {})
    (training,) = told["trainings"]
    assert training["samples_per_s"] > 4 * 2 / training["wall_s"]
    assert "| photos to finished file, s |" in shown.err


@pytest.mark.slow
def test_the_steps_of_both_sides_are_counted_on_stable_diffusions_shape(tmp_path: Path) -> None:
    photos.write_photos("small", tmp_path / "photos", shape.SIZE_PX)
    shape.write_base(tmp_path / shape.NAME)
    asked = order(base=tmp_path / shape.NAME, photos=tmp_path / "photos", batch=1)

    allowed = command._counted(asked, TrainerSettings.from_env({"TINTYPE_PRECISION": "float32"}))

    assert 30e9 < allowed.ours < 300e9
    assert allowed.reference > allowed.ours + 200e9  # SD 1.5's VAE encodes 256 px in about 280 GFLOP
    assert min(allowed.matmul_per_s, allowed.convolution_per_s, allowed.reference_per_s) > 1e9
