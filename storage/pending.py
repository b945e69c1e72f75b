"""Orders of pictures that wait for an answer: which of several words is meant, or what the words' owners say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows, transaction
from storage.ids import new_id
from storage.records import ChannelId, GuildId, MemberId
from storage.rows import record

PendingId = NewType("PendingId", str)

MOST_CHOICES = 20  # orders of one member that wait for their choice of a word
TOO_MANY = """delete from pending where owner = :owner and json_extract(request, '$.questions') is null
    and rowid not in (select rowid from pending where owner = :owner order by rowid desc limit :most)"""
WAIT_S = 25 * 3600.0  # a little longer than a question to an owner is open, so that its end is told first

#: questions about an order that waits no more, orders that somebody did not allow, and what was allowed in vain
ORDERLESS = "kind = 'permission' and json_extract(request, '$.pending') not in (select id from pending)"
REFUSED_ORDERS = """delete from pending where exists (select 1 from json_each(pending.request, '$.questions') as asked
    left join questions on questions.id = asked.value
    where questions.state is null or questions.state not in ('open', 'yes'))"""

CAME_TO_NOTHING = f"""update questions set request = json_set(request, '$.nothing', json('true')) where {ORDERLESS}
    and state = 'yes' and answered_at > :since
    and json_extract(request, '$.nothing') is null and json_extract(request, '$.trouble') is null
    and not exists (select 1 from questions as other where json_extract(other.request, '$.job') is not null
    and json_extract(other.request, '$.pending') = json_extract(questions.request, '$.pending')) returning id"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPending:
    """An order before it waits."""

    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    key: str  #: the interaction's id: the same wish twice waits once
    request: Mapping[str, Any]  #: the order, and what is known already about its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(NewPending):
    """An order that waits."""

    id: PendingId
    created_at: float


class PendingOrders:
    """Rows of orders that wait; an order leaves when it is queued, refused or too old."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def put(self, new: NewPending) -> tuple[Pending, bool]:
        """Let an order wait; the same key again answers the one that waits, and False.

        Of those that nobody else is asked about, a member has no more than the newest few.
        """
        with transaction(self._db):
            found = rows(self._db, "select * from pending where key = :key", key=new.key)
            row = found[0] if found else insert(
                self._db, "pending", id=new_id(), owner=new.owner, guild=new.guild, channel=new.channel, key=new.key,
                request=json.dumps(dict(new.request)), created_at=self._clock.now(),
            )  # fmt: skip
            rows(self._db, TOO_MANY, owner=new.owner, most=MOST_CHOICES)
        return record(Pending, row), not found

    def get(self, pending: str) -> Pending | None:
        """The order, or None when it does not wait any more."""
        found = rows(self._db, "select * from pending where id = :pending", pending=pending)
        return record(Pending, found[0]) if found else None

    def change(self, pending: PendingId, request: Mapping[str, Any]) -> None:
        """Keep what was answered, and what is asked next."""
        sql = "update pending set request = :request where id = :pending"
        rows(self._db, sql, pending=pending, request=json.dumps(dict(request)))

    def drop(self, pending: PendingId) -> None:
        """It waits no more."""
        rows(self._db, "delete from pending where id = :pending", pending=pending)

    def of_owner(self, owner: MemberId) -> list[Pending]:
        """A member's orders that wait, the oldest first."""
        found = rows(self._db, "select * from pending where owner = :owner order by rowid", owner=owner)
        return [record(Pending, row) for row in found]

    def expire(self) -> None:
        """Drop what has waited long enough."""
        rows(self._db, "delete from pending where created_at < :before", before=self._clock.now() - WAIT_S)
