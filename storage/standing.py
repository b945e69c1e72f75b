"""How a member stands with others: what they share and with whom, what they reported, what was decided about them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.records import ConceptId, MemberId
from storage.sharing import Sharing

OPENED = """select concepts.name, concepts.owner from grants join concepts on concepts.id = grants.concept
    where scope = 'member' and subject = :member order by concepts.name"""
SHOWN = """select name as word, owner, 'word' as kind from concepts where person = :member and owner != :member
    union all select word, owner, 'photos' from drafts where person = :member and owner != :member"""
BLOCKS = "select guild, at, until from blocks where member = :member"
STRIKES = "select guild, at from strikes where member = :member order by at"
REPORTED = "select * from reports where member = :member order by created_at"
AGAINST = "select * from reports where owner = :member order by created_at"
LOGGED = "select * from audit where actor = :member or whom = :member order by id"
ABSENCES = "select guild, looked_at, left_at from absences where member = :member"
FIRST_SEEN = "select first_seen from members where id = :member"


class Standing:
    """Tells it to the member alone. What others wrote about them, and who, is not handed out."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._sharing = db, Sharing(db, clock)

    def shared(self, concept: ConceptId) -> dict[str, Any] | None:
        """With whom a word is shared and on which terms; None of a private one."""
        share = self._sharing.share_of(concept)
        if share is None:
            return None
        return {
            "licence": share.licence,
            "mixing": share.mixing,
            "about": share.about,
            "since": moment(share.shared_at),
            "hidden": share.quarantined_at and moment(share.quarantined_at),
            "with": [{"scope": one.scope, "id": str(one.subject)} for one in share.grants],
        }

    def told(self, member: MemberId) -> dict[str, Any]:
        """All of it by name, ids of servers and members as text."""
        return {
            "first_seen": [moment(row["first_seen"]) for row in self._rows(FIRST_SEEN, member)],
            "shared_with_you": [
                {"word": row["name"], "owner": str(row["owner"])} for row in self._rows(OPENED, member)
            ],
            "shows_you": [
                {"kind": row["kind"], "word": row["word"], "owner": str(row["owner"])}
                for row in self._rows(SHOWN, member)
            ],
            "reports": [_report(row) | {"reason": row["reason"]} for row in self._rows(REPORTED, member)],
            "reports_of_yours": [_report(row) for row in self._rows(AGAINST, member) if row["state"] != "open"],
            "strikes": [_there(row) | {"since": moment(row["at"])} for row in self._rows(STRIKES, member)],
            "blocks": [
                _there(row) | {"since": moment(row["at"]), "until": row["until"] and moment(row["until"])}
                for row in self._rows(BLOCKS, member)
            ],
            "log": [
                _there(row) | {"by_you": row["actor"] == member, "what": row["action"], "since": moment(row["at"])}
                for row in self._rows(LOGGED, member)
            ],
            "servers": [
                _there(row) | {"looked": moment(row["looked_at"]), "left": row["left_at"] and moment(row["left_at"])}
                for row in self._rows(ABSENCES, member)
            ],
        }

    def _rows(self, sql: str, member: MemberId) -> list[dict[str, Any]]:
        return rows(self._db, sql, member=member)


def _there(row: dict[str, Any]) -> dict[str, Any]:
    return {"server": str(row["guild"]) if row["guild"] else None}


def _report(row: dict[str, Any]) -> dict[str, Any]:
    what = {"style": row["concept"]} if row["concept"] else {"picture": row["image"]}
    return _there(row) | what | {"state": row["state"], "since": moment(row["created_at"])}


def moment(unix_s: float) -> str:
    """A moment as a person reads it: `2026-11-25 06:30:00+00:00`."""
    return datetime.fromtimestamp(round(unix_s), UTC).isoformat(" ")
