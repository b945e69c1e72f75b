"""`bench preview` asks for the exams' subjects in each way and keeps what the judge says."""

from __future__ import annotations

import json
from pathlib import Path

from trainers.bench.preview import PHOTO, WAYS, report, rows_of

FOUND = {
    "name": "a red cat with blue spots and two eyes",
    "marks": {"class word alone": [0.25, 1.0], PHOTO: [0.75, 0.9]},
    "first_s": 1.0,
    "whole_s": 4.0,
    "cpu_s": 3.0,
}
OTHER = FOUND | {"marks": {"class word alone": [0.35, 0.8], PHOTO: [0.85, 0.7]}, "first_s": 2.0}


def test_each_way_has_its_mean_over_subjects() -> None:
    lower, photo = rows_of([FOUND, OTHER])

    assert (lower["way"], round(lower["fidelity"]["mean"], 3)) == ("class word alone", 0.3)
    assert (photo["way"], round(photo["prompt_fidelity"]["mean"], 3)) == (PHOTO, 0.8)
    assert PHOTO in WAYS


def test_the_report_is_made_from_the_figures(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text(json.dumps({"base_model": "miniature-2", "found": [FOUND, OTHER]}))

    told = report(tmp_path)
    assert "first picture 1.5 s, to the grid of four 4.0 s (3.0 s of one core)" in told
    assert f"| {PHOTO} | 0.80 [0.75, 0.85] | 0.80 [0.70, 0.90] |" in told
    assert "](preview/subject-2.jpg)" in told
