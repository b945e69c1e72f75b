"""Nobody but whoever asked is notified: what the stand-in wrote down, held against whose each message is."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox
from storage.backup import DATABASE

ASKED = """select message, jobs.owner from messages join jobs on jobs.id = messages.job
union select message, jobs.owner from outbox join jobs on jobs.id = outbox.job where message is not null
union select nonce, jobs.owner from outbox join jobs on jobs.id = outbox.job"""


def asked_for(connection: sqlite3.Connection) -> dict[str, int]:
    """Who asked for the job that each message of ours is about: by its id, or its nonce before that is noted."""
    return {str(message): owner for message, owner in connection.execute(ASKED)}


def of_others(box: Sandbox, asked: Mapping[str, int]) -> list[dict[str, Any]]:
    """The messages that notified anybody else, or nobody knows on whose behalf."""
    return [
        one
        for one in box.ledger.mentions
        if set(one["notified"])
        != {f"user {one['asked_by'] or asked.get(one['message']) or asked.get(str(one['nonce']))}"}
    ]


def of_others_in(box: Sandbox, data: Path) -> list[dict[str, Any]]:
    """The same, with the data folder of a bot that has ended."""
    connection = sqlite3.connect(data / DATABASE)
    try:
        return of_others(box, asked_for(connection))
    finally:
        connection.close()
