"""What the operator sets for methods holds for everybody, and what it cannot mean is told at the start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.beside import Beside
from storage.errors import TintypeError
from storage.texts import sentence
from trainers.advertise import advertised
from trainers.method import method_named, settings_for
from trainers.method_file import chosen_for
from trainers.pipeline import Base, load_base

FILE = """
[lora]
rank = 8
optimizer = "prodigy"

[dreambooth]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "methods.toml"
    path.write_text(FILE)
    return path


def test_settings_are_the_methods_the_familys_the_operators_and_what_is_asked_for_each_over_the_one_before(
    base: Base, file: Path
) -> None:
    lora = method_named("lora")
    recommended, with_file = settings_for(lora, base), replace(base, chosen=chosen_for(str(file), base))

    chosen = settings_for(lora, with_file)

    assert chosen == replace(recommended, rank=8, optimizer="prodigy")
    assert recommended != lora.settings()
    assert settings_for(lora, with_file, {"rank": 2}).rank == 2
    assert settings_for(method_named("dora"), with_file) == settings_for(method_named("dora"), base)


def test_an_engine_offers_what_the_file_names(file: Path) -> None:
    with_file = load_base("miniature", "cpu", beside=Beside(methods=str(file)))

    offered = {method["name"]: method for method in advertised(with_file)["methods"]}

    assert "dreambooth" in offered
    assert "fine_tune" not in offered
    assert offered["lora"]["settings"]["rank"]["default"] == 8
    assert "dreambooth" not in {method["name"] for method in advertised(load_base("miniature", "cpu"))["methods"]}


def test_a_training_goes_on_only_with_the_settings_that_it_began_with(base: Base, file: Path) -> None:
    with_file = replace(base, chosen=chosen_for(str(file), base))

    assert with_file.key_for("lora") != base.key_for("lora") == base.key
    assert with_file.key_for("dora") == base.key_for("dora")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[lora\n", "Expected ']'"),
        ("[lora]\nrnak = 8\n", "[lora]"),
        ("[lora]\nrank = 100000\n", "100000"),
        ("[lora]\nrank = [1, 2]\n", "[1, 2]"),
        ("[lora]\nrank = 8.7\n", "8.7"),
        ("[lora]\nrank = inf\n", "inf"),
        ('[lora]\noptimizer = "sgd"\n', "sgd"),
        ("[nosuch]\n", "nosuch"),
        ("lora = 8\n", "lora stands in no table"),
        (None, "No such file"),
    ],
)
def test_what_it_cannot_mean_is_told_with_the_file(base: Base, tmp_path: Path, text: str | None, said: str) -> None:
    path = tmp_path / "methods.toml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(TintypeError, match="E_METHODS_FILE") as caught:
        chosen_for(str(path), base)

    told = sentence(caught.value.code, caught.value.facts)
    assert said in told
    assert str(path) in told


def test_without_a_file_nothing_is_chosen(base: Base) -> None:
    assert chosen_for("", base) == {}
