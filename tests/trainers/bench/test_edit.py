"""What `bench edit` asks for is what it judges; its figures are kept and go on where they stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from trainers.bench.edit import CHANGES, Case, cases, mark, means, psnr_db, report
from trainers.miniature.readers import load_reader
from trainers.miniature.world import draw

FOUND = {
    "said": "a red cat",
    "prompt": "a blue cat",
    "change": "colour",
    "psnr_db": {"one": 20.0, "other": 30.0},
    "marks": {"edited": {"0.4": [True, False], "0.8": [True, True]}},
}


def test_a_case_changes_one_thing_and_no_other() -> None:
    found = cases(9)

    assert [case.change for case in found] == list(CHANGES) * 3
    for case in found:
        parts = {
            "colour": (case.photo.subjects, case.wanted.subjects),
            "scene": (case.photo.scene, case.wanted.scene),
            "accessory": (case.photo.accessories, case.wanted.accessories),
        }
        assert {name for name, (before, after) in parts.items() if before != after} == {case.change}


@pytest.mark.parametrize("case", cases(3), ids=lambda case: case.change)
def test_the_true_answer_is_marked_right_and_the_photo_as_unchanged(case: Case) -> None:
    answer, photo = load_reader("judge").read([draw(case.wanted), draw(case.photo)])

    assert mark(case, answer) == (True, True)
    assert mark(case, photo) == (False, True)


def test_likeness_is_in_decibels() -> None:
    black, grey = Image.new("L", (4, 4), 0), Image.new("L", (4, 4), 51)

    assert psnr_db(black, grey) == pytest.approx(13.98, abs=0.01)


def test_shares_count_what_is_changed_and_kept_at_once() -> None:
    other = FOUND | {"marks": {"edited": {"0.4": [False, True], "0.8": [True, True]}}}
    told = means([FOUND, other])

    assert told["psnr_db"] == {"one": 20.0, "other": 30.0}
    assert told["shares"][0] == {"way": "edited", "strength": "0.4", "changed": 0.5, "kept": 0.5, "both": 0.0}
    assert told["shares"][1]["both"] == 1.0


def test_the_report_is_made_from_the_figures(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text(json.dumps({"base_model": "miniature-2", "found": [FOUND]}))

    told = report(tmp_path)
    assert "| other | 30.0 |" in told
    assert "| edited | 0.8 | 1.00 | 1.00 | 1.00 |" in told
    assert "![a red cat, to become a blue cat](editing/photo-1.jpg)" in told
