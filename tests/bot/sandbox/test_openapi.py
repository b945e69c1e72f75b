from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.openapi import Description
from tests.bot.sandbox.conftest import Raw


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/channels/123456789012345678/messages", {"content": 5}, "content"),
        ("POST", "/channels/123456789012345678/messages", {"nonce": "x" * 26}, "nonce"),
        ("POST", "/channels/123456789012345678/letters", {}, "no such route"),
        ("PUT", "/applications/123456789012345678/commands", [{"description": "no name"}], "name"),
        ("DELETE", "/channels/123456789012345678/messages/123456789012345678", {"x": 1}, "takes no body"),
    ],
)
def test_what_discord_does_not_describe_is_told(
    description: Description, method: str, path: str, body: Any, told: str
) -> None:
    problems = description.problems(method, path, body)

    assert problems
    assert told in problems[0]


def test_its_known_gaps_are_not_held_against_the_bot(description: Description) -> None:
    command = {"name": "train", "type": 1, "description": "d", "nsfw": False}

    assert description.problems("PUT", "/applications/123456789012345678/commands", [command]) == []
    assert description.problems("POST", "/channels/123456789012345678/messages", {"attachments": [{"id": 0}]}) == []


@pytest.mark.asyncio
async def test_a_stand_in_with_a_description_puts_problems_in_its_ledger(raw: Raw, description: Description) -> None:
    raw.box.describe = description.problems

    await raw.send({"content": "fine"})
    await raw.send({"content": "x", "tts": "loud"})

    assert [entry["refusal"]["message"].split(": ")[1] for entry in raw.box.ledger.violations] == ["tts"]
