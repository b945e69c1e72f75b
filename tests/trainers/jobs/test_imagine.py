"""A drawing as the bot sees it: images and a grid, each fit for its limit; and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from tests.trainers.jobs.attempts import attempt_of, ran, training_of
from trainers.attempt import Attempt
from trainers.events import Event, Step, Stopped, Wish
from trainers.imagine import SKETCH_LATENTS, finished, imagine, sketched
from trainers.jobs.imagine import drawing_of as job_order
from trainers.pipeline import Base
from trainers.showing import opened


@pytest.fixture
def zed(base: Base, photos: list[Path], tmp_path: Path) -> Path:
    told = ran(base, training_of(tmp_path / "training", photos))
    return tmp_path / "training" / told.made("weights")[0].path


def drawing_of(folder: Path, *, zed: Path | None = None, name: str = "zed", **order: Any) -> Attempt:
    folder.mkdir()
    words = []
    if zed is not None:
        (folder / "zed.safetensors").write_bytes(zed.read_bytes())
        words = [{"name": name, "weights": ["zed.safetensors"]}]
    return attempt_of(folder, "imagine", {"prompt": "a cat", "steps": 2, "words": words, **order})


def pixels(base: Base, folder: Path, **order: Any) -> bytes:
    told = ran(base, drawing_of(folder, **order))
    return opened(folder / told.made("image")[0].path).tobytes()


def test_four_images_have_their_own_seeds_and_one_grid(base: Base, tmp_path: Path) -> None:
    told = ran(base, drawing_of(tmp_path / "a", count=4, seed=2**32 - 1))

    assert [file.alt["seed"] for file in told.made("image")] == [2**32 - 1 + index for index in range(4)]
    assert [file.path for file in told.made("sheet")] == ["grid.png"]
    assert told.steps("imagine") == [1, 2]
    assert told.done.result["settings"]["base_model"] == "miniature@tiny-1"
    assert "prompt" not in told.done.result["settings"]


def recipe_in(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(Image.open(file).text["tintype"])  # type: ignore[attr-defined]
    return told


@pytest.mark.parametrize("has_prompt", [False, True])
def test_the_grid_says_of_all_pictures_what_each_says_of_itself(base: Base, tmp_path: Path, has_prompt: bool) -> None:
    order = {"count": 3, "seed": 40, "relation": {"kind": "vary", "parent": "parent.png"}, "has_prompt": has_prompt}
    attempt = drawing_of(tmp_path / "a", **order)
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "a" / "parent.png")
    ran(base, attempt)
    grid, *singles = (recipe_in(tmp_path / "a" / f"{name}.png") for name in ("grid", *(f"image-{n}" for n in "123")))

    assert grid.pop("seeds") == [single.pop("seed") for single in singles] == [40, 41, 42]
    assert all(single == grid for single in singles)
    assert grid["relation"] == {"kind": "vary", "strength": 0.6}
    assert grid.get("prompt") == ("a cat" if has_prompt else None)


LONG = "a " * 400


def test_what_of_a_prompt_is_too_long_to_be_heard_is_told(base: Base, tmp_path: Path) -> None:
    order = {"prompt": "a " * (38 * base.family.pages) + "at the beach", "negative_prompt": LONG}
    told = ran(base, drawing_of(tmp_path / "a", **order))

    assert told.done.result["warnings"] == [
        {"code": "W_PROMPT_CUT", "rest": "at the beach"},
        {"code": "W_NEGATIVE_CUT"},
    ]


def test_a_prompt_of_several_pages_is_heard_to_its_end(base: Base, tmp_path: Path) -> None:
    plain, more = "a " * 60, "a " * 60 + "b"

    assert pixels(base, tmp_path / "a", prompt=plain) != pixels(base, tmp_path / "b", prompt=more)
    assert ran(base, drawing_of(tmp_path / "c", prompt=more)).done.result["warnings"] == []


def test_one_image_needs_no_grid(base: Base, tmp_path: Path) -> None:
    assert ran(base, drawing_of(tmp_path / "a")).made("sheet") == []


def test_the_same_order_gives_the_same_file(base: Base, tmp_path: Path) -> None:
    first, second = (ran(base, drawing_of(tmp_path / name, seed=4)).made("image")[0] for name in "ab")

    assert first.sha256 == second.sha256


def test_a_renamed_word_draws_as_it_did_before(base: Base, zed: Path, tmp_path: Path) -> None:
    before = pixels(base, tmp_path / "a", zed=zed, prompt="a <zed>")

    assert pixels(base, tmp_path / "b", zed=zed, name="rex", prompt="a <rex>") == before
    assert pixels(base, tmp_path / "c", zed=zed, prompt="a cat") != before


def test_how_strong_a_word_is_stands_in_the_prompt(base: Base, zed: Path, tmp_path: Path) -> None:
    half = pixels(base, tmp_path / "a", zed=zed, prompt="a <zed:0.5>")

    assert half != pixels(base, tmp_path / "b", zed=zed, prompt="a <zed>")
    assert half == pixels(base, tmp_path / "c", zed=zed, prompt="a <zed:0.5>")


@pytest.mark.parametrize(
    ("relation", "size", "strength"),
    [
        ({"kind": "vary", "amount": "subtle"}, (64, 64), 0.45),
        ({"kind": "vary", "amount": "subtle", "strength": 0.6}, (64, 64), 0.6),
        ({"kind": "edit", "strength": 7}, (64, 64), 1.0),
        ({"kind": "enlarge", "strength": 0.6}, (128, 128), 0.1),
    ],
)
def test_a_picture_comes_from_another(
    base: Base, tmp_path: Path, relation: dict[str, Any], size: tuple[int, int], strength: float
) -> None:
    attempt = drawing_of(tmp_path / "a", relation=relation | {"parent": "parent.png"})
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "a" / "parent.png")
    told = ran(base, attempt)

    assert (told.done.result["width"], told.done.result["height"]) == size
    assert told.done.result["settings"]["relation"] == {"kind": relation["kind"], "strength": strength}


def test_once_more_begins_from_nothing(base: Base, tmp_path: Path) -> None:
    again = pixels(base, tmp_path / "a", relation={"kind": "again", "parent": None}, seed=3)

    assert again == pixels(base, tmp_path / "b", seed=3)


def test_a_picture_is_packed_until_it_fits(base: Base, tmp_path: Path) -> None:
    assert ran(base, drawing_of(tmp_path / "a", limit_bytes=3000)).made("image")[0].bytes <= 3000
    assert ran(base, drawing_of(tmp_path / "b", limit_bytes=100)).code == "E_IMAGE_TOO_BIG"


def test_it_begins_anew_another_time_when_the_engine_must_stop(base: Base, tmp_path: Path) -> None:
    def wish(events: list[Event]) -> Wish | None:
        return Wish.CHECKPOINT if any(isinstance(e, Step) and e.phase == "imagine" for e in events) else None

    assert ran(base, drawing_of(tmp_path / "a", steps=4), wish).end == Stopped()


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"count": 9}, "E_COUNT"),
        ({"count": 0}, "E_COUNT"),
        ({"count": "two"}, "E_ATTEMPT"),
        ({"shape": "round"}, "E_ATTEMPT"),
        ({"quality": "perfect", "steps": None}, "E_ATTEMPT"),
        ({"prompt": None}, "E_ATTEMPT"),
        ({"prompt": "a <zed:3>"}, "E_STRENGTH"),
        ({"words": [{"name": "zed", "weights": ["nowhere"]}]}, "E_ATTEMPT"),
        ({"words": [{"name": "zed", "weights": ["../zed.safetensors"]}]}, "E_ATTEMPT"),
        ({"words": ["zed"]}, "E_ATTEMPT"),
        ({"relation": {"kind": "vary", "parent": "/etc/passwd"}}, "E_ATTEMPT"),
    ],
)
def test_an_order_that_cannot_be_done_is_refused(base: Base, tmp_path: Path, order: dict[str, Any], code: str) -> None:
    assert ran(base, drawing_of(tmp_path / "a", **order)).code == code


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.999])
def test_a_weights_file_that_is_cut_off_is_refused(base: Base, zed: Path, tmp_path: Path, kept: float) -> None:
    content = zed.read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * kept)])

    assert ran(base, drawing_of(tmp_path / "a", zed=tmp_path / "cut", prompt="a <zed>")).code == "E_WEIGHTS_BROKEN"


@pytest.mark.parametrize(("quality", "share"), [("fast", 0.5), ("normal", 1.0), ("fine", 2.0)])
def test_the_quality_decides_how_much_work_goes_into_it(base: Base, tmp_path: Path, quality: str, share: float) -> None:
    told = ran(base, drawing_of(tmp_path / "a", quality=quality, steps=None))

    assert told.done.result["settings"]["steps"] == round(base.family.steps * share)
    assert told.steps("imagine")[-1] == round(base.family.steps * share)


@pytest.mark.parametrize("strength", [0.1, 1.0])
def test_a_picture_that_was_sent_is_cut_to_the_shape_and_left_as_far_as_said(
    base: Base, tmp_path: Path, strength: float
) -> None:
    attempt = drawing_of(
        tmp_path / "a", steps=10, relation={"kind": "image", "parent": "begin.png", "strength": strength}
    )
    Image.new("RGB", (300, 200), "teal").save(tmp_path / "a" / "begin.png")
    told = ran(base, attempt)

    assert (told.done.result["width"], told.done.result["height"]) == base.family.shapes["square"]
    assert told.done.result["settings"]["relation"] == {"kind": "image", "strength": strength}
    assert told.steps("imagine")[-1] == round(10 * strength)


def test_the_prompt_stands_in_the_file_only_when_that_is_wished(base: Base, tmp_path: Path) -> None:
    for name, wish in (("a", False), ("b", True)):
        ran(base, drawing_of(tmp_path / name, prompt="a secret cat", has_prompt=wish))
    plain, told = (Image.open(tmp_path / name / "image-1.png").text for name in "ab")  # type: ignore[attr-defined]

    assert "secret" not in str(plain)
    assert "a secret cat" in told["tintype"]
    assert all("trainedAlgorithmicMedia" in texts["XML:com.adobe.xmp"] for texts in (plain, told))


@pytest.mark.parametrize(("count", "steps"), [(1, 4), (4, 5)])
def test_half_way_a_small_picture_shows_what_it_will_be(base: Base, tmp_path: Path, count: int, steps: int) -> None:
    told = ran(base, drawing_of(tmp_path / "a", count=count, steps=steps))

    (sample,) = told.samples()
    (file,) = sample.files
    later = told.events[told.events.index(sample) :]
    assert [event.done for event in later if isinstance(event, Step)][-1] == steps
    assert file.role == "preview"
    preview = opened(tmp_path / "a" / file.path)
    assert preview.getextrema() != ((0, 0),) * 3
    assert "preview" not in {made.role for made in told.done.files}


def test_looking_at_it_half_way_changes_no_pixel(base: Base, tmp_path: Path) -> None:
    attempt = drawing_of(tmp_path / "a", steps=6, seed=3)
    told = ran(base, attempt)
    unseen = finished(imagine(base, job_order(base, attempt)))

    assert opened(tmp_path / "a" / told.made("image")[0].path).tobytes() == unseen[0].tobytes()


def test_a_large_picture_is_sketched_small(base: Base) -> None:
    latents = torch.randn(1, int(base.unet.config.in_channels), 64, 96, generator=torch.Generator().manual_seed(1))

    (sketch,) = sketched(base, latents)

    assert max(sketch.size) == SKETCH_LATENTS * base.pixels_per_latent
