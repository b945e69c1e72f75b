"""The launcher of `bench train`: a process is run and measured, and what it lacks is named before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import TintypeError
from trainers.bench.speed import launcher
from trainers.bench.speed.rounds import measure, run_rounds
from trainers.bench.speed.sides import OURS, REFERENCE, Side

TRAINING = """
import sys, torch
optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1)
for step in range(int(sys.argv[1])):
    optimizer.step()
open("word.safetensors", "w").write(repr(sys.argv))
sys.exit(int(sys.argv[2]))
"""


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
        assert 0 < one.cpu_s < 60
        assert 0 < one.seconds_to_first_step < one.wall_s


def test_a_training_that_failed_is_told(tmp_path: Path, training: Path) -> None:
    with pytest.raises(TintypeError, match=r"E_BENCH_RUN.*status=3"):
        measure(Side(REFERENCE, sys.executable, (str(training), "5", "3")), tmp_path / "made", steps=5, batch=1)


@pytest.mark.parametrize(("made", "taken"), [((), 5), (("word.safetensors",), 4)])
def test_a_training_without_a_file_or_with_fewer_steps_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: tuple[str, ...], taken: int
) -> None:
    def run(side: Side, measured: Path, log: Path, folder: Path) -> int:
        measured.write_text(
            json.dumps({"steps_s": [*range(taken)], "steps_cpu_s": [*range(taken)], "peak_kib": 1, "cpu_s": 1})
        )
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
