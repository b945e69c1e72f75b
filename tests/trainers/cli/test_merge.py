"""`tintype-trainer merge`: what it takes, what it makes, and that nothing is written where it cannot be done."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.trainers.bases import base_for
from tests.trainers.cli.conftest import Tell
from tests.trainers.layouts import LAYOUTS, sample
from tests.trainers.mergers import taught
from trainers.method import Lesson
from trainers.pipeline import Base, layer_at
from trainers.weights import read_adapter, read_label, read_metadata, write_adapter


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Base:
    """The tiny base in the place of any that is asked for."""
    base = base_for("v_prediction")
    monkeypatch.setattr("trainers.cli.running.load_base", lambda *asked: base, raising=False)
    monkeypatch.setattr("trainers.pipeline.load_base", lambda *asked: base)
    return base


def handed_in(folder: Path, layout: str, base: Base) -> Path:
    """One file, as one hands it in: what peft saved as a zip of its folder."""
    folder.mkdir()
    files = LAYOUTS[layout](folder, sample(base.unet))
    if layout != "peft":
        return files[0]
    with zipfile.ZipFile(folder / "peft.zip", "w") as pack:
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            pack.write(folder / name, name)
    return folder / "peft.zip"


def test_two_words_become_one_that_is_drawn(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "duo.safetensors"
    code, told, said = tell("merge", f"{learned['lora']}:0.8", f"{learned['textual_inversion']}:0.6", "--to", out)
    _, drawn, _ = tell("imagine", "--weights", out, "--prompt", "a <duo>", "--steps", 2, "--out", tmp_path / "drawn")

    assert (code, told["word"], told["kind"], told["class_word"]) == (0, "duo", "animal", "dog")
    assert told["parents"] == [{"word": "zed", "weight": 0.8}, {"word": "ivo", "weight": 0.6}]
    assert (told["embeddings"], told["trigger"], told["how"]) == (["ivo", "zed"], "ivo zed", "linear")
    assert read_label(out).base_model == "miniature"
    assert out.stat().st_mode & 0o777 == 0o644
    assert f"Wrote {out}" in said
    assert len(drawn["images"]) == 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_files_made_elsewhere_are_merged_too(tell: Tell, tiny: Base, tmp_path: Path, layout: str) -> None:
    first, second = (handed_in(tmp_path / name, layout, tiny) for name in ("one", "two"))
    out = tmp_path / "Both of Them.safetensors"
    code, told, _ = tell("merge", f"{first}:0.5", f"{second}:0.7", "--how", "svd", "--rank", 8, "--to", out)
    merged = read_adapter(out, tiny).linear

    assert (code, told["word"], told["how"]) == (0, "both-of-them", "svd, rank 8")
    assert merged.keys() == sample(tiny.unet).linear.keys()
    for name, low in sample(tiny.unet).linear.items():
        weight = layer_at(tiny, name).weight
        torch.testing.assert_close(merged[name].of(weight), 1.2 * low.of(weight), rtol=0, atol=1e-5)


def test_one_file_alone_is_brought_to_another_rank(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "zed.safetensors"
    wishes = ("--how", "svd", "--rank", 2, "--half", "--word", "<Rex>", "--to", out)
    code, told, _ = tell("merge", learned["lora"], *wishes)

    assert (code, told["word"], told["trigger"]) == (0, "rex", "zed dog")
    assert read_metadata(out)["ss_network_dim"] == "2"
    assert out.stat().st_size < learned["lora"].stat().st_size / 4


@pytest.fixture
def customs(tiny: Base, tmp_path: Path) -> list[Path]:
    """Two words of Custom Diffusion."""
    files = []
    for name, seed in (("zed", 1), ("ivo", 7)):
        adapter = taught(tiny, name, seed)
        lesson = Lesson(photos=(), word=name, class_word="cat", kind="animal")
        files.append(tmp_path / f"{name}.safetensors")
        write_adapter(files[-1], tiny, lesson, adapter.method, adapter)
    return files


def test_the_constrained_way_hands_out_shares_that_together_are_the_merged_file(
    tell: Tell, tiny: Base, customs: list[Path], tmp_path: Path
) -> None:
    out, shares = tmp_path / "duo.safetensors", tmp_path / "shares"
    code, told, _ = tell("merge", *customs, "--how", "constrained", "--shares", shares, "--to", out)
    duo, *own = (read_adapter(path, tiny) for path in (out, shares / "zed.safetensors", shares / "ivo.safetensors"))

    assert (code, told["how"], told["trigger"]) == (0, "constrained", "ivo zed")
    assert told["shares"] == [str(shares / "zed.safetensors"), str(shares / "ivo.safetensors")]
    assert [adapter.word for adapter in own] == ["zed", "ivo"]
    for name, difference in duo.linear.items():
        weight = layer_at(tiny, name).weight
        summed = own[0].linear[name].of(weight) + own[1].linear[name].of(weight)
        torch.testing.assert_close(difference.of(weight), summed, rtol=0, atol=1e-4)


def test_shares_are_written_over_nothing_and_other_words_have_none(
    tell: Tell, customs: list[Path], tmp_path: Path
) -> None:
    how, out = ("--how", "constrained"), ("--to", tmp_path / "duo.safetensors")

    assert tell("merge", *customs, *how, "--shares", tmp_path, *out)[1]["code"] == "E_OUT_TAKEN"
    assert tell("merge", *customs, "--shares", tmp_path / "s", *out)[1]["code"] == "E_MERGE_OPTION"
    assert tell("merge", customs[0], customs[0], *how, *out)[1]["code"] == "E_MERGE_TWICE"
    assert not (tmp_path / "duo.safetensors").exists()


@pytest.mark.parametrize("folder", ["s", "s/../s", "link"])
def test_a_share_is_not_written_over_the_merged_file(
    tell: Tell, customs: list[Path], tmp_path: Path, folder: str
) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "s")
    out = tmp_path / "s" / "zed.safetensors"
    code, told, _ = tell("merge", *customs, "--how", "constrained", "--shares", tmp_path / folder, "--to", out)

    assert (code, told["code"]) == (1, "E_OUT_TAKEN")
    assert list((tmp_path / "s").iterdir()) == []


def test_words_of_other_methods_have_no_closed_form(tell: Tell, learned: dict[str, Path], tmp_path: Path) -> None:
    code, told, _ = tell("merge", learned["lora"], "--how", "constrained", "--to", tmp_path / "duo.safetensors")

    assert (code, told["code"]) == (1, "E_MERGE_CUSTOM")
    assert "<zed> was not made by `custom_diffusion` with its keys and values alone" in told["error"]


def changed(change: Callable[[dict[str, torch.Tensor], dict[str, str]], Any]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        tensors, notes = load_file(path), read_metadata(path)
        change(tensors, notes)
        save_file(tensors, path, notes)

    return write


def first_of(tensors: Mapping[str, torch.Tensor]) -> torch.Tensor:
    return tensors[min(tensors)]


BAD: Mapping[str, tuple[Callable[[Path], Any], str]] = {
    "nothing there": (lambda path: path.unlink(), "E_WEIGHTS_FILE"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:5000]), "E_WEIGHTS_BROKEN"),
    "a pickle": (lambda path: torch.save({"a": torch.zeros(1)}, path), "E_PICKLE"),
    "no numbers": (changed(lambda tensors, notes: first_of(tensors).fill_(float("nan"))), "E_WEIGHTS_NAN"),
    "a foreign part": (changed(lambda tensors, notes: tensors.update(other=torch.zeros(1))), "E_IMPORT_KEY"),
    "another revision": (changed(lambda tensors, notes: notes.update({"tintype.base_revision": "0"})), "E_MERGE_BASES"),
    "another family": (
        changed(lambda tensors, notes: (notes.clear(), notes.update(ss_base_model_version="sdxl_base_v1-0"))),
        "E_WEIGHTS_BASE",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_merged_is_told_and_nothing_is_written(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, what: str
) -> None:
    spoil, code = BAD[what]
    other = tmp_path / "other.safetensors"
    other.write_bytes(learned["lora"].read_bytes())
    spoil(other)
    (tmp_path / "out").mkdir()

    exit_code, told, _ = tell("merge", learned["lora"], other, "--to", tmp_path / "out" / "duo.safetensors")

    assert (exit_code, told["code"]) == (1, code)
    assert list((tmp_path / "out").iterdir()) == []


def test_words_of_two_base_models_are_refused_in_one_sentence_before_anything_is_loaded(
    tell: Tell, learned: dict[str, Path], tmp_path: Path
) -> None:
    other = tmp_path / "other.safetensors"
    told_of = read_metadata(learned["lora"]) | {"tintype.base_model": "ana/base", "tintype.base_revision": "main"}
    save_file(load_file(learned["lora"]), other, told_of)

    _, told, said = tell("merge", learned["lora"], other, "--to", tmp_path / "duo.safetensors")

    assert told["code"] == "E_MERGE_BASES"
    assert "“other.safetensors” for ana/base (main); words of different base models cannot be merged" in told["error"]
    assert "Loading" not in said


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        (("--how", "svd", "--density", "0.5"), "E_MERGE_OPTION"),
        (("--rank", "4"), "E_MERGE_OPTION"),
        (("--how", "ties", "--seed", "4"), "E_MERGE_OPTION"),
        (("--to", "duo.ckpt"), "E_OUT_SUFFIX"),
        (("--word", "<a b>"), "E_WORD_FORM"),
    ],
)
def test_wishes_that_make_no_sense_are_told(
    tell: Tell, learned: dict[str, Path], tmp_path: Path, wishes: tuple[str, ...], code: str
) -> None:
    out = ("--to", tmp_path / "duo.safetensors")

    assert tell("merge", learned["lora"], *out, *wishes)[1]["code"] == code
    assert list(tmp_path.glob("*.safetensors")) == []


def test_a_weight_out_of_bounds_and_too_many_files_are_told(
    tell: Tell, learned: dict[str, Path], tmp_path: Path
) -> None:
    out = ("--to", tmp_path / "duo.safetensors")

    assert tell("merge", f"{learned['lora']}:3", *out)[1]["code"] == "E_WEIGHTS_STRENGTH"
    assert tell("merge", *[learned["lora"]] * 9, *out)[1]["code"] == "E_MERGE_MANY"
