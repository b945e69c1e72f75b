"""`bench quality`: what is asked and how it is marked, what is kept, what is measured anew, and what is told."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from trainers.bench import cells, quality
from trainers.bench.cells import (
    ANCHORS,
    DRAWN,
    FIXED,
    LOWER,
    ONE_PHOTO,
    REBUILT,
    UPPER,
    Cell,
    Kept,
    code_of,
    diverse,
    key_of,
    measure,
)
from trainers.bench.exam import PHOTOS, QUESTIONS, Exam, Marks, exams, style_exams
from trainers.bench.quality_pairs import compared, pairs
from trainers.bench.quality_report import contact_sheets, report, rows_of
from trainers.captioning import Captioner
from trainers.cli import bench
from trainers.events import Done, made
from trainers.method import methods
from trainers.miniature.world import HELD_OUT_STYLES, draw, restyled
from trainers.pipeline import Base, load_base

SUBJECT, STYLE = exams(1)[0], style_exams(1)[0]


def options(*words: str) -> argparse.Namespace:
    return bench.parser().parse_args(["quality", *words])


def a_cell(way: str, exam: Exam = SUBJECT, *, seed: int = 0, alike: Sequence[float] = (1.0, 0.5)) -> Cell:
    marks = Marks(tuple(alike), (1.0,) * len(alike))
    return Cell(
        way=way, exam=exam.name, kind=exam.kind, seed=seed, key="k", marks=marks, diverse=(1.0, 0.0), took_s=60.0,
        bytes=1000, seconds=50.0, steps=300, best_step=225,
    )  # fmt: skip


def tiles(count: int, colour: tuple[int, int, int] = (200, 10, 10)) -> list[Image.Image]:
    return [Image.new("RGB", (64, 64), colour) for _ in range(count)]


@pytest.mark.parametrize("exam", [*exams(3), *style_exams(4)], ids=lambda exam: exam.name)
def test_the_right_answers_get_full_marks(exam: Exam) -> None:
    marks = exam.marks(exam.drawings())

    assert (len(exam.photos), len(exam.questions)) == (PHOTOS, QUESTIONS)
    assert sum(marks.alike) / QUESTIONS >= 0.95
    assert sum(marks.obeyed) / QUESTIONS >= (0.45 if "neon" in exam.name else 0.75)  # outlines alone are hard to read


@pytest.mark.parametrize("style", HELD_OUT_STYLES)
def test_a_picture_in_no_style_gets_no_marks_for_it(style: str) -> None:
    exam = next(exam for exam in style_exams(4) if exam.style == style)
    flat = [draw(restyled(picture, "flat")) for picture in exam.answers]

    assert sum(exam.marks(flat).alike) == 0


def test_an_exam_asks_for_nothing_that_its_photos_show() -> None:
    shown = {image.tobytes() for image in STYLE.photos}

    assert not shown & {image.tobytes() for image in STYLE.drawings()}
    assert STYLE.prompts(STYLE.said("<zed>"))[0].startswith("a <zed> drawing of a ")
    assert SUBJECT.prompts(SUBJECT.said("<zed>"))[0].startswith("a <zed> ")


def test_layouts_are_told_apart() -> None:
    left, right = (Image.new("RGB", (64, 64)) for _ in range(2))
    left.paste((255, 255, 255), (0, 0, 20, 20))
    right.paste((255, 0, 0), (44, 44, 64, 64))
    greyer = left.point(lambda value: value // 2)

    assert diverse([left, left, right, greyer], 2) == (1.0, 0.0)
    assert diverse([left, right], 2) == ()


def test_the_table_fills_evenly_and_styles_have_no_description() -> None:
    asked = list(quality.places(options("--subjects", "2", "--styles", "1", "--seeds", "2", "--method", "lora")))

    ways = [(exam.kind == "style", way, seed) for exam, way, seed in asked]
    subject = [(False, way, 0) for way in (*ANCHORS, "lora")]
    style = [(True, way, 0) for way in (DRAWN, REBUILT, LOWER, "lora")]
    assert ways == [*subject, *subject, *style, (False, "lora", 1), (False, "lora", 1), (True, "lora", 1)]


def test_all_measures_the_core_most() -> None:
    asked = list(quality.places(options("--all")))
    counts = Counter(way for _, way, _ in asked if way not in ANCHORS)

    assert {name: counts.pop(name) for name in methods()} == {n: 27 if n in quality.CORE else 10 for n in methods()}
    assert counts == {
        **{f"{name}, fixed steps": 9 for name in quality.CORE},
        "lora, one photo": 6,
        "dreamartist, one photo": 6,
        **{f"lora, {form}": 3 for form in cells.SHORTENED},
    }


def test_a_cell_depends_on_its_code_and_on_nothing_else_of_it(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(base, SUBJECT, "lora", 0)

    assert key == key_of(base, SUBJECT, "lora", 0)
    others = [
        key_of(base, SUBJECT, "lora", 1), key_of(base, SUBJECT, "dora", 0), key_of(base, STYLE, "lora", 0),
        key_of(replace(base, revision="another"), SUBJECT, "lora", 0), key_of(base, SUBJECT, LOWER, 0),
        key_of(replace(base, vae_name="a better one"), SUBJECT, "lora", 0),
        key_of(replace(base, quantised="int8"), SUBJECT, "lora", 0),
        key_of(replace(base, eye=lambda pictures: torch.zeros(1)), SUBJECT, "lora", 0),
        key_of(replace(base, captioner=Captioner(None, None)), SUBJECT, "lora", 0),
    ]  # fmt: skip
    monkeypatch.setattr(cells, "code_of", lambda way, family: "changed")
    assert len({key, *others, key_of(base, SUBJECT, "lora", 0)}) == 11


def test_code_is_followed_through_imports_inside_functions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "trainers"
    for name in ("jobs/train", "bench/exam", "families/miniature", "methods/lora", "methods/lokr", "deep", "idle"):
        path = package / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in (package, path.parent):
            (folder / "__init__.py").touch()
        path.write_text("")
    (package / "methods" / "lora.py").write_text("def train():\n    from trainers.deep import more\n")
    monkeypatch.setattr(cells, "ROOT", tmp_path)

    def code(way: str) -> str:
        code_of.cache_clear()
        return code_of(way, "miniature")

    before = code("lora"), code("lokr")
    (package / "idle.py").write_text("1")
    assert (code("lora"), code("lokr")) == before
    (package / "deep.py").write_text("2")
    assert (code("lora") == before[0], code("lokr") == before[1]) == (False, True)
    code_of.cache_clear()


def test_what_was_measured_is_kept_and_found_again_while_it_is_true(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "key_of", lambda *asked: "k")
    Kept(tmp_path, base).keep(a_cell("lora"), tiles(QUESTIONS * 2))

    kept = Kept(tmp_path, base)
    assert kept.find(SUBJECT, "lora", 0) == a_cell("lora")
    assert kept.find(SUBJECT, "lora", 1) is None
    monkeypatch.setattr(cells, "key_of", lambda *asked: "other")
    assert kept.find(SUBJECT, "lora", 0) is None


def test_the_report_shows_every_way_with_its_sheet(base: Base, tmp_path: Path) -> None:
    kept = Kept(tmp_path, base)
    for cell in (a_cell(DRAWN), a_cell(LOWER, alike=(0.0, 0.5)), a_cell("lora"), a_cell("lora", STYLE)):
        kept.keep(cell, tiles(QUESTIONS * 2))
    kept.keep(a_cell("lora", seed=1, alike=(0.0, 0.0)), tiles(QUESTIONS * 2))
    contact_sheets(kept, kept.cells)

    told = report(tmp_path)
    rows = {(row["part"], row["way"]): row for row in rows_of(kept.cells)}
    lora = rows["subjects", "lora"]
    assert (lora["fidelity"]["mean"], lora["above_lower"]["mean"], lora["cells"]) == (0.375, 0.125, 2)
    assert rows["styles", "lora"]["above_lower"] is None
    assert "| lora | 0.38" in told
    assert "| 1 × 2 |" in told
    assert sorted(path.name for path in tmp_path.glob("*.jpg")) == ["class-word-alone.jpg", "lora.jpg"]
    assert "quality/lora.jpg" in told


def test_a_budget_begins_nothing_that_would_not_end_in_time(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "key_of", lambda *asked: "k")
    monkeypatch.setattr(quality, "measure", lambda base, exam, way, seed: (a_cell(way, exam), tiles(QUESTIONS)))
    kept = Kept(tmp_path, base)
    left = list(quality.places(options("--subjects", "2", "--styles", "0")))

    assert quality._measure(base, kept, left, budget=0.5) == len(left) - 1
    assert len(kept.cells) == 1
    assert quality._measure(base, kept, left[1:], budget=None) == 0
    assert len(kept.cells) == len(left)


def test_an_anchor_is_measured() -> None:
    exam = replace(SUBJECT, questions=SUBJECT.questions[:1])

    cell, images = measure(load_base("miniature", "cpu"), exam, UPPER, 0)

    assert [image.size for image in images] == [(64, 64)] * 2
    assert sum(cell.marks.alike) >= 1.0
    assert (cell.steps, cell.kind, len(cell.diverse)) == (0, SUBJECT.kind, 1)


def test_what_the_vae_leaves_of_true_drawings_is_measured_on_photos() -> None:
    base = load_base("miniature", "cpu")
    pixelated = next(exam for exam in style_exams(4) if exam.style == "pixelated")

    subject, style = (measure(base, exam, REBUILT, 0)[0] for exam in (SUBJECT, pixelated))

    assert sum(subject.marks.alike) / QUESTIONS >= 0.9
    assert sum(style.marks.alike) / QUESTIONS <= 0.5  # its decoder draws round what the mosaic makes square
    assert (len(style.marks.alike), style.diverse, style.steps) == (QUESTIONS, (), 0)


@pytest.mark.parametrize(
    ("form", "asked", "kept"),
    [
        ("", ({}, PHOTOS, PHOTOS), (b"best", 200)),
        (FIXED, ({"patience": 0}, PHOTOS, PHOTOS), (b"last one", 300)),
        (ONE_PHOTO, ({}, methods()["lora"].min_photos, 1), (b"best", 200)),
    ],
)
def test_what_a_form_of_learning_asks_for_and_keeps(
    form: str,
    asked: tuple[object, int, int],
    kept: tuple[bytes, int],
    base: Base,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = []

    def job(folder: Path, order: dict[str, Any], base: Base) -> Done:
        orders.append(order["train"])
        for name, numbers in (("point-009", b"9"), ("point-010", b"last one"), ("weights", b"best")):
            (folder / f"{name}.safetensors").write_bytes(numbers)
        weights = made(folder, folder / "weights.safetensors", "weights")
        return Done(result={"steps": 300, "best_step": 200, "bytes": 4}, files=(weights,))

    monkeypatch.setattr("trainers.cli.running.finished", job)
    monkeypatch.setattr("trainers.weights.read_adapter", lambda path, base: path)
    _, told = cells.learned(base, SUBJECT, "lora", 0, form=form, keep=tmp_path / "kept")
    photos = [photo["path"] for photo in orders[0]["photos"]]

    assert (orders[0]["settings"], len(photos), len(set(photos))) == asked
    assert ((tmp_path / "kept").read_bytes(), told["best_step"]) == kept
    assert told["bytes"] == len(kept[0])


def test_a_form_of_fewer_bytes_leaves_a_lora_that_much(
    base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = torch.Generator().manual_seed(1)
    pair = {f"lora_unet_x.lora_{part}.weight": torch.randn(64, 64, generator=generator) for part in ("down", "up")}

    def job(folder: Path, order: dict[str, Any], base: Base) -> Done:
        save_file({name: part.half() for name, part in pair.items()}, folder / "weights.safetensors")
        return Done(result={"bytes": 1}, files=(made(folder, folder / "weights.safetensors", "weights"),))

    monkeypatch.setattr("trainers.cli.running.finished", job)
    monkeypatch.setattr("trainers.weights.read_adapter", lambda path, base: path)
    _, whole = cells.learned(base, SUBJECT, "lora", 0)
    _, short = cells.learned(base, SUBJECT, "lora", 0, form="a quarter of the bytes", keep=tmp_path / "kept")

    assert short["bytes"] == pytest.approx(whole["bytes"] / 4, rel=0.15)
    assert (tmp_path / "kept").stat().st_size == short["bytes"]


@pytest.mark.parametrize("way", ["nosuch", "lora, no such form", "lora,one photo"])
def test_a_way_there_is_not_is_refused(way: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        options("--method", way)

    assert "alone or with fixed steps or one photo or three quarters of the bytes" in capsys.readouterr().err


def test_ways_are_compared_over_the_exams_and_seeds_that_both_have() -> None:
    stopped = [a_cell("lora", seed=seed) for seed in (0, 1)]
    whole = replace(a_cell(f"lora, {FIXED}", alike=(0.5, 0.5)), steps=600, diverse=(0.0, 0.0))
    network = replace(a_cell("dreambooth", exam=STYLE), bytes=50_000)

    (pair,) = pairs([*stopped, whole, network])

    assert str(pair) == (
        "| lora less lora, fixed steps | +0.25 [+0.00, +0.50] | +0.00 [+0.00, +0.00] | +0.12 [+0.00, +0.25] "
        "| +0.50 | 50% | 1 × | 1 subjects × 1 |"
    )
    assert compared([stopped[0], network]) == ""


def test_what_a_file_holds_is_compared_with_a_whole_network() -> None:
    network = replace(a_cell("dreambooth", alike=(1.0, 1.0)), bytes=50_000)
    drawn = [a_cell(way, exam=STYLE) for way in ("lora", "dreambooth")]

    pair, of_style = pairs([a_cell("lora"), network, *drawn])

    assert (pair.way, pair.other, of_style.part) == ("lora", "dreambooth", "styles")
    assert "| 0.02 × | 1 subjects × 1 |" in str(pair)
