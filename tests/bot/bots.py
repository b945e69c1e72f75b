"""Where the bots of the tests live."""

from __future__ import annotations

from pathlib import Path

from bot import connection
from storage.env import Secret


def place_of(data: Path, api_url: str, guilds: frozenset[int] = frozenset()) -> connection.Place:
    """A bot with all it needs in one folder; without `guilds` its operator has approved some."""
    return connection.Place(
        data_dir=data,
        master_key_file=data / "master.key",
        api_url=api_url,
        discord_token=Secret("sandbox"),
        guilds=guilds,
        owners=frozenset(),
    )
