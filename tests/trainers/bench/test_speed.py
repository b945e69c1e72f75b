"""What `bench train` consists of: photos, both sides' orders, the launcher, the table, and counted FLOPs."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import nn

from storage.errors import TintypeError
from trainers.__main__ import main
from trainers.bench import train as command
from trainers.bench.speed import launcher, photos, shape
from trainers.bench.speed.flops import Counted, best_per_s, counted
from trainers.bench.speed.rounds import Took, alternating, measure, medians, ratios, run_rounds, table, took_of
from trainers.bench.speed.sides import OURS, REFERENCE, Order, Side, method_of, ours, reference

PX = 64
PIPELINE = "class DreamBoothDataset: ...\nconfig = LoraConfig(r=4)\n"
TRAINING = """
import sys, torch
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
for step in range(int(sys.argv[1])):
    optimizer.step()
open("word.safetensors", "w").write(repr(sys.argv))
sys.exit(int(sys.argv[2]))
"""


def took(side: str, samples_per_s: float, wall_s: float = 10.0, peak_mib: float = 500.0) -> Took:
    return Took(side, samples_per_s, wall_s, peak_mib, 3.0)


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


# --- the launcher ----------------------------------------------------------------------------------------------------


@pytest.fixture
def training(tmp_path: Path) -> Path:
    script = tmp_path / "training.py"
    script.write_text(TRAINING)
    return script


def test_steps_and_memory_are_measured_of_each_training_in_a_process_and_a_folder_of_its_own(
    tmp_path: Path, training: Path
) -> None:
    def side(folder: Path) -> Side:
        assert not folder.exists()
        return Side(OURS, sys.executable, (str(training), "5", "0"))

    found = run_rounds({OURS: side}, tmp_path, rounds=2, steps=5, batch=8)
    made = [path.read_text() for path in tmp_path.glob("*/word.safetensors")]

    assert [one.side for one in found] == [OURS, OURS]
    assert made == [repr([str(training), "5", "0"])] * 2
    for one in found:
        assert one.samples_per_s > 8 * 4 / one.wall_s
        assert 50 < one.peak_mib < 2000
        assert 0 < one.seconds_to_first_step < one.wall_s


def test_a_training_that_failed_is_told(tmp_path: Path, training: Path) -> None:
    with pytest.raises(TintypeError, match=r"E_BENCH_RUN.*status=3"):
        measure(Side(REFERENCE, sys.executable, (str(training), "5", "3")), tmp_path / "made", steps=5, batch=1)


@pytest.mark.parametrize(("made", "taken"), [((), 5), (("word.safetensors",), 4)])
def test_a_training_without_a_file_or_with_fewer_steps_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: tuple[str, ...], taken: int
) -> None:
    def run(side: Side, measured: Path, log: Path, folder: Path) -> int:
        measured.write_text(json.dumps({"steps_s": [*range(taken)], "peak_kib": 1}))
        log.write_text("all is well")
        for name in made:
            (folder / name).touch()
        return 0

    monkeypatch.setattr("trainers.bench.speed.rounds._run", run)

    with pytest.raises(TintypeError, match="E_BENCH_RUN"):
        measure(Side(OURS, "python", ()), tmp_path / "made", steps=5, batch=1)


def test_what_the_reference_lacks_is_named_before_it_runs(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import json, not_there.at_all\nfrom neither import this\nraise SystemExit(1)\n")

    with pytest.raises(TintypeError) as refused:
        measure(Side(REFERENCE, sys.executable, (str(script),)), tmp_path / "made", steps=5, batch=1)

    assert (refused.value.code, refused.value.facts["packages"]) == ("E_BENCH_MISSING", "neither, not_there")


def test_a_python_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TintypeError, match="E_BENCH_PYTHON"):
        measure(Side(REFERENCE, str(tmp_path / "python"), ("x.py",)), tmp_path / "made", steps=5, batch=1)


def test_an_import_that_may_fail_is_not_needed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("import torch.utils\nfrom . import here\nif torch:\n    import wandb\n")

    assert launcher.needed(script) == ["torch"]


PRETENDED = """
import sys, torch
sys.path.insert(0, sys.argv[1])
import launcher
print(launcher.declare_operators())
import torchvision
print(torch.ops.torchvision.nms.default._schema.name, len(launcher.OPERATORS))
"""


def test_operators_that_torchvision_lacks_are_declared(tmp_path: Path) -> None:
    package = tmp_path / "torchvision"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import torch\n"
        "@torch.library.register_fake('torchvision::nms')\n"
        "def fake(dets, scores, threshold): ...\n"
        "torch.library.Library('torchvision', 'IMPL', 'Meta').impl('_roi_align_backward', lambda *told: None)\n"
    )
    (package / "_C.so").write_bytes(b"made for another torch")
    told = [sys.executable, "-c", PRETENDED, str(Path(launcher.__file__).parent)]
    done = subprocess.run(told, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    assert done.stdout.split() == ["True", "torchvision::nms", "13"], done.stderr


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_rate_is_measured_between_the_first_step_and_the_last() -> None:
    found = took_of(OURS, {"steps_s": [5.0, 5.5, 6.0, 7.0], "peak_kib": 512 * 1024}, wall_s=9.0, batch=4)

    assert found == Took(OURS, samples_per_s=6.0, wall_s=9.0, peak_mib=512.0, seconds_to_first_step=5.0)


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
    assert medians(found, OURS) == {"samples_per_s": 35, "wall_s": 10, "peak_mib": 450}
    assert "| samples a second | 35.0 | 10.0 | 3.50 × [2.00, 5.00] |" in table(found)


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
    allowed = Counted(ours=2e9, reference=6e9, matmul_per_s=80e9, convolution_per_s=100e9)

    told = command._said(allowed, [took(OURS, 40), took(REFERENCE, 20)])
    alone = command._said(replace(allowed, matmul_per_s=200e9), [took(OURS, 40)])

    assert (told["most_samples_per_s"], told["reached"]) == (50, 0.8)
    assert (told["most_ratio"], told["reached_of_ratio"]) == (3.0, pytest.approx(2 / 3))
    assert alone["reached"] == 0.4
    assert "reached_of_ratio" not in alone
    assert "FLOPs allow 3.00; reached 67%" in capsys.readouterr().err


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

    allowed = command._counted(asked)

    assert 30e9 < allowed.ours < 300e9
    assert allowed.reference > allowed.ours + 200e9  # SD 1.5's VAE encodes 256 px in about 280 GFLOP
    assert min(allowed.matmul_per_s, allowed.convolution_per_s) > 1e9
