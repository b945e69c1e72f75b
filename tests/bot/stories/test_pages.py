"""Every page in docs/stories is of a story that is played, and the bot is killed in its middle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.bot.stories.telling import PAGES, TOLD

KILLED = re.compile("|".join(f"^{re.escape(words['killed'])}$" for words in TOLD.values()), re.MULTILINE)
DEED = re.compile(r"^\*\*\w+\*\* ", re.MULTILINE)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_the_bot_is_killed_in_the_middle_of_every_story(page: Path) -> None:
    before, *after = KILLED.split(page.read_text("utf-8"))

    assert after, "nobody kills the bot"
    assert DEED.search(before)
    assert DEED.search(after[-1])


def test_every_page_is_played_by_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    played = set(re.findall(r"story\(\s*tmp_path, \"([\w-]+)\"", tests))

    assert played == {page.stem for page in PAGES.glob("*.md")}
