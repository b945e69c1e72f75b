"""Questions that wait for a member's answer: asked once, answered once, ended by time or when one of the two goes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import insert, rows, transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.ids import new_id
from storage.letters import CARD, Letter, Letters
from storage.pending import CAME_TO_NOTHING, ORDERLESS, REFUSED_ORDERS
from storage.preferences import Wishes
from storage.records import ChannelId, ConceptId, DraftId, GuildId, JobId, MemberId, Message
from storage.rows import record

QuestionId = NewType("QuestionId", str)

DAY_S = 24 * 3600.0
TOLD_S = 7 * DAY_S  # after an answer; what comes to nothing does so within a day, unless the bot was away
KEPT_S = 30 * DAY_S  # an answer, so that nobody is asked again before
MOST_OPEN = 5  # questions of one asker
MOST_A_DAY = 3  # of one asker to one member, taken back and asked again
#: why a question was withdrawn; `other`: another one who was asked for the same order did not allow it
GONE, BY_ASKER, ASKER_LEFT, PERSON_LEFT, OTHER = "gone", "asker", "asker-left", "person-left", "other"


class QuestionKind(StrEnum):
    """What a member can be asked."""

    CONSENT = "consent"  #: may the photos of this draft, which show you, be learned
    PERMISSION = "permission"  #: may your word be used in this order of pictures


class QuestionState(StrEnum):
    """Where a question is: open -> all others; yes -> revoked."""

    OPEN = "open"
    YES = "yes"
    NO = "no"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    UNREACHABLE = "unreachable"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a kind of question waits, and how long it rests after a no."""

    open_s: float
    rest_s: float


TERMS = {
    QuestionKind.CONSENT: Terms(open_s=7 * DAY_S, rest_s=KEPT_S),
    QuestionKind.PERMISSION: Terms(open_s=DAY_S, rest_s=DAY_S),
}

DECLINED = "state = 'no' or (state = 'revoked' and kind = 'consent')"  # leave taken back is asked for again each time
BETWEEN = "kind = :kind and asker = :asker and person = :person"
NAGGING = "(kind = 'consent' or state not in ('yes', 'revoked'))"  # who says yes has nothing against being asked
STANDING = "kind = 'permission' and json_extract(request, '$.always')"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestion:
    """A question before it is a row; it is about a draft or a concept."""

    kind: QuestionKind
    asker: MemberId
    person: MemberId  #: who is to answer
    asker_name: str  #: as the server shows it; letters mention nobody
    person_name: str
    guild: GuildId | None
    channel: ChannelId  #: where it was asked
    concept: ConceptId | None = None
    draft: DraftId | None = None
    request: Mapping[str, Any] = field(default_factory=dict)  #: what the answer will need


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(NewQuestion):
    """A question that was asked."""

    id: QuestionId
    state: QuestionState
    why: str  #: it was withdrawn: gone, asker, asker-left, person-left, other
    created_at: float
    answered_at: float | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.state is QuestionState.OPEN

    @property
    def ends_at(self) -> float:
        """When it is answered by itself; unix seconds."""
        return self.created_at + TERMS[self.kind].open_s

    def told(self, member: MemberId, moment: Callable[[float], str]) -> dict[str, Any]:
        """What the member who asked or was asked may read of it."""
        by = "you" if self.asker == member else self.asker_name
        to = "you" if self.person == member else self.person_name
        return {"kind": self.kind, "by": by, "to": to, "state": self.state, "since": moment(self.created_at)}


