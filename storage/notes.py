"""Small things worth keeping over a restart, each under its name."""

from __future__ import annotations

import json
from typing import Any

from sqlite_utils import Database

from storage.database import rows

UNREADABLE = "unreadable:"  # begins the names of channels whose history we may not read
ENGINE = "engine"  # what the engine said of itself last


class Notes:
    """JSON values by name."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def get(self, name: str) -> Any:
        """What was noted last; None when nothing was."""
        found = rows(self._db, "select value from notes where name = :name", name=name)
        return json.loads(str(found[0]["value"])) if found else None

    def put(self, name: str, value: Any) -> None:
        """Note it in the place of what was noted before; what is the same already is not written."""
        told = json.dumps(value)
        rows(
            self._db,
            """insert into notes (name, value) values (:name, :told)
            on conflict (name) do update set value = :told where value != :told""",
            name=name, told=told,
        )  # fmt: skip

    def drop(self, name: str) -> None:
        """Let it go."""
        rows(self._db, "delete from notes where name = :name", name=name)

    def of(self, prefix: str) -> dict[str, Any]:
        """All whose names begin so, under the rest of the name."""
        sql = "select name, value from notes where substr(name, 1, length(:prefix)) = :prefix order by name"
        found = rows(self._db, sql, prefix=prefix)
        return {str(row["name"]).removeprefix(prefix): json.loads(str(row["value"])) for row in found}
