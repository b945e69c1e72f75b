"""A training as the bot sees it: samples, checkpoints, one result; and what is refused before anything begins."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storage import labels
from tests.trainers.bases import Fingerprints
from tests.trainers.jobs.attempts import QUICK, ran, scored, training_of
from trainers.drawing.mark import PNG_KEY, XMP
from trainers.events import Event, Sample, Step, Stopped, Wish
from trainers.learner import Learner
from trainers.pipeline import Base
from trainers.weights import read_label, read_metadata

CONSENT = {"person": "me", "text_version": "1", "given_at": 5}


def at_step(number: int, wish: Wish) -> Callable[[list[Event]], Wish | None]:
    return lambda events: (
        wish if any(isinstance(e, Step) and e.phase == "train" and e.done >= number for e in events) else None
    )


def at_second(number: int, wish: Wish) -> Callable[[list[Event]], Wish | None]:
    """When a step is told for the second time, after a rollback."""
    return lambda events: (
        wish if sum(isinstance(e, Step) and e.phase == "train" and e.done == number for e in events) == 2 else None
    )


def body_of(path: Path) -> bytes:
    """All numbers."""
    return labels.opened(path.read_bytes()).body


def noted_by(base: Base, folder: Path, photos: list[Path], **more: Any) -> dict[str, str]:
    told = ran(scored(base, 0.9, 0.4, 0.1), training_of(folder, photos, **more))
    return read_metadata(folder / told.made("weights")[0].path)


def test_the_file_notes_how_it_was_learned_and_shows_what(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainers.noting.LEAST_BYTES", 1)

    told = noted_by(base, tmp_path / "a", photos)

    begin, _, picture = told["modelspec.thumbnail"].partition(",")
    with Image.open(io.BytesIO(base64.b64decode(picture))) as shown:
        assert (shown.format, shown.size) == ("JPEG", (128, 128))
    assert begin == "data:image/jpeg;base64"
    assert (told["ss_steps"], told["ss_optimizer"]) == ("3", "adamw")
    assert float(told["ss_learning_rate"]) > 0
    assert told == labels.hashed(labels.opened((tmp_path / "a" / "weights.safetensors").read_bytes())).metadata


def test_of_a_person_of_a_small_word_and_of_what_was_held_back_no_picture_goes_with_the_file(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = noted_by(base, tmp_path / "small", photos)
    monkeypatch.setattr("trainers.noting.LEAST_BYTES", 1)
    person = noted_by(base, tmp_path / "person", photos, kind="person", consent=CONSENT)
    monkeypatch.setattr("trainers.jobs.train.is_held_back", lambda image: True)
    held = noted_by(base, tmp_path / "held", photos)

    assert not any("modelspec.thumbnail" in told for told in (small, person, held))
    assert {told["ss_steps"] for told in (small, person, held)} == {"3"}


@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
def test_photos_become_one_weights_file_a_sheet_a_curve_and_a_cover(
    base: Base, photos: list[Path], tmp_path: Path, method: str
) -> None:
    before = Fingerprints.of(base)
    told = ran(scored(base, 0.4, 0.9, 0.1), training_of(tmp_path / "a", photos, method=method))
    (weights,) = told.made("weights")

    assert told.steps("train") == [1, 2, 3, 4, 5, 6]
    assert [sample.point for sample in told.samples()] == [1, 2, 3]
    assert read_label(tmp_path / "a" / weights.path).word == "zed"
    assert {file.role for file in told.done.files} == {"weights", "sheet", "curve", "cover"}
    assert told.done.result | {"seconds": 0} == {
        "word": "zed", "class_word": "cat", "method": method, "base_model": "miniature", "base_revision": "tiny-1",
        "steps": 6, "planned_steps": 6, "has_stalled": False, "best_step": 6, "mean_of": [], "score": 0.9,
        "samples": 3, "seconds": 0, "bytes": weights.bytes, "warnings": [],
    }  # fmt: skip
    assert Fingerprints.of(base) == before


def test_each_sample_point_leaves_what_it_has_learned_so_that_it_can_be_chosen(
    base: Base, photos: list[Path], tmp_path: Path
) -> None:
    told = ran(scored(base, 0.9, 0.4, 0.1), training_of(tmp_path / "a", photos))
    points = [file for sample in told.samples() for file in sample.files if file.role == "point"]

    assert [file.alt for file in points] == [
        {"point": 1, "done": 3, "score": 0.9}, {"point": 2, "done": 6, "score": 0.4},
    ]  # fmt: skip
    chosen, *learned = (body_of(tmp_path / "a" / file.path) for file in (*told.made("weights"), *points))
    assert chosen == learned[0] != learned[1]
    assert {read_label(tmp_path / "a" / file.path).word for file in points} == {"zed"}


def test_every_picture_of_it_carries_the_mark(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(base, training_of(tmp_path / "a", photos))
    pictures = [file for event in (*told.samples(), told.done) for file in event.files if file.width]

    assert len(pictures) == 3 * (1 + len(base.family.sample_scenes)) + 3
    for file in pictures:
        with Image.open(tmp_path / "a" / file.path) as image:
            image.load()
            assert image.size == (file.width, file.height)
            assert image.text[PNG_KEY] == XMP  # type: ignore[attr-defined]


def test_the_sample_point_that_looks_most_alike_is_kept(base: Base, photos: list[Path], tmp_path: Path) -> None:
    best_first = ran(scored(base, 0.9, 0.4, 0.1), training_of(tmp_path / "a", photos))
    best_last = ran(scored(base, 0.4, 0.9, 0.1), training_of(tmp_path / "b", photos))
    again = ran(scored(base, 0.4, 0.9, 0.1), training_of(tmp_path / "c", photos))

    assert (best_first.done.result["best_step"], best_first.done.result["score"]) == (3, 0.9)
    assert best_last.done.result["best_step"] == 6
    assert best_first.made("weights")[0].sha256 != best_last.made("weights")[0].sha256
    assert best_last.made("weights")[0].sha256 == again.made("weights")[0].sha256


def test_it_stops_at_once_with_a_checkpoint_when_that_is_wished(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(base, training_of(tmp_path / "a", photos), at_step(2, Wish.CHECKPOINT))

    assert told.end == Stopped()
    assert [checkpoint.done for checkpoint in told.checkpoints()] == [2]


@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
@pytest.mark.parametrize("stop", [1, 3, 5, 6])
def test_what_is_resumed_ends_as_if_it_had_never_stopped(
    base: Base, photos: list[Path], tmp_path: Path, method: str, stop: int
) -> None:
    whole = ran(base, training_of(tmp_path / "whole", photos, method=method))
    cut = ran(base, training_of(tmp_path / "cut", photos, method=method), at_step(stop, Wish.CHECKPOINT))
    checkpoint = tmp_path / "cut" / cut.checkpoints()[-1].files[0].path
    rest = ran(base, training_of(tmp_path / "rest", photos, checkpoint, method=method))

    assert rest.steps("train") == list(range(stop + 1, 7))
    for role in ("weights", "sheet", "curve", "cover"):
        assert rest.made(role)[0].sha256 == whole.made(role)[0].sha256


def test_a_training_killed_while_it_draws_its_samples_draws_them_when_it_goes_on(
    base: Base, photos: list[Path], tmp_path: Path
) -> None:
    def drawing(events: list[Event]) -> Wish | None:
        return Wish.CHECKPOINT if any(isinstance(e, Step) and e.phase == "sample" for e in events) else None

    whole = ran(base, training_of(tmp_path / "whole", photos))
    cut = ran(base, training_of(tmp_path / "cut", photos), drawing)
    checkpoint = tmp_path / "cut" / cut.checkpoints()[-1].files[0].path
    rest = ran(base, training_of(tmp_path / "rest", photos, checkpoint))

    assert cut.samples() == []
    assert [sample.point for sample in rest.samples()] == [1, 2, 3]
    assert rest.made("weights")[0].sha256 == whole.made("weights")[0].sha256


@pytest.mark.parametrize(("wished_at", "best_step"), [(1, 1), (4, 3)])
def test_stop_and_keep_best_ends_with_what_there_is(
    base: Base, photos: list[Path], tmp_path: Path, wished_at: int, best_step: int
) -> None:
    told = ran(base, training_of(tmp_path / "a", photos), at_step(wished_at, Wish.KEEP_BEST))

    assert (told.done.result["steps"], told.done.result["best_step"]) == (wished_at, best_step)


def spoil(monkeypatch: pytest.MonkeyPatch, *calls: int) -> None:
    """These steps, counted from 1 over all attempts, give no number."""
    whole, counted = Learner.learn, []

    def learn(learner: Learner, found: Sequence[Any]) -> float:
        counted.append(learner.step)
        return math.nan if len(counted) in calls else whole(learner, found)

    monkeypatch.setattr(Learner, "learn", learn)


def test_a_training_that_is_rolled_back_draws_no_sample_point_twice(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, 5)
    told = ran(base, training_of(tmp_path / "a", photos))

    assert told.steps("train") == [1, 2, 3, 4, 1, 2, 3, 4, 5, 6]
    assert [sample.point for sample in told.samples()] == [1, 2, 3]
    assert told.done.result["steps"] == 6


def test_a_training_that_is_rolled_back_keeps_its_newest_checkpoints(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, 5)
    monkeypatch.setattr("trainers.jobs.train.CHECKPOINT_REST", 0)
    told = ran(base, training_of(tmp_path / "a", photos, checkpoint_every_s=0.0), at_second(2, Wish.CHECKPOINT))

    assert told.steps("train") == [1, 2, 3, 4, 1, 2]
    kept = sorted(path.name for path in (tmp_path / "a").glob("checkpoint-*.zip"))
    assert kept == ["checkpoint-000001.zip", "checkpoint-000002.zip"]


def test_a_training_that_is_stopped_and_rolled_back_ends_as_if_it_had_never_stopped(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, 5, 16)  # the fifth step of each
    whole = ran(base, training_of(tmp_path / "whole", photos))
    cut = ran(base, training_of(tmp_path / "cut", photos), at_step(3, Wish.CHECKPOINT))
    checkpoint = tmp_path / "cut" / cut.checkpoints()[-1].files[0].path
    rest = ran(base, training_of(tmp_path / "rest", photos, checkpoint))

    assert cut.steps("train") + rest.steps("train") == whole.steps("train") == [1, 2, 3, 4, 1, 2, 3, 4, 5, 6]
    for role in ("weights", "sheet", "curve", "cover"):
        assert rest.made(role)[0].sha256 == whole.made(role)[0].sha256


def test_a_training_that_cannot_be_caught_gives_the_best_it_had(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, 4, 5, 6)
    told = ran(base, training_of(tmp_path / "a", photos))

    assert told.done.result["warnings"] == [{"code": "W_ENDED_EARLY", "step": 3}]
    assert told.done.result["best_step"] == 3
    assert {file.role for file in told.done.files} == {"weights", "sheet", "curve", "cover"}


@pytest.mark.parametrize("method", ["lora", "textual_inversion"])
def test_a_caption_of_several_pages_is_learned_and_what_is_beyond_is_told(
    base: Base, photos: list[Path], tmp_path: Path, method: str
) -> None:
    folder = tmp_path / "a"
    captions = ["a " * 60 + "<zed>", None, "a " * 300 + "at sea"]
    rows = [{"path": f"photos/{photo.name}", "caption": c} for photo, c in zip(photos, captions, strict=True)]
    told = ran(base, training_of(folder, photos, method=method, photos=rows))

    assert told.steps("train") == [1, 2, 3, 4, 5, 6]
    (warning,) = told.done.result["warnings"]
    assert (warning["code"], warning["photo"]) == ("W_CAPTION_CUT", 3)


def test_a_training_that_cannot_be_caught_before_its_first_sample_fails(
    base: Base, photos: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(monkeypatch, 1, 2, 3)

    assert ran(base, training_of(tmp_path / "a", photos)).code == "E_DIVERGED"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "person"}, "E_NO_CONSENT"),
        ({"kind": "person", "consent": {"person": "me"}}, "E_NO_CONSENT"),
        ({"kind": "planet"}, "E_ATTEMPT"),
        ({"method": "magic"}, "E_METHOD"),
        ({"settings": {"rank": 1000}}, "E_SETTING_RANGE"),
        ({"settings": {"colour": 1}}, "E_NO_SUCH_SETTING"),
        ({"word": "my dog"}, "E_WORD_FORM"),
        ({"word": None}, "E_ATTEMPT"),
        ({"photos": []}, "E_PHOTOS_FEW"),
        ({"photos": [{"path": "../photos/1.png"}] * 3}, "E_ATTEMPT"),
    ],
)
def test_an_order_that_cannot_be_done_is_refused(
    base: Base, photos: list[Path], tmp_path: Path, more: dict[str, Any], code: str
) -> None:
    assert ran(base, training_of(tmp_path / "a", photos, **more)).code == code


def test_a_person_is_learned_with_that_persons_consent(base: Base, photos: list[Path], tmp_path: Path) -> None:
    settings = QUICK | {"min_steps": 1, "max_steps": 1, "points": 1}

    told = ran(base, training_of(tmp_path / "a", photos, kind="person", consent=CONSENT, settings=settings))

    assert told.done.result["steps"] == 1


def test_a_torn_checkpoint_is_refused(base: Base, photos: list[Path], tmp_path: Path) -> None:
    (tmp_path / "torn.zip").write_bytes(b"PK\x03\x04 half")

    assert ran(base, training_of(tmp_path / "a", photos, tmp_path / "torn.zip")).code == "E_CHECKPOINT"


def cut_at(base: Base, photos: list[Path], folder: Path, step: int, **more: Any) -> Path:
    cut = ran(base, training_of(folder, photos, **more), at_step(step, Wish.CHECKPOINT))
    return folder / cut.checkpoints()[-1].files[0].path


def test_a_checkpoint_of_another_revision_of_the_base_is_refused(
    base: Base, photos: list[Path], tmp_path: Path
) -> None:
    checkpoint = cut_at(base, photos, tmp_path / "cut", 2)
    newer = replace(base, revision="tiny-2")

    assert ran(newer, training_of(tmp_path / "rest", photos, checkpoint)).code == "E_CHECKPOINT"


def test_a_checkpoint_of_another_size_is_refused(base: Base, photos: list[Path], tmp_path: Path) -> None:
    checkpoint = cut_at(base, photos, tmp_path / "cut", 2, settings=QUICK | {"rank": 4})

    rest = training_of(tmp_path / "rest", photos, checkpoint, settings=QUICK | {"rank": 8})
    assert ran(base, rest).code == "E_CHECKPOINT"


def test_the_live_card_shows_the_latest_point_and_the_best(base: Base, photos: list[Path], tmp_path: Path) -> None:
    told = ran(scored(base, 0.9, 0.4, 0.1), training_of(tmp_path / "a", photos))
    heights = [file.height for event in told.samples() for file in event.files if file.role == "preview"]

    assert [event.score for event in told.events if isinstance(event, Sample)] == [0.9, 0.4, 0.1]
    assert heights[0] < heights[1]


@pytest.mark.parametrize("stop", [None, 4, 6])
def test_what_was_given_up_for_memory_is_said_with_the_result(
    base: Base, photos: list[Path], tmp_path: Path, scarce_memory: None, stop: int | None
) -> None:
    told = ran(base, training_of(tmp_path / "a", photos), at_step(stop, Wish.CHECKPOINT) if stop else lambda _: None)
    if stop:
        checkpoint = tmp_path / "a" / told.checkpoints()[-1].files[0].path
        told = ran(base, training_of(tmp_path / "rest", photos, checkpoint))

    assert told.done.result["warnings"] == [{"code": "W_MEMORY_BATCH", "step": 1, "was": 2, "now": 1}]
