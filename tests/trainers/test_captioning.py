"""A captioner says what photos show beside their subject; captions name it, so that a word does not mean it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from transformers import (
    BertTokenizer,
    BlipConfig,
    BlipForConditionalGeneration,
    BlipImageProcessor,
    BlipProcessor,
    BlipTextConfig,
    BlipVisionConfig,
)

from storage.errors import TintypeError
from trainers.captioning import Captioner, beside_subject, captioner_for, goes_on
from trainers.learning import captioned_ahead, captions_of
from trainers.method import Lesson
from trainers.pipeline import Base

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[DEC]", "a", "dog", "sitting", "on", "grass", "red", "sofa"]
SMALL = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("a small dog that is sitting on the grass.", "sitting on the grass"),
        ("two dogs and a cat on a sofa", "a cat on a sofa"),
        ("there is a brown DOG with a red collar", "with a red collar"),
        ("a puppy lying next to a ball", "lying next to a ball"),  # called something else
        ("a close up of a terrier in the snow, at night", "in the snow, at night"),
        ("a dog", ""),
        ("a terrier", ""),
        ("", ""),
        ("a dogma on a wall", "on a wall"),
    ],
)
def test_the_subject_is_taken_out_of_a_sentence(said: str, rest: str) -> None:
    assert beside_subject(said, ["dog"]) == rest


@pytest.fixture(scope="module")
def blip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A true BLIP of toy size, which says something, if nothing sensible."""
    folder = tmp_path_factory.mktemp("blip")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    tokenizer = BertTokenizer(str(folder / "vocab.txt"))
    text = BlipTextConfig(
        **SMALL, vocab_size=len(WORDS), encoder_hidden_size=16, projection_dim=8, max_position_embeddings=64,
        bos_token_id=4, eos_token_id=3, sep_token_id=3, pad_token_id=0,
    )  # fmt: skip
    vision = BlipVisionConfig(**SMALL, image_size=16, patch_size=8, initializer_range=0.5)
    torch.manual_seed(5)
    model = BlipForConditionalGeneration(BlipConfig(text_config=text.to_dict(), vision_config=vision.to_dict()))
    model.save_pretrained(folder)
    BlipProcessor(BlipImageProcessor(size={"height": 16, "width": 16}), tokenizer).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def captioner(blip: Path) -> Captioner:
    found = captioner_for(str(blip))
    assert found is not None
    return found


def test_a_blip_in_a_folder_describes_pictures_and_says_the_same_again(captioner: Captioner, blip: Path) -> None:
    picture = Image.linear_gradient("L").convert("RGB")
    said = captioner(picture)

    assert said
    assert set(said.split()) <= set(WORDS)
    assert captioner_for(str(blip))(picture) == said  # type: ignore[misc]


def test_without_a_wish_there_is_none() -> None:
    assert captioner_for("") is None


@pytest.mark.parametrize("broken", ["nothing", "no vocabulary", "not whole", "no captioner"])
def test_a_model_that_says_nothing_is_refused_at_the_start(blip: Path, tmp_path: Path, broken: str) -> None:
    for path in blip.iterdir() if broken != "nothing" else ():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    told = json.loads((blip / "config.json").read_text())
    if broken == "no vocabulary":
        for path in tmp_path.glob("*tokenizer*"):
            path.unlink()
        (tmp_path / "vocab.txt").unlink()
    if broken == "not whole":
        told["vision_config"]["num_hidden_layers"] = 2
        (tmp_path / "config.json").write_text(json.dumps(told))
    if broken == "no captioner":
        (tmp_path / "config.json").write_text(json.dumps({"model_type": "clip"}))

    with pytest.raises(TintypeError, match="E_CAPTIONER_LOAD"):
        captioner_for(str(tmp_path))


class Saying(Captioner):
    """Says one sentence of everything, and counts how often it is asked."""

    def __init__(self, said: str) -> None:
        self.said, self.asked = said, 0

    def __call__(self, picture: Image.Image) -> str:
        self.asked += 1
        return self.said


def test_captions_name_the_word_and_what_is_beside_the_subject(base: Base, a_lesson: Callable[..., Lesson]) -> None:
    base = replace(base, captioner=Saying("a black cat sitting on a sofa"))

    assert captions_of(base, a_lesson()) == ["a <zed>, sitting on a sofa"] * 3
    assert captions_of(base, a_lesson(kind="style")) == ["a <zed> drawing, a black cat sitting on a sofa"] * 3
    assert captions_of(base, a_lesson(captions=["at night", None, None]))[0] == "<zed>, at night"


def test_a_sentence_with_nothing_to_add_leaves_the_word_alone(base: Base) -> None:
    assert goes_on("a cat", base.family, "animal", "cat") == ""


def test_photos_are_looked_at_ahead_one_by_one_where_captions_are_wanted(
    base: Base, a_lesson: Callable[..., Lesson]
) -> None:
    saying = Saying("a cat on a sofa")
    asked, own = replace(base, captioner=saying), lambda photos, kind: [""] * len(photos)

    lesson = a_lesson()
    assert len(list(captioned_ahead(asked, lesson))) == saying.asked == 3
    assert set(captions_of(asked, lesson)) == {"a <zed>, on a sofa"}
    assert saying.asked == 3
    assert list(captioned_ahead(asked, a_lesson(captions=["mine", None, None]))) == []
    assert list(captioned_ahead(replace(asked, family=replace(base.family, captioner=own)), a_lesson())) == []
    assert list(captioned_ahead(base, a_lesson())) == []
    assert saying.asked == 3
