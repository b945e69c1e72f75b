from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.lines import options_of
from bot.sandbox.options import NotPossible


def option(name: str, kind: int = 3, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind} | more


COMMANDS = [
    {
        "name": "train",
        "type": 1,
        "options": [option("word"), option("kind"), *(option(f"photo{n}", 11) for n in range(1, 4))],
    },
    {"name": "edit", "type": 1, "options": [option("image", 11), *map(option, ("word", "shows", "prompt"))]},
    {"name": "imagine", "type": 1, "options": [option("prompt"), option("count", 4)]},
    {
        "name": "words",
        "type": 1,
        "options": [option("mine", 1, options=[]), option("card", 1, options=[option("word")])],
    },
]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number in range(3):
        (tmp_path / f"{number}.png").touch()
    (tmp_path / "4.jpg").touch()
    return tmp_path


def test_files_fill_the_upload_options_in_order(photos: Path) -> None:
    name, options = options_of(COMMANDS, f"/train {photos}/*.png word:ana-dog kind:animal")

    assert name == "train"
    assert options == {
        "word": "ana-dog",
        "kind": "animal",
        "photo1": photos / "0.png",
        "photo2": photos / "1.png",
        "photo3": photos / "2.png",
    }


def test_a_prompt_needs_no_quotes_and_keeps_its_words() -> None:
    assert options_of(COMMANDS, "/imagine a <ana-dog:0.8> at 5:30 count:2") == (
        "imagine",
        {"prompt": "a <ana-dog:0.8> at 5:30", "count": "2"},
    )


def test_a_quoted_value_may_have_spaces() -> None:
    assert options_of(COMMANDS, '/imagine prompt:"a dog, big" count:1')[1] == {"prompt": "a dog, big", "count": "1"}


def test_a_text_goes_on_to_the_next_option_as_in_discord(photos: Path) -> None:
    assert options_of(COMMANDS, f"/edit {photos}/0.png shows:an old dog prompt:is it a cat?") == (
        "edit",
        {"shows": "an old dog", "prompt": "is it a cat?", "image": photos / "0.png"},
    )
    assert options_of(COMMANDS, "/edit prompt:a **bold** cat")[1] == {"prompt": "a **bold** cat"}
    assert options_of(COMMANDS, "/imagine count:2 a dog at 5:30")[1] == {"prompt": "a dog at 5:30", "count": "2"}


def test_subcommands_are_written_like_in_discord() -> None:
    assert options_of(COMMANDS, "/words mine") == ("words mine", {})
    assert options_of(COMMANDS, "/words card ana-dog") == ("words card", {"word": "ana-dog"})


def test_more_files_than_options_are_pointed_to_the_form(photos: Path) -> None:
    with pytest.raises(NotPossible, match="4 files, but room for 3"):
        options_of(COMMANDS, f"/train {photos}/*.*")


def test_a_word_with_no_place_is_named() -> None:
    with pytest.raises(NotPossible, match="needs one of mine, card"):
        options_of(COMMANDS, "/words")
    with pytest.raises(NotPossible, match="no place for 'now'"):
        options_of(COMMANDS, "/words mine now")


def test_a_pattern_without_files_is_no_text(photos: Path) -> None:
    with pytest.raises(NotPossible, match="no file is called"):
        options_of(COMMANDS, f"/train {photos}/*.heic word:ana-dog")
