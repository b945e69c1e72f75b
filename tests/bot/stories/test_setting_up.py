"""The story of a server that is set up, from the managers' side and the members', and its page in docs/stories."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.sandbox.client import Member
from bot.sandbox.state import ATTACH_FILES, INVITED_WITH
from bot.sandbox.views import Message
from tests.bot.stories.telling import Telling, story

pytestmark = pytest.mark.asyncio


async def allowed(tale: Telling, who: Member, permissions: int) -> None:
    """An admin changes what the bot may do in a channel."""
    url = f"{tale.url}/sandbox/channels/after-dark"
    async with who._session.patch(url, json={"permissions": permissions}) as answer:
        assert answer.status == 200


def card(answer: object) -> Message:
    assert isinstance(answer, Message)
    return answer


async def test_a_server_is_set_up_and_its_rules_hold(tmp_path: Path) -> None:
    async with (
        story(tmp_path, "setting-up", "A server is set up", STEP_S=0.01) as tale,
        Member.connect(tale.url, "eve", is_manager=True) as eve,
        Member.connect(tale.url, "ana", roles=["artists"]) as ana,
        Member.connect(tale.url, "ben") as ben,
    ):
        await allowed(tale, eve, INVITED_WITH & ~ATTACH_FILES)
        tale.tell("Eve manages the server, Ana has the role *artists*, Ben has none: `/studio` is not shown to them.")
        setup = card(await tale.types(eve, "studio setup"))
        tale.tell("One channel does not let Tintype attach files. An admin follows the advice, and Eve looks again.")
        place = card(await tale.types(eve, "studio setup", also={"channel": "after-dark"}))
        await allowed(tale, eve, INVITED_WITH)
        await tale.presses(eve, place, "Look again")
        tale.tell("Only artists make pictures, and only in one channel. In between, the bot dies.")
        await tale.presses(eve, setup, "Who may make pictures (none: everybody)", ["artists"])
        await tale.killed(STEP_S=0.01)
        await tale.presses(eve, setup, "In which channels (none: in all)", ["general"])
        await tale.types(ben, "imagine", prompt="a house by the sea")
        tale.tell("Ana tries it in the other channel, and then where she is sent to.")
        await tale.types(ana, "imagine", prompt="a house by the sea", channel="after-dark")
        await tale.types(ana, "imagine", prompt="a house by the sea", count=1, seed=7)
        grid = await tale.sees(ana, "Enlarge 1")
        tale.tell("The old button under Ana's picture follows the same rules.")
        await tale.presses(ben, grid, "Again")
        tale.tell("Mia manages the server, too. The card that she opened before Eve's next change is not new any more.")
        async with Member.connect(tale.url, "mia", is_manager=True) as mia:
            old = card(await mia.command("studio setup"))
            await tale.presses(eve, setup, "How long pictures stay", ["30"])
            await tale.presses(mia, old, "People may be taught: Yes")
        tale.tell("Ben begins to be a nuisance: Eve blocks him for a week, without any report.")
        await tale.types(eve, "studio reports", block="ben", reason="Spams the channel", days=7)
        await tale.types(ben, "imagine", prompt="a house")
        await tale.types(eve, "studio reports", unblock="ben")
        await tale.types(eve, "studio audit")
