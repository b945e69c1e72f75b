"""How a member's pictures are posted and told, by what they prefer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ground import place_of
from bot.studio import Asker
from storage.preferences import Preferences


def habits_of(rooms: Any, asker: Asker, request: Mapping[str, Any]) -> dict[str, bool]:
    """How pictures are posted and told, whoever's order they follow; what is covered once stays so."""
    preferences: Preferences = rooms.wishes.of(asker.member)
    return {
        "spoiler": preferences.has_spoiler or place_of(rooms, asker).spoiler or bool(request.get("spoiler")),
        "ping": preferences.wants_ping,
        "has_prompt": preferences.has_prompt,
    }
