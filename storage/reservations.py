"""Names that sharing has reserved: in one server, or in every server of this bot, a name means one word."""

from __future__ import annotations

from sqlite_utils import Database

from storage.database import insert, rows
from storage.errors import WordRefused
from storage.records import Concept, ConceptId, Scope

RESERVING = frozenset({Scope.GUILD, Scope.INSTANCE})  # with named members and roles a name may have two meanings


def reserve(db: Database, concept: Concept, scope: Scope, place: int) -> None:
    """Keep the word's name in a scope; the same word twice is once.

    Raises: WordRefused(E_SHARE_TAKEN) when another word has it there.
    """
    held = rows(
        db,
        "select concept from reserved_words where scope = :scope and place = :place and name = :name",
        scope=scope, place=place, name=concept.name,
    )  # fmt: skip
    if held and held[0]["concept"] != concept.id:
        raise WordRefused("E_SHARE_TAKEN", word=concept.name, scope=str(scope))
    if not held:
        insert(db, "reserved_words", scope=scope, place=place, name=concept.name, concept=concept.id)


def free(db: Database, concept: ConceptId, scope: Scope | None = None, place: int | None = None) -> None:
    """Let a word's name go, in one scope or in all."""
    rows(
        db,
        """delete from reserved_words where concept = :concept
        and (:scope is null or scope = :scope) and (:place is null or place = :place)""",
        concept=concept, scope=scope, place=place,
    )  # fmt: skip


def move(db: Database, concept: Concept) -> None:
    """Reserve the name that the word has now wherever its former one was; meant to run inside a transaction.

    Raises: WordRefused(E_SHARE_TAKEN).
    """
    places = rows(db, "delete from reserved_words where concept = :concept returning scope, place", concept=concept.id)
    for row in places:
        reserve(db, concept, Scope(str(row["scope"])), int(str(row["place"])))
