"""What a set of photos is worth before training: duplicates, the best twenty, and whether there are enough. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from storage.records import Photo

LEAST = 3  # photos, where the method does not say otherwise
ADVISED = 5
MOST = 20
SAME_BITS = 4  # of 64: a copy saved anew differs in 0 to 4, other views of one subject in a median of 26


class Verdict(StrEnum):
    """May this set be trained?"""

    OK = "ok"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What the report needs of one accepted photo."""

    id: str
    n: int  #: 1, 2, … as the member counts them
    width_px: int
    height_px: int
    phash: str  #: 16 hex characters
    sharpness: float
    remarks: int  #: how many things the inspector remarked

    @classmethod
    def of(cls, photo: Photo) -> PhotoFacts:
        """From a stored photo and the facts that the inspector measured."""
        return cls(
            id=photo.id,
            n=photo.position,
            width_px=photo.width_px,
            height_px=photo.height_px,
            phash=str(photo.facts.get("phash", "")),
            sharpness=float(photo.facts.get("sharpness") or 0.0),
            remarks=len(photo.facts.get("remarks") or ()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoReport:
    """The set's verdict; nothing in it is decided for the member but too few."""

    verdict: Verdict
    have: int
    need: int
    distinct: int  #: photos that are no copy of an earlier one
    duplicates: tuple[tuple[int, ...], ...]  #: numbers of photos that look alike, each group from the first
    proposed: tuple[str, ...]  #: ids to train on, in their order: all, or the best twenty
    left_out: tuple[int, ...]  #: numbers of those not proposed
    remarks: Mapping[str, tuple[dict[str, Any], ...]]  #: by photo id: {"code": "W_DUPLICATE", "facts": {"other": n}}


def photo_report(photos: Sequence[PhotoFacts], *, size_px: int, need: int = LEAST) -> PhotoReport:
    """Look at the accepted photos together; `need` is the method's least number, `size_px` what the base trains at."""
    groups = alike(photos)
    copies = {photo.id: group[0].n for group in groups for photo in group[1:]}
    proposed = best(photos, copies, size_px)
    distinct = len(photos) - len(copies)
    if len(photos) < need:
        verdict = Verdict.REFUSE
    elif distinct < ADVISED or copies or len(photos) > MOST or any(photo.remarks for photo in photos):
        verdict = Verdict.WARN
    else:
        verdict = Verdict.OK
    return PhotoReport(
        verdict=verdict,
        have=len(photos),
        need=need,
        distinct=distinct,
        duplicates=tuple(tuple(photo.n for photo in group) for group in groups),
        proposed=tuple(photo.id for photo in proposed),
        left_out=tuple(photo.n for photo in photos if photo not in proposed),
        remarks={photo: ({"code": "W_DUPLICATE", "facts": {"other": n}},) for photo, n in copies.items()},
    )


def alike(photos: Sequence[PhotoFacts]) -> list[list[PhotoFacts]]:
    """Groups of at least two that look alike, each joined to the first photo it resembles."""
    groups: list[list[PhotoFacts]] = []
    for photo in photos:
        home = next((group for group in groups if distance(group[0].phash, photo.phash) <= SAME_BITS), None)
        if home is None:
            groups.append([photo])
        else:
            home.append(photo)
    return [group for group in groups if len(group) > 1]


def distance(one: str, other: str) -> int:
    """Bits in which two perceptual hashes differ; 64 when either is missing."""
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else 64


def best(photos: Sequence[PhotoFacts], copies: Mapping[str, int], size_px: int) -> list[PhotoFacts]:
    """At most MOST, in their own order: originals before copies, unremarked before remarked, then the sharpest."""

    def worth(photo: PhotoFacts) -> tuple[bool, int, float, int]:
        size = min(photo.width_px, photo.height_px, 2 * size_px)
        return photo.id not in copies, -photo.remarks, photo.sharpness, size

    chosen = sorted(photos, key=worth, reverse=True)[:MOST]
    return sorted(chosen, key=lambda photo: photo.n)
