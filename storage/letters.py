"""Letters about questions: which must still be posted, and which show what is over."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database

from storage.database import rows
from storage.records import ChannelId
from storage.rows import record

CARD = "card"  # the letter to who is asked; all others go to the asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message about a question: the card to who is asked, or what the asker is told of an end."""

    question: str  #: its id
    role: str  #: card, or the state that the asker is told of
    tries: int
    channel: ChannelId | None
    message: int | None  #: None until it is posted
    shown: str | None  #: the state that it shows


class Letters:
    """One letter for who is asked, and one for who asked at each end of a question; each posted once."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def due(self) -> list[Letter]:
        """What must be posted, looked for after a crash, or changed; the oldest question first."""
        return self._letters(
            """undeliverable is null and ((message is null and (role != 'card' or state = 'open' or tries > 0))
            or (message is not null and role = 'card' and shown != state))"""
        )

    def tried(self, letter: Letter) -> None:
        """One more try begins: after a crash its outcome is unknown and must be looked up."""
        self._change(letter, "tries = tries + 1")

    def posted(self, letter: Letter, channel: ChannelId, message: int, shown: str) -> bool:
        """It was sent, and where; False when its question was deleted meanwhile."""
        return self._change(
            letter, "channel = :channel, message = :message, shown = :shown",
            channel=channel, message=message, shown=shown,
        )  # fmt: skip

    def redrawn(self, letter: Letter, shown: str) -> None:
        """It was changed, and shows this state now."""
        self._change(letter, "shown = :shown", shown=shown)

    def redraw(self, question: str) -> None:
        """The card to who was asked says something else now, though the state is what it was."""
        sql = "update letters set shown = '' where question = :question and role = 'card' and message is not null"
        rows(self._db, sql, question=question)

    def _letters(self, where: str, **values: object) -> list[Letter]:
        sql = f"""select letters.* from letters join questions on questions.id = letters.question
            where {where} order by questions.rowid, letters.rowid"""  # noqa: S608  ours
        return [record(Letter, row) for row in rows(self._db, sql, **values)]

    def _change(self, letter: Letter, change: str, **values: object) -> bool:
        sql = f"update letters set {change} where question = :question and role = :role returning role"  # noqa: S608
        return bool(rows(self._db, sql, question=letter.question, role=letter.role, **values))
