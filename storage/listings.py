"""Lists of styles that members have open: their order and search text, so that turning a page needs no memory."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.errors import NotFound
from storage.ids import new_id
from storage.records import Kind, MemberId

KEPT_S = 86400.0  # what a member searched for is nobody's business tomorrow


class Order(StrEnum):
    """What comes first."""

    NAME = "name"
    NEW = "new"
    TOP = "top"  #: by likes, then by uses of late
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of styles; its id also decides a random order, which so stays the same from page to page."""

    id: str
    order: Order
    text: str = ""  #: what was searched for
    kind: Kind | None = None


class Listings:
    """Open lists by id, each for the one member who asked for it, for a day."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def open(self, member: MemberId, order: Order, text: str = "", kind: Kind | None = None) -> Listing:
        """Remember a new list, and forget those of yesterday."""
        self.drop_old()
        listing = Listing(id=new_id(), order=order, text=text, kind=kind)
        told = {"order": order, "text": text, "kind": kind, "at": self._clock.now()}
        rows(
            self._db,
            "insert into notes (name, value) values (:name, :value)",
            name=_name(member, listing.id), value=json.dumps(told),
        )  # fmt: skip
        return listing

    def get(self, member: MemberId, listing: str) -> Listing:
        """The list of this id.

        Raises: NotFound(E_LIST_GONE) when it is too old, or somebody else's.
        """
        found = self._row(member, listing)
        if found is None:
            raise NotFound("E_LIST_GONE")
        return _listing(listing, found)

    def of(self, member: MemberId) -> list[Listing]:
        """The lists that a member has open."""
        found = rows(self._db, "select * from notes where name glob :names", names=_name(member, "*"))
        return [_listing(str(row["name"]).rpartition(":")[2], str(row["value"])) for row in found]

    def knows(self, member: MemberId, listing: str) -> bool:
        """Whether this member's list can still be turned over."""
        return self._row(member, listing) is not None

    def forget(self, member: MemberId) -> None:
        """Drop all lists of a member."""
        rows(self._db, "delete from notes where name glob :names", names=_name(member, "*"))

    def _row(self, member: MemberId, listing: str) -> str | None:
        found = rows(self._db, "select value from notes where name = :name", name=_name(member, listing))
        return str(found[0]["value"]) if found else None

    def drop_old(self) -> None:
        """Forget the lists of yesterday."""
        rows(
            self._db,
            "delete from notes where name glob 'list:*' and json_extract(value, '$.at') < :until",
            until=self._clock.now() - KEPT_S,
        )  # fmt: skip


def _name(member: MemberId, listing: str) -> str:
    return f"list:{member}:{listing}"


def _listing(key: str, value: str) -> Listing:
    told = json.loads(value)
    kind = Kind(told["kind"]) if told["kind"] else None
    return Listing(id=key, order=Order(told["order"]), text=told["text"], kind=kind)
