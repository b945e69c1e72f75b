from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from trainers.conditioning import whole
from trainers.dataset import Example, batch_of, bucket_of, examples, flips_of, pixels_of, prepared
from trainers.families import families
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

    made = prepared(tmp_path / "a.png", SD1)

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
    (example,) = examples(base, photos[:1], ["a cat"], "animal")
    pixels = pixels_of(prepared(photos[0], base.family))[None]
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
