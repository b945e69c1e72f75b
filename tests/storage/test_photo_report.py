"""A set of photos: enough, alike, and which twenty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PIL import Image

from storage.inspector.measures import measure
from storage.photo_report import MOST, SAME_BITS, PhotoFacts, Verdict, alike, distance, photo_report
from tests.storage.inspector.uploads import picture, rebuilt_copy


def photos(count: int, **same: Any) -> list[PhotoFacts]:
    """That many different good photos."""
    hashes = [f"{(n * 0x9E3779B97F4A7C15 + 0x1234567) % 2**64:016x}" for n in range(1, count + 1)]
    made = [
        PhotoFacts(id=f"{n:016x}", n=n, width_px=512, height_px=512, phash=found, sharpness=20.0, remarks=0)
        for n, found in enumerate(hashes, 1)
    ]
    return [replace(photo, **same) for photo in made]


def verdict(given: list[PhotoFacts], need: int = 3) -> str:
    return str(photo_report(given, size_px=64, need=need).verdict)


def test_too_few_are_refused_a_few_warned_of_and_five_are_fine() -> None:
    assert [verdict(photos(count)) for count in range(7)] == ["refuse"] * 3 + ["warn"] * 2 + ["ok"] * 2


def test_a_method_that_learns_from_one_photo_gets_one() -> None:
    assert verdict(photos(1), need=1) == "warn"
    assert verdict([], need=1) == "refuse"


def test_of_thirty_the_best_twenty_are_proposed_in_their_order() -> None:
    thirty = photos(30)
    thirty[3] = replace(thirty[3], remarks=1)
    thirty = [replace(photo, sharpness=photo.sharpness + (photo.n > 12)) for photo in thirty]

    report = photo_report(thirty, size_px=64)

    assert report.verdict is Verdict.WARN
    assert len(report.proposed) == MOST
    assert list(report.proposed) == sorted(report.proposed)
    assert 4 in report.left_out
    assert set(range(13, 31)).isdisjoint(report.left_out)


def test_copies_are_named_after_their_original_and_left_out_first() -> None:
    given = photos(21)
    given[20] = replace(given[20], phash=given[4].phash, sharpness=99.0)

    report = photo_report(given, size_px=64)

    assert report.duplicates == ((5, 21),)
    assert report.remarks == {given[20].id: ({"code": "W_DUPLICATE", "facts": {"other": 5}},)}
    assert report.left_out == (21,)
    assert report.distinct == 20


def test_twelve_copies_are_one_photo_and_the_member_decides() -> None:
    report = photo_report(photos(12, phash="00ff00ff00ff00ff"), size_px=64)

    assert (report.distinct, report.verdict, len(report.proposed)) == (1, Verdict.WARN, 12)


def test_a_copy_saved_anew_is_alike_and_another_picture_is_not() -> None:
    originals = [picture(320, 240, seed) for seed in range(30)]
    hashes = [measure(image).phash for image in originals]
    copies = [measure(rebuilt_copy(image)).phash for image in originals]

    assert max(distance(one, other) for one, other in zip(hashes, copies, strict=True)) <= SAME_BITS
    apart = [distance(one, other) for at, one in enumerate(hashes) for other in hashes[:at]]
    assert min(apart) > SAME_BITS


def test_a_photo_without_a_hash_is_like_no_other() -> None:
    assert alike(photos(3, phash="")) == []


def test_one_colour_has_a_hash_too() -> None:
    assert len(measure(Image.new("RGB", (64, 64), (9, 9, 9))).phash) == 16
