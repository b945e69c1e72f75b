"""What docs/commands.md says about pictures and methods is what the engine does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PIL import Image

from trainers.drawing.mark import PNG_KEY, SOURCE_TYPE
from trainers.imagine import Drawing
from trainers.jobs import imagine
from trainers.method import methods
from trainers.pipeline import Base
from trainers.recipe import recipe_of
from trainers.sides import sides_of

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section {title}"
    return found[1]


@pytest.mark.parametrize("seeds", [[7], [7, 8]])
def test_the_page_names_all_that_a_pictures_file_holds(base: Base, seeds: list[int]) -> None:
    relation = {"kind": "vary", "strength": 0.45}
    asked = Drawing(prompt="a cat", parent=Image.new("RGB", (8, 8)), strength=0.45)
    texts = recipe_of(base, asked, seeds, relation=relation, has_prompt=True)
    told = set(re.findall(r"`([\w.:]+)`", section("What a picture's file holds")))

    assert set(json.loads(texts["tintype"])) - told == set()
    assert {"tintype", PNG_KEY, SOURCE_TYPE.rpartition("/")[2]} <= told


def test_the_page_says_how_much_larger_and_how_pictures_get() -> None:
    assert imagine.ENLARGE_FACTOR == 2
    assert f"up to {imagine.ENLARGED_MOST_PX} pixels" in section("Enlarging")


def test_sides_are_heard_as_the_page_writes_them() -> None:
    prompts = re.findall(r"`([^`]*<[^`]*)`", section("Two subjects in one picture"))

    assert len(prompts) == 3
    assert [sides_of(prompt) for prompt in prompts] == [{"ana-dog": "left", "my-mug": "right"}] * 3


def test_every_method_that_members_cannot_choose_is_told_with_its_reason() -> None:
    hidden = {name for name, method in methods().items() if not method.for_members}

    assert hidden
    assert {name for name in hidden if f"`{name}`" not in section("What is not built")} == set()
