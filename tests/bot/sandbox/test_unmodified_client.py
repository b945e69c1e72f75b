from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bot.sandbox import Sandbox, try_
from bot.sandbox.client import DidNotRespond, Member, Message, NotAllowed
from bot.sandbox.openapi import Description
from tests.bot.sandbox.little_bot import PNG, LittleBot, running

pytestmark = pytest.mark.asyncio


@dataclass
class Scene:
    box: Sandbox
    url: str
    bot: LittleBot
    ana: Member

    async def admin(self, path: str, body: object) -> None:
        async with self.ana._session.post(f"{self.url}/sandbox/{path}", json=body) as answer:
            assert answer.status == 200


@pytest_asyncio.fixture
async def scene(box: Sandbox, url: str) -> AsyncIterator[Scene]:
    async with running(box, url) as bot, Member.connect(url, "ana") as ana:
        yield Scene(box, url, bot, ana)


async def card_of(ana: Member) -> Message:
    card = await ana.command("card")
    assert isinstance(card, Message)
    return card


async def test_a_command_is_answered_for_one_member_alone(scene: Scene) -> None:
    async with Member.connect(scene.url, "ben") as ben:
        answer = await scene.ana.command("hello", name="zed")

        assert isinstance(answer, Message)
        assert (answer.text, answer.is_ephemeral) == ("hello zed", True)
        assert await ben.read("general") == []
        assert [message.text for message in await scene.ana.read("general")] == ["hello zed"]


async def test_an_option_is_completed(scene: Scene) -> None:
    assert await scene.ana.complete("hello", name="b") == [("ben", "ben")]


async def test_a_deferred_card_shows_its_picture_and_a_press_edits_it(scene: Scene) -> None:
    card = await card_of(scene.ana)
    pressed = await scene.ana.press(card, "Again")

    assert isinstance(pressed, Message)
    assert card.body == "# a card"
    assert card.raw["attachments"] == []
    assert card.alt_texts == ["a dog at the beach"]
    assert await card.files[0].read() == PNG
    assert (pressed.id, pressed.body) == (card.id, "# pressed")


async def test_a_form_with_uploads_is_filled_and_submitted(scene: Scene) -> None:
    modal = await scene.ana.command("form")
    answer = await scene.ana.submit(
        modal, {"word": "dog", "Consent": True}, {"photos": [("a b.png", PNG), ("c.png", b"1")]}
    )

    assert isinstance(answer, Message)
    assert answer.text == "dog: [29, 1] True"


async def test_a_form_lets_nothing_through_that_the_app_would_hold_back(scene: Scene) -> None:
    modal = await scene.ana.command("form")

    with pytest.raises(NotAllowed, match="1 to 10 files"):
        await scene.ana.submit(modal, {"word": "dog"})
    with pytest.raises(NotAllowed, match="Word must be filled in"):
        await scene.ana.submit(modal, {}, {"photos": [("a.png", PNG)]})
    with pytest.raises(NotAllowed, match="no field colour"):
        await scene.ana.submit(modal, {"colour": "red"}, {"photos": [("a.png", PNG)]})


async def test_an_attachment_option_reaches_the_bot_byte_for_byte(scene: Scene) -> None:
    answer = await scene.ana.command("photo", photo1=("my photo.png", PNG))

    assert isinstance(answer, Message)
    assert answer.text == "my_photo.png 29"
    assert await answer.files[0].read() == PNG


async def test_a_nonce_gives_the_same_message_and_edits_are_seen(scene: Scene) -> None:
    await scene.ana.command("slow")

    message = await scene.ana.wait_for(lambda one: "100 %" in one.text, timeout=5)

    assert message.text == "100 % True"


async def test_a_silent_bot_did_not_respond(scene: Scene) -> None:
    doing = asyncio.create_task(scene.ana.command("silent"))
    while not scene.box.interactions:
        await asyncio.sleep(0)
    await scene.admin("clock", {"advance": 3.1})

    with pytest.raises(DidNotRespond, match="did not respond"):
        await doing


async def test_what_discord_does_not_know_or_require_is_refused_at_the_member(scene: Scene) -> None:
    with pytest.raises(NotAllowed, match="no command /nothing"):
        await scene.ana.command("nothing")
    with pytest.raises(NotAllowed, match="needed: name"):
        await scene.ana.command("hello")
    with pytest.raises(NotAllowed, match="no option size"):
        await scene.ana.command("hello", name="x", size=1)


@pytest.mark.parametrize("mishap", [{"op": 7}, {"op": 9, "resumable": True}, {"close": 4000}, {"close": 4009}])
async def test_a_connection_lost_is_resumed_and_misses_nothing(scene: Scene, mishap: dict[str, object]) -> None:
    await scene.admin("gateway", mishap)

    answer = await scene.ana.command("hello", name="again")

    assert isinstance(answer, Message)
    assert answer.text == "hello again"
    assert (scene.bot.resumes, scene.box.sessions.identifies) == (1, 1)


async def test_an_interaction_delivered_twice_is_answered_once(scene: Scene) -> None:
    await scene.ana.command("hello", name="once")
    await scene.admin("gateway", {"again": True})
    await scene.ana.command("hello", name="twice")

    assert [message.text for message in await scene.ana.read("general")] == ["hello once", "hello twice"]


async def test_the_state_outlives_the_bot(box: Sandbox, url: str) -> None:
    async with Member.connect(url, "ana") as ana:
        async with running(box, url):
            card = await card_of(ana)
        async with running(box, url):
            answer = await ana.command("hello", name="zed")

        assert isinstance(answer, Message)
        assert [message.id for message in await ana.read("general")] == [card.id, answer.id]
        assert box.syncs == 2


async def test_an_outage_with_effect_makes_one_message_with_a_nonce(scene: Scene) -> None:
    await scene.admin(
        "faults", {"action": "status", "status": 502, "method": "POST", "path": "/channels/.*", "has_effect": True}
    )

    await scene.ana.command("slow")
    message = await scene.ana.wait_for(lambda one: "100 %" in one.text, timeout=8)

    assert message.text == "100 % True"
    assert len([one for one in await scene.ana.read("general") if "%" in one.text]) == 1


async def test_discord_py_breaks_none_of_the_documented_limits(scene: Scene, description: Description) -> None:
    await scene.ana.press(await card_of(scene.ana), "Again")
    modal = await scene.ana.command("form")
    await scene.ana.submit(modal, {"word": "x"}, {"photos": [("a.png", PNG)]})

    problems = [
        problem
        for entry in scene.box.ledger.requests
        for problem in description.problems(entry["method"], entry["path"], entry["json"])
    ]

    assert problems == []
    assert scene.box.ledger.violations == []


async def test_a_whole_visit_is_typed_line_by_line(scene: Scene, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(PNG)
    lines = [
        "/hello name:zed", "?/hello a", "/form", "dog", f"{tmp_path}/*.png", "yes",
        "/card", "1", f"save {tmp_path}/out", "/nothing", f"/photo {tmp_path}/1.png", "quit",
    ]  # fmt: skip
    shown = io.StringIO()

    status = await try_.main(scene.url, "cara", io.StringIO("\n".join(lines)), shown)

    text = shown.getvalue()
    assert status == 0
    assert "hello zed" in text
    assert "  ana\n" in text
    assert "dog: [29, 29, 29] True" in text
    assert "[1] Again" in text
    assert "# pressed" in text
    assert "! no command /nothing" in text
    assert "1.png 29" in text
    assert [path.read_bytes() for path in (tmp_path / "out").iterdir()] == [PNG]
