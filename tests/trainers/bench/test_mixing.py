"""Two words in one picture: by which words it is asked, and what is told of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch

from tests.trainers.mergers import taught
from trainers.bench.mixing import ALONE, APART, UNPLACED, Sitter, _merged_too, report, shares_of
from trainers.bench.moved import moved_by
from trainers.bench.sitters import chosen
from trainers.pipeline import Base


def test_each_way_is_asked_by_the_words_and_by_their_shares_of_the_closed_form(base: Base) -> None:
    one, other = chosen(2)
    pair = Sitter(one, taught(base, "zed", 1)), Sitter(other, taught(base, "ivo", 7))

    shares_of_both = shares_of(base, pair)
    asked = _merged_too(pair, shares_of_both)

    assert [(name, way) for name, way, _ in asked] == [
        (name, way) for way in (ALONE, UNPLACED, APART) for name in (way, f"{way}, merged")
    ]
    for (_, _, stacked), (_, _, shares) in zip(asked[::2], asked[1::2], strict=True):
        assert stacked == pair
        for own, share in zip(pair, shares, strict=True):
            assert (share.exam, share.word.word) == (own.exam, own.word.word)
            assert torch.equal(share.word.rows[0], own.word.rows[0])
            assert share.word.linear.keys() == own.word.linear.keys()
            assert share.word.fingerprint != own.word.fingerprint


def test_shares_move_nothing_of_the_others_words(base: Base) -> None:
    one, other = chosen(2)
    pair = Sitter(one, taught(base, "zed", 1)), Sitter(other, taught(base, "ivo", 7))
    words, shares = ([each.word for each in both] for both in (pair, shares_of(base, pair)))

    found = moved_by(base, words, shares, ["animal", "object"])
    unmerged = moved_by(base, words, words, ["animal", "object"])

    assert found.stacked > 0.1
    assert found.shares < 0.001
    assert (unmerged.captions, unmerged.stacked, unmerged.shares) == (1.0, found.stacked, found.stacked)


def test_the_report_tells_what_merging_adds_picture_by_picture(tmp_path: Path) -> None:
    def found(way: str, own: list[float], apart: list[float]) -> dict[str, object]:
        told = {"way": way, "subjects": ["a cat", "a mug"], "methods": [], "own": own, "apart": apart}
        return told | {"scene": [1.0] * max(1, len(own) // 2)}

    figures = {
        "base_model": "miniature-2",
        "moved": [{"captions": 0.2, "stacked": 0.5, "shares": 0.0}],
        "found": [
            found(ALONE, [0.9], []),
            found(f"{ALONE}, merged", [0.8], []),
            found(APART, [0.5, 0.5], [0.0]),
            found(f"{APART}, merged", [0.75, 0.75], [1.0]),
            found(UNPLACED, [0.8, 0.4, 0.6, 0.6], [1.0, 1.0]),
        ],
    }
    (tmp_path / "figures.json").write_text(json.dumps(figures))

    told = report(tmp_path)

    assert f"| {ALONE} | -0.10 [-0.10, -0.10] | – |" in told
    assert f"| {APART} | 0.25 [0.25, 0.25] | 1.00 [1.00, 1.00] |" in told
    assert re.search(rf"\| {UNPLACED} \| 2 \| [^|]+ \| 0.50 \[0.00, 1.00\] \|", told)
    assert "| 1 | 0.50 | 0.00 | 0.20 |" in told
    assert told.count("/pair-1.jpg)") == 1


def test_where_nothing_was_merged_the_report_tells_of_no_gain() -> None:
    assert "merged" not in report(Path("docs/mixing"))
