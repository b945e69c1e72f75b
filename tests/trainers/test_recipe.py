from __future__ import annotations

import json
from io import BytesIO
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from tests.trainers.test_pipeline import word
from trainers.drawing.encode import encoded, png
from trainers.drawing.mark import PNG_KEY, SOURCE_TYPE
from trainers.imagine import Drawing
from trainers.pipeline import Base
from trainers.recipe import recipe_of


def test_a_png_says_how_it_was_made_but_not_what_was_asked(base: Base) -> None:
    asked = Drawing(prompt="a <zed:0.5> at sea", adapters=[(word(base, 1), 1.0), (word(base, 2, "ivo"), 1.0)])
    image = Image.open(BytesIO(png(Image.new("RGB", (8, 8)), recipe_of(base, asked, [7]))))

    told = json.loads(image.text["tintype"])  # type: ignore[attr-defined]

    assert told["seed"] == 7
    assert told["words"] == [{"name": "zed", "method": "lora", "strength": 0.5}]
    assert told["base_model"] == f"{base.id}@{base.revision}"
    assert "sea" not in json.dumps(image.text)  # type: ignore[attr-defined]


def test_the_prompt_stands_there_when_that_is_wished(base: Base) -> None:
    told = json.loads(recipe_of(base, Drawing(prompt="a cat"), [7], has_prompt=True)["tintype"])

    assert told["prompt"] == "a cat"


def test_a_grid_says_the_seeds_of_its_pictures_in_their_order(base: Base) -> None:
    told = json.loads(recipe_of(base, Drawing(prompt="a cat", shape="portrait"), [7, 9, 8])["tintype"])

    assert told["seeds"] == [7, 9, 8]
    assert (told["shape"], told["steps"]) == ("portrait", base.family.steps)
    assert "seed" not in told
    assert "prompt" not in told


def test_it_says_how_far_a_picture_leaves_another_but_not_which(base: Base) -> None:
    relation = {"kind": "vary", "strength": 0.45, "parent": "0123456789abcdef"}
    told = json.loads(recipe_of(base, Drawing(prompt="a cat"), [7], relation=relation)["tintype"])

    assert told["relation"] == {"kind": "vary", "strength": 0.45}


def source_type_in(packet: str) -> str | None:
    (description,) = ET.fromstring(packet[packet.index("<x:") : packet.index("<?xpacket end")])[0]
    return description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType")


@pytest.mark.parametrize(("limit_bytes", "form"), [(10**7, "PNG"), (300_000, "WEBP"), (30_000, "JPEG")])
def test_other_programs_find_the_mark_of_a_trained_model_in_every_form(limit_bytes: int, form: str) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (400, 400, 3), dtype=np.uint8)
    image = Image.open(BytesIO(encoded(Image.fromarray(pixels), limit_bytes).content))
    packet = image.info[PNG_KEY] if form == "PNG" else image.info["xmp"].decode()

    assert image.format == form
    assert source_type_in(packet) == SOURCE_TYPE
