from __future__ import annotations

import json
from io import BytesIO
from xml.etree import ElementTree

from PIL import Image

from tests.trainers.test_pipeline import word
from trainers.drawing.encode import png
from trainers.imagine import Drawing
from trainers.pipeline import Base
from trainers.recipe import SOURCE_TYPE, recipe_of


def test_a_png_says_how_it_was_made_but_not_what_was_asked(base: Base) -> None:
    asked = Drawing(prompt="a <zed:0.5> at sea", adapters=[(word(base, 1), 1.0), (word(base, 2, "ivo"), 1.0)])
    image = Image.open(BytesIO(png(Image.new("RGB", (8, 8)), recipe_of(base, asked, 7))))

    told = json.loads(image.text["tintype"])  # type: ignore[attr-defined]

    assert told["seed"] == 7
    assert told["words"] == [{"name": "zed", "strength": 0.5}]
    assert told["base_model"] == f"{base.id}@{base.revision}"
    assert "sea" not in json.dumps(image.text)  # type: ignore[attr-defined]


def test_the_prompt_stands_there_when_that_is_wished(base: Base) -> None:
    told = json.loads(recipe_of(base, Drawing(prompt="a cat"), 7, has_prompt=True)["tintype"])

    assert told["prompt"] == "a cat"


def test_other_programs_find_the_mark_of_a_trained_model(base: Base) -> None:
    image = Image.open(BytesIO(png(Image.new("RGB", (8, 8)), recipe_of(base, Drawing(prompt="a cat"), 7))))
    packet = image.info["XML:com.adobe.xmp"]
    (description,) = ElementTree.fromstring(packet[packet.index("<x:") : packet.index("<?xpacket end")])[0]

    assert description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType") == SOURCE_TYPE
