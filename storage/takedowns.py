"""Which of our messages must still go: written with the deletion itself, so that no crash leaves one standing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from storage.database import rows
from storage.records import ChannelId, Message

PREFIX = "takedown"


class Deed(StrEnum):
    """What must happen to a message."""

    REMOVE = "remove"
    BLANK = "blank"  #: it stays, and says that its pictures were deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One message that must still go."""

    channel: ChannelId
    message: int
    deed: Deed


class Takedowns:
    """Messages that show what is deleted, until Discord has let go of them; nothing else is kept of them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def owe(self, messages: Iterable[Message], deed: Deed) -> None:
        """Note them; meant to run inside the transaction that deletes what they show."""
        for message in messages:
            sql = "insert or replace into notes (name, value) values (:name, :deed)"
            rows(self._db, sql, name=f"{PREFIX}:{message.channel}:{message.message}", deed=deed)

    def owed(self) -> list[Owed]:
        """All that must still go, the oldest first."""
        found = rows(self._db, "select * from notes where name like :like order by rowid", like=f"{PREFIX}:%")
        return [_owed(str(row["name"]), str(row["value"])) for row in found]

    def done(self, owed: Owed) -> None:
        """It went, or can never be reached again."""
        name = f"{PREFIX}:{owed.channel}:{owed.message}"
        rows(self._db, "delete from notes where name = :name", name=name)


def _owed(name: str, deed: str) -> Owed:
    _, channel, message = name.split(":")
    return Owed(channel=ChannelId(int(channel)), message=int(message), deed=Deed(deed))
