from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.trainers.looking.photographs import photograph
from trainers.conditioning import whole
from trainers.dataset import (
    Example,
    Looks,
    batch_of,
    bucket_of,
    cuts_of,
    examples,
    flips_of,
    looked_at,
    mask_of,
    masks_of,
    pixels_of,
)
from trainers.families import families
from trainers.looking.boxes import share_of
from trainers.pipeline import Base

SD1 = families()["sd1"]


@pytest.mark.parametrize(
    ("width", "height", "bucket"),
    [(512, 512, (512, 512)), (4032, 3024, (576, 448)), (3024, 4032, (448, 576)), (4000, 1000, (640, 384))],
)
def test_a_photo_goes_to_the_bucket_of_its_shape(width: int, height: int, bucket: tuple[int, int]) -> None:
    found = bucket_of(width, height, SD1)

    assert found == bucket
    assert found[0] * found[1] <= 512 * 512
    assert max(found) / min(found) <= SD1.max_aspect


def test_a_small_photo_is_brought_to_size_without_distortion(tmp_path: Path) -> None:
    image = Image.new("RGB", (300, 200), "red")
    image.paste("blue", (0, 0, 150, 200))
    image.save(tmp_path / "a.png")

    made = cuts_of([tmp_path / "a.png"], SD1, "object")[0].picture()

    assert made.size == bucket_of(300, 200, SD1)
    assert made.getpixel((2, 2)) == (0, 0, 255)
    assert made.getpixel((made.width - 3, made.height - 3)) == (255, 0, 0)


def test_pixels_run_from_minus_one_to_one() -> None:
    image = Image.new("RGB", (2, 1), "white")
    image.putpixel((0, 0), (0, 0, 0))

    assert pixels_of(image).tolist() == [[[-1.0, 1.0]]] * 3


def test_only_animals_are_mirrored_and_on_the_miniature_nothing(base: Base) -> None:
    assert {flips_of(SD1, kind) for kind in ("person", "object", "style")} == {(False,)}
    assert flips_of(SD1, "animal") == (False, True)
    assert flips_of(base.family, "animal") == (False,)


def test_latents_are_those_of_the_vae_and_each_sample_is_fresh(base: Base, photos: list[Path]) -> None:
    (example,) = examples(base, cuts_of(photos[:1], base.family, "animal"), ["a cat"], "animal")
    pixels = pixels_of(cuts_of(photos[:1], base.family, "animal")[0].picture())[None]
    with torch.no_grad():
        posterior = base.vae.encode(pixels).latent_dist
    generator = torch.Generator().manual_seed(1)
    samples = torch.stack([example.sample(generator) for _ in range(400)])

    torch.testing.assert_close(example.mean, posterior.mean[0] * base.scaling_factor)
    torch.testing.assert_close(samples.mean(0), example.mean, atol=float(example.std.max()) * 0.3, rtol=0)
    assert not torch.equal(samples[0], samples[1])


def test_a_batch_holds_one_bucket_and_every_photo_before_one_twice() -> None:
    wide, tall = torch.zeros(4, 8, 16), torch.zeros(4, 16, 8)
    found = [Example(mean, mean, "", whole(64, 64)) for mean in (wide, wide, wide, tall)]
    generator = torch.Generator().manual_seed(2)
    batches = [batch_of(found, 3, generator) for _ in range(40)]

    assert {tuple(sorted(batch)) for batch in batches} == {(0, 1, 2), (3, 3, 3)}


# --- close crops and masks -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def astronaut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photographs") / "astronaut.png"
    photograph("astronaut").resize((800, 800)).save(path)
    return path


def test_a_subject_that_covers_little_is_learned_from_a_wide_and_a_close_crop(astronaut: Path) -> None:
    wide, close = cuts_of([astronaut], SD1, "person")
    subject = looked_at(astronaut, "person").subject

    assert subject is not None
    assert (wide.is_close, close.is_close) == (False, True)
    assert tuple(wide.window) == (0, 0, 800, 800)
    assert share_of(subject, wide.window) < 0.5 <= share_of(subject, close.window)
    assert close.window.common(subject) == subject.area
    assert close.picture().size == close.bucket == (512, 512)
    assert close.frame.time_ids[:2] == (800, 800)
    assert close.frame.corner == (0, round(close.window.left * 512 / close.window.width))


def test_a_photo_without_the_pixels_for_it_is_not_enlarged(tmp_path: Path, astronaut: Path) -> None:
    photograph("astronaut").resize((320, 320)).save(tmp_path / "small.png")
    (only,) = cuts_of([tmp_path / "small.png"], SD1, "person")

    assert not only.is_close


def test_where_the_subject_fills_the_photo_or_is_unsure_or_the_family_wants_none_there_is_one_crop(
    tmp_path: Path, astronaut: Path, base: Base
) -> None:
    for name in ("coffee", "chelsea"):
        photograph(name).save(tmp_path / f"{name}.png")

    assert len(cuts_of([tmp_path / "coffee.png", tmp_path / "chelsea.png"], SD1, "object")) == 2
    assert len(cuts_of([astronaut], SD1, "style")) == 1
    assert len(cuts_of([astronaut], base.family, "person")) == 1


def test_a_wide_crop_keeps_a_subject_at_the_side_in_view(tmp_path: Path) -> None:
    photo = Image.new("RGB", (1800, 600), (70, 90, 110))
    photo.paste((220, 60, 40), (1500, 150, 1750, 450))
    photo.save(tmp_path / "side.png")
    (wide, *_) = cuts_of([tmp_path / "side.png"], SD1, "object")

    assert wide.window.right >= 1750
    assert wide.window.height == 600


def test_a_mask_lies_over_the_latents_of_its_cut_and_is_mirrored_with_them(astronaut: Path) -> None:
    mask = looked_at(astronaut, "person").mask
    wide, close = cuts_of([astronaut], SD1, "person")
    assert mask is not None
    found = mask_of(mask, close, (64, 64))

    assert found.shape == (64, 64)
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert float(found.mean()) > float(mask_of(mask, wide, (64, 64)).mean())
    assert float(found[20:40, 22:42].mean()) > 0.8  # the face
    assert float(found[:8, :8].mean()) < 0.1
    torch.testing.assert_close(mask_of(mask, close, (64, 64), is_mirrored=True), found.flip(1))


def test_masks_come_where_they_are_asked_for_and_photos_are_looked_at_once(
    astronaut: Path, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: Looks = {}
    (plain,) = cuts_of([astronaut], base.family, "person", looks)
    assert (plain.mask, looks) == (None, {})

    (masked,) = cuts_of([astronaut], base.family, "person", looks, is_masked=True)
    monkeypatch.setattr("trainers.dataset.looked_at", lambda path, kind: pytest.fail("looked at twice"))
    wide, close = cuts_of([astronaut], SD1, "person", looks, is_masked=True)

    assert masked.mask is wide.mask is close.mask is looks[astronaut].mask is not None
    assert dataclasses.replace(masked, mask=None) == plain


def test_photos_whose_outline_is_unsure_count_whole_beside_masked_ones(base: Base, photos: list[Path]) -> None:
    plain, *_ = examples(base, cuts_of(photos, base.family, "animal"), ["a cat"] * 3, "animal")
    masked = Example(plain.mean, plain.std, "", plain.frame, torch.zeros(plain.mean.shape[1:]))
    both = masks_of([plain, masked])

    assert masks_of([plain, plain]) is None
    assert both is not None
    assert both.mean((1, 2)).tolist() == [1.0, 0.0]
