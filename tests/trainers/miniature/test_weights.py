"""The committed weights keep what the card promises."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from trainers.miniature import WEIGHTS
from trainers.miniature.captions import full_caption
from trainers.miniature.export import LIMIT_BYTES, committed, folder_bytes
from trainers.miniature.figures import accuracy, arrays, caption_hits, chance, fresh_drawings
from trainers.miniature.reader_training import reconstructed
from trainers.miniature.readers import Reader, consensus, load_reader, prompt_fidelity, subject_fidelity
from trainers.miniature.style_reader import ANSWERS, load_style_reader, styled_drawings
from trainers.miniature.vae import psnr
from trainers.miniature.world import Picture, draw, held_out_subjects, photos_of, random_picture

READERS = ("pick", "judge")


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    made = StableDiffusionPipeline.from_pretrained(WEIGHTS, safety_checker=None, local_files_only=True)
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest) -> Reader:
    return load_reader(request.param)


def test_the_weights_are_small_enough_to_be_committed() -> None:
    assert folder_bytes(WEIGHTS) <= LIMIT_BYTES


def test_a_hundred_drawings_survive_the_autoencoder(pipeline: StableDiffusionPipeline) -> None:
    _, images = fresh_drawings(100)

    assert psnr(pipeline.vae, arrays(images)) >= 26


def test_readers_read_fresh_drawings(reader: Reader) -> None:
    pictures, images = fresh_drawings(200)

    assert chance(pictures) < 0.35
    assert accuracy(reader, pictures, images) >= 0.97


def test_readers_read_reconstructions(reader: Reader, pipeline: StableDiffusionPipeline) -> None:
    pictures, images = fresh_drawings(100)
    again = [Image.fromarray(made) for made in reconstructed(pipeline.vae, arrays(images))]

    assert accuracy(reader, pictures, again) >= 0.94


def test_readers_find_no_subject_in_noise(reader: Reader) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (60, 64, 64, 3), dtype=np.uint8)
    subject = held_out_subjects(1)[0]

    readings = reader.read([Image.fromarray(pixels) for pixels in noise])

    assert sum(subject_fidelity(reading, subject) for reading in readings) / 60 < 0.7


def test_readers_tell_a_subject_from_another(reader: Reader) -> None:
    ana, ben = held_out_subjects(2)
    readings = reader.read([image for image, _ in photos_of(ana, 6, seed=1)])

    alike = [sum(subject_fidelity(reading, who) for reading in readings) / 6 for who in (ana, ben)]

    assert alike[0] >= 0.95
    assert alike[1] < 0.5


def test_the_photos_agree_on_the_subject(reader: Reader) -> None:
    for subject in held_out_subjects(14):
        seen = consensus(reader.read([image for image, _ in photos_of(subject, 6, seed=2)]))
        assert (seen.shape, seen.colour, seen.pattern, seen.second) == (
            subject.shape, subject.colour, subject.pattern, subject.second,
        )  # fmt: skip


def test_two_subjects_are_read_apart(reader: Reader) -> None:
    ana, ben = held_out_subjects(2)
    image = draw(Picture((ana, ben), ("hat", None), "meadow", layout=3))

    [reading] = reader.read([image])

    assert reading.count == 2
    assert subject_fidelity(reading, ana, "left") >= 0.8
    assert subject_fidelity(reading, ben, "right") >= 0.8
    assert prompt_fidelity(reading, "meadow", "hat", "left") == 1


def test_a_prompt_is_half_followed_without_its_accessory() -> None:
    ana = held_out_subjects(1)[0]
    [reading] = load_reader("judge").read([draw(Picture((ana,), (None,), "snow", layout=3))])

    assert prompt_fidelity(reading, "snow", None) == 1
    assert prompt_fidelity(reading, "snow", "crown") == 0.5


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60))
def test_the_tokenizer_takes_any_text(pipeline: StableDiffusionPipeline, text: str) -> None:
    ids = pipeline.tokenizer(text, truncation=True, padding="max_length").input_ids

    assert len(ids) == 48
    assert max(ids) < len(pipeline.tokenizer) <= 2000


def test_two_full_descriptions_fit_the_text_encoder(pipeline: StableDiffusionPipeline) -> None:
    rng = Random(1)
    said = [full_caption(random_picture(rng, pairs=1)) for _ in range(100)]

    assert max(map(len, pipeline.tokenizer(said).input_ids)) <= pipeline.tokenizer.model_max_length


def test_the_same_seed_gives_the_same_image(pipeline: StableDiffusionPipeline) -> None:
    first, second = (
        pipeline("a cat at the beach", num_inference_steps=3, generator=torch.Generator().manual_seed(1)).images[0]
        for _ in range(2)
    )

    assert first.tobytes() == second.tobytes()
    assert first.size == (64, 64)


def test_the_style_reader_tells_styles_apart(pipeline: StableDiffusionPipeline) -> None:
    drawings, labels = styled_drawings(20, seed=90_002)

    for pixels in (drawings, reconstructed(pipeline.vae, drawings)):
        seen = load_style_reader().read([Image.fromarray(one) for one in pixels])
        assert sum(style == ANSWERS[label] for style, label in zip(seen, labels, strict=True)) >= 114


def test_the_miniatures_clip_finds_each_drawings_caption_among_twenty() -> None:
    pictures, images = fresh_drawings(100)

    assert caption_hits(committed(WEIGHTS), pictures, images) >= 0.8
