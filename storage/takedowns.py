"""Which of our messages must still go: written with the deletion itself, so that no crash leaves one standing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.preferences import LANGUAGE, Wishes
from storage.records import ChannelId, MemberId, Message

PREFIX = "takedown"
FIRST_AGAIN_S = 3600.0  # after a refusal; each further wait is twice as long
MOST_TRIES = 10  # three weeks: a permission comes back, or the channel never does


class Deed(StrEnum):
    """What must happen to a message."""

    REMOVE = "remove"
    BLANK = "blank"  #: it stays, and says that its pictures were deleted
    MODERATE = "moderate"  #: it stays, and says that a moderator deleted its pictures
    HIDE = "hide"  #: it stays, and says that its pictures were reported
    WITHDRAW = "withdraw"  #: it stays, and says that who is shown does not agree any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One message that must still go."""

    channel: ChannelId
    message: int
    deed: Deed
    language: str = LANGUAGE  #: of what is said in its place: that of the member whom it was for
    tries: int = 0  #: that were refused


class Takedowns:
    """Messages that show what is deleted, until Discord has let go of them; nothing else is kept of them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._wishes = Wishes(db, clock)

    def owe(self, messages: Iterable[Message], deed: Deed) -> None:
        """Note them; meant to run inside the transaction that deletes what they show."""
        for message in messages:
            language = LANGUAGE if deed is Deed.REMOVE else self._language_of(message)
            self._keep(Owed(channel=message.channel, message=message.message, deed=deed, language=language), 0.0)

    def _language_of(self, message: Message) -> str:
        found = rows(self._db, "select owner from jobs where id = :job", job=message.job)
        return self._wishes.language(MemberId(int(str(found[0]["owner"])))) if found else LANGUAGE

    def owed(self) -> list[Owed]:
        """All that must go now, the oldest first."""
        found = rows(self._db, "select * from notes where name like :like order by rowid", like=f"{PREFIX}:%")
        told = [_owed(str(row["name"]), str(row["value"])) for row in found]
        return [owed for owed, not_before in told if not_before <= self._clock.now()]

    def refused(self, owed: Owed) -> bool:
        """Discord would not: try again later; False when it was tried often enough and is given up."""
        if owed.tries + 1 >= MOST_TRIES:
            self.done(owed)
            return False
        self._keep(replace(owed, tries=owed.tries + 1), self._clock.now() + FIRST_AGAIN_S * 2**owed.tries)
        return True

    def _keep(self, owed: Owed, not_before: float) -> None:
        sql = "insert into notes (name, value) values (:name, :told) on conflict (name) do update set value = :told"
        rows(self._db, sql, name=_name(owed), told=f"{owed.deed} {owed.tries} {not_before:.0f} {owed.language}")

    def done(self, owed: Owed) -> None:
        """It went, or can never be reached again."""
        rows(self._db, "delete from notes where name = :name", name=_name(owed))


def _name(owed: Owed) -> str:
    return f"{PREFIX}:{owed.channel}:{owed.message}"


def _owed(name: str, value: str) -> tuple[Owed, float]:
    """What a note says, and the moment before which it is not tried."""
    (_, channel, message), (deed, tries, not_before, *known) = name.split(":"), value.split()
    language = known[0] if known else LANGUAGE  # an earlier Tintype noted none
    owed = Owed(
        channel=ChannelId(int(channel)), message=int(message), deed=Deed(deed), language=language, tries=int(tries)
    )
    return owed, float(not_before)
