"""The story of making pictures, from the members' side, and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.views import Message
from tests.bot.runtime.whole import PHOTOS
from tests.bot.stories.telling import story

pytestmark = pytest.mark.asyncio


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def test_pictures_are_made_as_one_likes_them_kept_and_found_again(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "pictures", "Pictures are made as one likes them, kept and found again", STEP_S=0.4) as tale,
        Member.connect(tale.url, "ana") as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        tale.tell("Ana says once what she always wants, and gives a set of options a name.")
        settings = card(await tale.types(ana, "settings show"))
        settings = card(await tale.presses(ana, settings, "2"))
        await tale.presses(ana, settings, "Ping me when done: No")
        await tale.types(ana, "settings save", name="film noir", quality="fine", prompt="black and white")

        tale.tell("She begins from a picture of hers. The bot dies while it waits, and nothing is lost.")
        await tale.types(
            ana, "imagine", prompt="a cup", preset="film noir", seed=7, image=PHOTOS["photo1"], strength=0.4
        )
        await tale.killed(STEP_S=0.4)
        grid = await tale.sees(ana, "Vary 2 (strong)")
        await tale.presses(ana, grid, "★ 2")
        await tale.presses(ana, grid, "Recipe")

        tale.tell("Ben may make more of what stands in the channel, but not begin from the picture that Ana sent.")
        theirs = await ben.wait_for(lambda one: one.id == grid.id)
        await tale.presses(ben, theirs, "Vary 1 (subtle)")
        await tale.sees(ben, "a variation")
        await tale.presses(ben, theirs, "Again")
        await tale.types(ben, "favourites")

        tale.tell("What does not fit together is said in one sentence.")
        await tale.types(ana, "imagine", prompt="a cup", strength=0.4)
        await tale.types(ana, "imagine", prompt="a cup", image=("note.jpg", b"just a text"))
        await tale.types(ana, "imagine", prompt="a cup", image=PHOTOS["photo1"], channel="after-dark")

        tale.tell("Long after, Ana finds her picture again, and goes on with it.")
        stars = card(await tale.types(ana, "favourites"))
        again = card(await tale.presses(ana, stars, "Show 1"))
        await tale.presses(ana, again, "Enlarge 2")
        await tale.sees(ana, "· enlarged")