class Questions(Letters):
    """Asked once, answered once, by that member only; every end is told to the asker by a letter of its own."""

    def __init__(self, db: Database, clock: Clock) -> None:
        super().__init__(db)
        self._clock = clock

    # --- looking -----------------------------------------------------------------------------------------------------

    def get(self, question: str) -> Question | None:
        """The question, or None."""
        return next(iter(self._of("id = :question", question=question)), None)

    def open(self) -> list[Question]:
        """All that wait for an answer, the oldest first."""
        return self._of("state = 'open'")

    def open_for(self, person: MemberId) -> list[Question]:
        """Those that wait for this member, the oldest first."""
        return self._of("state = 'open' and person = :person", person=person)

    def open_by(self, asker: MemberId) -> list[Question]:
        """Those that wait for somebody else's answer to this member, the oldest first."""
        return self._of("state = 'open' and asker = :asker", asker=asker)

    def of_member(self, member: MemberId) -> list[Question]:
        """Those that a member asked or was asked, the oldest first."""
        return self._of("asker = :member or person = :member", member=member)

    def about_draft(self, draft: DraftId) -> Question | None:
        """The newest question about a draft, or None."""
        return next(reversed(self._of("draft = :draft", draft=draft)), None)

    def granted(self, kind: QuestionKind, asker: MemberId, concept: ConceptId) -> list[Question]:
        """The questions of a member about a word that were answered with yes, the newest last."""
        where = "kind = :kind and asker = :asker and concept = :concept and state = 'yes'"
        return self._of(where, kind=kind, asker=asker, concept=concept)

    def is_standing(self, asker: MemberId, person: MemberId, concept: ConceptId) -> bool:
        """Whether that member has allowed this one to use a word from then on, without being asked again."""
        granted = self.granted(QuestionKind.PERMISSION, asker, concept)
        return any(one.person == person and one.request.get("always") for one in granted)

    def standing(self, concept: ConceptId) -> list[Question]:
        """The answers that let members use a word from then on, the oldest first."""
        return self._of(f"concept = :concept and {STANDING} and state = 'yes'", concept=concept)

    def of_order(self, pending: str) -> list[Question]:
        """All questions that one order of pictures waits for, the oldest first."""
        return self._of("json_extract(request, '$.pending') = :pending", pending=pending)

    # --- asking and answering ----------------------------------------------------------------------------------------

    def ask(self, new: NewQuestion) -> tuple[Question, bool]:
        """Ask; the same while it is open is the question that is there, and False.

        Raises: NotAllowed E_ASK_NEVER, E_ASK_DECLINED, E_ASK_OPEN, E_ASK_OFTEN, E_ASK_MANY.
        """
        about = {"asker": new.asker, "person": new.person, "draft": new.draft, "concept": new.concept, "kind": new.kind}
        same = "kind = :kind and asker = :asker and person = :person and draft is :draft and concept is :concept"
        with transaction(self._db):
            if found := self._of(f"state = 'open' and {same}", **about):
                return found[0], False
            self._refuse(new)
            made = self._insert(new)
        return made, True

    def answer(self, question: str, person: MemberId, *, is_yes: bool) -> Question:
        """Answer once; meant to run in one transaction with what follows from it.

        Raises: NotFound(E_QUESTION_GONE), NotAllowed(E_QUESTION_FOREIGN), TintypeError(E_QUESTION_OVER).
        """
        state = QuestionState.YES if is_yes else QuestionState.NO
        with transaction(self._db):
            ended = self._end("id = :question and person = :person", state, question=question, person=person)
        if ended:
            return ended[0]
        found = self.get(question)
        if found is None:
            raise NotFound("E_QUESTION_GONE")
        if found.person != person:
            raise NotAllowed("E_QUESTION_FOREIGN")
        raise TintypeError("E_QUESTION_OVER", state=str(found.state))

    def close(self, question: str, state: QuestionState, why: str = "") -> bool:
        """End it without an answer; False when it was over."""
        with transaction(self._db):
            return bool(self._end("id = :question", state, why, question=question))

    def note(self, question: str, **facts: Any) -> None:
        """Keep what came of an answer, for the letters about it; `concept` is also what it is about from now on."""
        with transaction(self._db):
            found = self.get(question)
            if found is None:
                return
            rows(
                self._db, "update questions set request = :request, concept = :concept where id = :question",
                question=question, request=json.dumps(dict(found.request) | facts),
                concept=facts.get("concept", found.concept),
            )  # fmt: skip

    def revoke(self, concept: ConceptId, person: MemberId) -> list[Question]:
        """A member took the agreement to a word back: the askers are told."""
        where = "concept = :concept and person = :person and kind = 'consent'"
        with transaction(self._db):
            return self._end(where, QuestionState.REVOKED, before="yes", concept=concept, person=person)

    def take_back(self, concept: ConceptId, asker: MemberId | None = None) -> list[Question]:
        """End what was allowed a member, or all, from then on: they are told, and asked about the next time."""
        where = f"concept = :concept and {STANDING} and (:asker is null or asker = :asker)"
        with transaction(self._db):
            return self._end(where, QuestionState.REVOKED, before="yes", concept=concept, asker=asker)

    # --- what goes by itself -----------------------------------------------------------------------------------------

    def expire(self) -> int:
        """End what has waited long enough, and drop what nobody needs any more; how many ended."""
        now, ended = self._clock.now(), 0
        with transaction(self._db):
            for kind, terms in TERMS.items():
                where = "kind = :kind and created_at < :since"
                ended += len(self._end(where, QuestionState.EXPIRED, kind=kind, since=now - terms.open_s))
            self._drop_old(now - KEPT_S)
        return ended

    def settle(self) -> None:
        """End what asks about a draft, a word or an order that is gone, and orders that were not allowed.

        Who had allowed such an order is shown that nothing came of it.
        """
        where = """((draft is not null and not exists (select 1 from drafts where drafts.id = draft))
            or (concept is not null and not exists (select 1 from concepts where concepts.id = concept)))"""
        with transaction(self._db):
            self._end(where, QuestionState.WITHDRAWN, GONE)
            rows(self._db, REFUSED_ORDERS)
            self._end(ORDERLESS, QuestionState.WITHDRAWN, OTHER)
            for row in rows(self._db, CAME_TO_NOTHING, since=self._clock.now() - TOLD_S):
                self.redraw(str(row["id"]))

    def forget(self, member: MemberId) -> list[Message]:
        """Before a member's rows go: the letters that name them, to be taken down; who asked them is told, namelessly.

        Meant to run inside the transaction that deletes the rows.
        """
        named = self._letters("questions.asker = :member or questions.person = :member", member=member)
        told = [
            Message(job=JobId(letter.question), channel=letter.channel, message=letter.message, role=letter.role)
            for letter in named
            if letter.channel is not None and letter.message is not None
        ]
        waits = "person = :member and asker != :member and (state = 'open' or (kind = 'consent' and state = 'yes'))"
        for question in self._of(waits, member=member):
            state = QuestionState.WITHDRAWN if question.is_open else QuestionState.REVOKED
            rows(self._db, "delete from letters where question = :id", id=question.id)
            self._end("id = :id", state, GONE, before=question.state, id=question.id)
            sql = "update questions set person = 0, person_name = '', request = '{}', draft = null where id = :id"
            rows(self._db, sql, id=question.id)
        return told

    def _drop_old(self, before: float) -> None:
        """A yes stays as long as its word or its draft; one that was for one order only does not."""
        ours = f"""delete from questions where state != 'open' and answered_at < :before and (state != 'yes'
            or (kind = 'permission' and not ifnull({STANDING}, 0))
            or (not exists (select 1 from concepts where concepts.id = questions.concept)
            and not exists (select 1 from drafts where drafts.id = questions.draft)))"""  # noqa: S608
        rows(self._db, ours, before=before)

    def undeliverable(self, letter: Letter, reason: str) -> None:
        """It can be said nowhere, or need not be; a question that reaches nobody is over."""
        with transaction(self._db):
            self._change(letter, "undeliverable = :reason", reason=reason)
            if letter.role == CARD:
                self._end("id = :question", QuestionState.UNREACHABLE, question=letter.question)

    # --- parts -------------------------------------------------------------------------------------------------------

    def _of(self, where: str, **values: object) -> list[Question]:
        found = rows(self._db, f"select * from questions where {where} order by rowid", **values)  # noqa: S608  ours
        return [_question(row) for row in found]

    def _insert(self, new: NewQuestion) -> Question:
        row = insert(
            self._db, "questions", id=new_id(), kind=new.kind, concept=new.concept, draft=new.draft, asker=new.asker,
            person=new.person, asker_name=new.asker_name, person_name=new.person_name, guild=new.guild,
            channel=new.channel, request=json.dumps(dict(new.request)), created_at=self._clock.now(),
        )  # fmt: skip
        insert(self._db, "letters", question=row["id"], role=CARD)
        rows(self._db, "update drafts set state = 'asked' where id = :draft and state = 'open'", draft=new.draft)
        # so that the answer is let in also from a direct message
        seen = "insert into members (id, first_seen) values (:person, :now) on conflict (id) do nothing"
        rows(self._db, seen, person=new.person, now=self._clock.now())
        return _question(row)

    def _end(
        self, where: str, state: QuestionState, why: str = "", *, before: str = "open", **values: object
    ) -> list[Question]:
        """End the questions that this is true of; each end is a letter to its asker, and frees its draft."""
        sql = f"""update questions set state = :state, why = :why, answered_at = :now
            where state = :before and {where} returning *"""  # noqa: S608  ours
        ended = rows(self._db, sql, state=state, why=why, now=self._clock.now(), before=before, **values)
        for row in ended:
            insert(self._db, "letters", question=row["id"], role=state)
            rows(self._db, "update drafts set state = 'open' where id = :draft and state = 'asked'", draft=row["draft"])
        return [_question(row) for row in ended]

    def refuse_at_rest(
        self, kind: QuestionKind, asker: MemberId, person: MemberId, name: str, concept: ConceptId | None = None
    ) -> None:
        """Raises: NotAllowed E_ASK_NEVER, E_ASK_DECLINED where a member wants to be left in peace."""
        if Wishes(self._db, self._clock).of(person).never_asked:
            raise NotAllowed("E_ASK_NEVER", person=name)
        about = "(kind = 'consent' or concept is :concept)"  # a likeness is one thing, whatever the photos
        rest_s = TERMS[kind].rest_s
        refused = self._of(
            f"{BETWEEN} and {about} and ({DECLINED}) and answered_at > :since",
            kind=kind, asker=asker, person=person, concept=concept, since=self._clock.now() - rest_s,
        )  # fmt: skip
        if refused:
            again = max(one.answered_at or 0.0 for one in refused) + rest_s
            raise NotAllowed("E_ASK_DECLINED", person=name, again=str(int(again)))

    def _refuse(self, new: NewQuestion) -> None:
        self.refuse_at_rest(new.kind, new.asker, new.person, new.person_name, new.concept)
        since = self._clock.now() - DAY_S
        pair = {"kind": new.kind, "asker": new.asker, "person": new.person}
        if new.kind is QuestionKind.CONSENT and self._of(f"{BETWEEN} and state = 'open'", **pair):
            raise NotAllowed("E_ASK_OPEN", person=new.person_name)
        if len(self._of(f"{BETWEEN} and {NAGGING} and created_at > :since", **pair, since=since)) >= MOST_A_DAY:
            raise NotAllowed("E_ASK_OFTEN", person=new.person_name, most=MOST_A_DAY)
        if len(self._of("asker = :asker and state = 'open'", asker=new.asker)) >= MOST_OPEN:
            raise NotAllowed("E_ASK_MANY", most=MOST_OPEN)


def _question(row: Mapping[str, Any]) -> Question:
    return record(Question, row, kind=QuestionKind(row["kind"]), state=QuestionState(row["state"]))
