"""The job store: every wish becomes one row, every row one end, every end one message."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows, transaction
from storage.ids import new_id
from storage.records import (
    BlobId,
    ChannelId,
    ConceptId,
    GuildId,
    Job,
    JobId,
    JobKind,
    JobState,
    MemberId,
    Message,
    NewJob,
    OutboxRow,
    Progress,
)
from storage.rows import job_of, outbox_of, record

#: what every end writes; an order's roles were kept only for as long as it waited
OVER = "ended_at = :now, lease_until = null, request = json_remove(request, '$.roles')"
LONGEST_LEASE_S = 3600.0  # a lease that ends later is from before the machine started
FRUITLESS_ATTEMPTS = 3  # engine deaths in a row without progress: then the job itself is the poison
NONCE_LETTERS = {JobKind.TRAIN: "t", JobKind.IMAGINE: "i", JobKind.EXPORT: "e", JobKind.IMPORT: "m", JobKind.SHEET: "s"}
SILENT = frozenset(
    {JobKind.LOOK, JobKind.PREVIEW}
)  # whose end no message tells: what came of them stands in a private answer

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class InLine:
    """A job that waits, without what it is about: a long line is read for everybody who asks for their place."""

    id: JobId
    kind: JobKind
    owner: MemberId
    guild: GuildId | None
    channel: ChannelId
    attempt: int
    predicted_s: float
    weight: float = 1.0  #: how much more of the machine its member has than others


def _nothing(_db: Database) -> None:
    pass


class Queue:
    """Jobs and what must be said about them. Each transition is one statement, fenced by the attempt's number.

    A write by an attempt that is no longer the running one changes nothing and answers False: stop then.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    # --- looking -------------------------------------------------------------------------------------------------

    def now(self) -> float:
        """This moment, as jobs are dated: unix seconds."""
        return self._clock.now()

    def get(self, job: JobId) -> Job | None:
        """The job, or None."""
        found = rows(self._db, "select * from jobs where id = :job", job=job)
        return job_of(found[0]) if found else None

    def of_key(self, key: str) -> Job | None:
        """The job that an interaction has queued, or None."""
        found = rows(self._db, "select * from jobs where key = :key", key=key)
        return job_of(found[0]) if found else None

    def of_concept(self, concept: ConceptId) -> list[Job]:
        """All jobs of a concept, the newest first."""
        sql = "select * from jobs where concept = :concept order by rowid desc"
        return [job_of(row) for row in rows(self._db, sql, concept=concept)]

    def ready(self, kind: JobKind | None = None) -> list[Job]:
        """Queued jobs, of one kind or all, the oldest first, whatever the clock did meanwhile."""
        return self._of_state(JobState.QUEUED, kind)

    def active(self, kind: JobKind | None = None) -> list[Job]:
        """Running jobs, of one kind or all."""
        return sorted(self._of_state(JobState.RUNNING, kind), key=lambda job: job.started_at or 0.0)

    def drawing_with(self, versions: Collection[str]) -> list[Job]:
        """Pictures under way that are drawn with one of these versions."""
        under_way = [*self.ready(JobKind.IMAGINE), *self.active(JobKind.IMAGINE)]
        return [job for job in under_way if any(word["version"] in versions for word in job.request.get("words", ()))]

    def _of_state(self, state: JobState, kind: JobKind | None) -> list[Job]:
        # written out, not bound: only then is the index of open jobs used
        sql = f"select * from jobs where state = '{state}' and (:kind is null or kind = :kind) order by rowid"  # noqa: S608
        return [job_of(row) for row in rows(self._db, sql, kind=kind)]

    def of_owner(self, owner: MemberId, limit: int = 20) -> list[Job]:
        """A member's jobs, the newest first."""
        sql = "select * from jobs where owner = :owner order by rowid desc limit :limit"
        return [job_of(row) for row in rows(self._db, sql, owner=owner, limit=limit)]

    def in_flight(self, owner: MemberId, kind: JobKind) -> int:
        """How many jobs of this kind the member has queued or running."""
        sql = "select count(*) n from jobs where owner = :owner and kind = :kind and state in ('queued', 'running')"
        return int(str(rows(self._db, sql, owner=owner, kind=kind)[0]["n"]))

    def took_s(self, kind: JobKind, since: float, most: int = 20) -> list[float]:
        """How long the last jobs of this kind ran that ended well at or after the moment."""
        sql = """select ended_at - started_at as took from jobs where ended_at >= :since and kind = :kind
            and state = 'succeeded' and started_at is not null order by ended_at desc limit :most"""
        return [float(str(row["took"])) for row in rows(self._db, sql, kind=kind, since=since, most=most)]

    def line(self) -> list[InLine]:
        """Queued jobs, the oldest first, with what decides about their turn."""
        sql = """select id, kind, owner, guild, channel, attempt, predicted_s,
            ifnull(json_extract(request, '$.weight'), 1.0) as weight from jobs where state = 'queued' order by rowid"""
        return [record(InLine, row, kind=JobKind(str(row["kind"]))) for row in rows(self._db, sql)]

    def is_open_for(self, concept: ConceptId) -> bool:
        """Whether a training of this concept waits or runs."""
        sql = """select 1 from jobs where state in ('queued', 'running') and concept = :concept and kind = 'train'
            limit 1"""
        return bool(rows(self._db, sql, concept=concept))

    # --- transitions ---------------------------------------------------------------------------------------------

    def put(self, new: NewJob, write: Callable[[Database, JobId], object] | None = None) -> tuple[Job, bool]:
        """Add a job; the same key again answers the job that is there, and False.

        `write` adds what belongs to the job in the same transaction, and runs only when the job is new.
        """
        values = dataclasses.asdict(new) | {
            "id": new_id(),
            "request": json.dumps(new.request),
            "now": self._clock.now(),
        }
        with transaction(self._db):
            made = rows(
                self._db,
                """insert into jobs (id, kind, owner, guild, channel, key, request, concept, predicted_s, created_at)
                values (:id, :kind, :owner, :guild, :channel, :key, :request, :concept, :predicted_s, :now)
                on conflict (key) do nothing returning *""",
                **values,
            )
            if made and write:
                write(self._db, JobId(str(values["id"])))
        found = made or rows(self._db, "select * from jobs where key = :key", key=new.key)
        return job_of(found[0]), bool(made)

    def claim(self, job: JobId, engine: str, ttl_s: float) -> Job | None:
        """Queued -> running under a new attempt, or None when it is no longer waiting.

        Leases are of the monotonic clock: a jump of the machine's date ends none of them.
        """
        sql = """update jobs set state = 'running', attempt = attempt + 1, engine = :engine, lease_until = :until,
            started_at = ifnull(started_at, :now) where id = :job and state = 'queued' returning *"""
        found = rows(self._db, sql, job=job, engine=engine, until=self._lease(ttl_s), now=self._clock.now())
        return job_of(found[0]) if found else None

    def beat(
        self,
        job: JobId,
        attempt: int,
        ttl_s: float,
        *,
        progress: Progress | None = None,
        checkpoint: BlobId | None = None,
        preview: BlobId | None = None,
        advanced: bool = False,
    ) -> bool:
        """Extend the lease, keep what is new, and learn whether this attempt is still wanted."""
        sql = """update jobs set lease_until = :until, progress = ifnull(:progress, progress),
            checkpoint = ifnull(:checkpoint, checkpoint), preview = ifnull(:preview, preview),
            fruitless = case when :advanced then 0 else fruitless end
            where id = :job and attempt = :attempt and state = 'running' returning id"""
        told = json.dumps(dataclasses.asdict(progress)) if progress else None
        return bool(
            rows(
                self._db, sql, job=job, attempt=attempt, until=self._lease(ttl_s), progress=told,
                checkpoint=checkpoint, preview=preview, advanced=advanced,
            )
        )  # fmt: skip

    def commit(self, job: JobId, attempt: int, result: Body, write: Callable[[Database], object] = _nothing) -> bool:
        """Running -> succeeded with all its rows and its one message, or nothing at all."""
        sql = f"""update jobs set state = 'succeeded', {OVER}, result = :result
            where id = :job and attempt = :attempt and state = 'running' returning *"""  # noqa: S608  ours
        return self._end(sql, write, job=job, attempt=attempt, result=json.dumps(result))

    def fail(self, job: JobId, attempt: int, code: str, facts: Body) -> bool:
        """Running -> failed with its reason and its one message."""
        sql = f"""update jobs set state = 'failed', {OVER}, code = :code, facts = :facts
            where id = :job and attempt = :attempt and state = 'running' returning *"""  # noqa: S608  ours
        return self._end(sql, _nothing, job=job, attempt=attempt, code=code, facts=json.dumps(facts))

    def cancel(self, job: JobId, code: str | None = None, **facts: Any) -> bool:
        """Queued or running -> cancelled with its one message, and a reason that was not its owner's; else False."""
        sql = f"""update jobs set state = 'cancelled', {OVER}, code = :code, facts = :facts
            where id = :job and state in ('queued', 'running') returning *"""  # noqa: S608  ours
        return self._end(sql, _nothing, job=job, code=code, facts=json.dumps(facts))

    def release(self, job: JobId, attempt: int, *, blameless: bool = False) -> Job | None:
        """Running -> queued after its engine died, or -> failed E_POISON when it keeps dying without progress.

        `blameless` is for our own stopping and starting: it counts no death. None when the attempt is not the
        running one.
        """
        back = """update jobs set state = 'queued', lease_until = null, engine = null, fruitless = fruitless + :death
            where id = :job and attempt = :attempt and state = 'running'
            and (:death = 0 or fruitless + 1 < :limit) returning *"""
        found = rows(self._db, back, job=job, attempt=attempt, death=0 if blameless else 1, limit=FRUITLESS_ATTEMPTS)
        if found:
            return job_of(found[0])
        if not self.fail(job, attempt, "E_POISON", {"attempts": FRUITLESS_ATTEMPTS}):
            return None
        return self.get(job)

    def shed(self, job: JobId) -> list[BlobId]:
        """Drop an ended job's checkpoint and preview; the blobs that the caller must delete from the vault."""
        mine = "id = :job and state in ('succeeded', 'failed', 'cancelled')"
        with transaction(self._db):
            found = rows(self._db, f"select checkpoint, preview from jobs where {mine}", job=job)  # noqa: S608  ours
            rows(self._db, f"update jobs set checkpoint = null, preview = null where {mine}", job=job)  # noqa: S608  ours
        return [BlobId(str(blob)) for row in found for blob in row.values() if blob]

    def wish(self, job: JobId, wish: str) -> bool:
        """Note what the owner asks of a running job; its driver reads it."""
        sql = "update jobs set wish = :wish where id = :job and state = 'running' returning id"
        return bool(rows(self._db, sql, job=job, wish=wish))

    def lapsed(self) -> list[Job]:
        """Running jobs whose lease is over, or was given before the machine last started."""
        sql = "select * from jobs where state = 'running' and (lease_until < :now or lease_until > :now + :longest)"
        return [job_of(row) for row in rows(self._db, sql, now=self._clock.monotonic(), longest=LONGEST_LEASE_S)]

    def _lease(self, ttl_s: float) -> float:
        return self._clock.monotonic() + min(ttl_s, LONGEST_LEASE_S)

    def _end(self, sql: str, write: Callable[[Database], object], **values: Any) -> bool:
        now = self._clock.now()
        with transaction(self._db):
            ended = rows(self._db, sql, now=now, **values)
            if not ended:
                return False
            write(self._db)
            job = job_of(ended[0])
            if job.kind in SILENT:
                return True
            rows(
                self._db,
                """insert into outbox (job, kind, nonce, channel, created_at)
                values (:job, 'final', :nonce, :channel, :now)""",
                job=job.id, nonce=nonce_of(job), channel=job.channel, now=now,
            )  # fmt: skip
        return True

    # --- what must be said ---------------------------------------------------------------------------------------

    def unsent(self) -> list[OutboxRow]:
        """What must still be said, the oldest first."""
        sql = "select * from outbox where sent_at is null and undeliverable is null order by id"
        return [outbox_of(row) for row in rows(self._db, sql)]

    def tried(self, row: int) -> None:
        """One more try begins: after a crash its outcome is unknown and must be looked up."""
        rows(self._db, "update outbox set tries = tries + 1 where id = :row", row=row)

    def sent(self, row: int, message: int) -> None:
        """It was said."""
        rows(
            self._db,
            "update outbox set sent_at = :now, message = :message where id = :row and sent_at is null",
            row=row, message=message, now=self._clock.now(),
        )  # fmt: skip

    def undeliverable(self, row: int, reason: str) -> None:
        """It can be said nowhere; the member finds it with /show."""
        rows(self._db, "update outbox set undeliverable = :reason where id = :row", row=row, reason=reason)

    def is_untold(self, job: JobId) -> bool:
        """Whether a job's final message could be said nowhere."""
        return bool(rows(self._db, "select 1 from outbox where job = :job and undeliverable is not null", job=job))

    def remember(self, message: Message) -> None:
        """Note where a message of ours about a job is."""
        rows(
            self._db,
            """insert into messages (job, channel, message, role) values (:job, :channel, :message, :role)
            on conflict (job, role) do update set channel = :channel, message = :message""",
            **dataclasses.asdict(message),
        )

    def with_open_card(self) -> list[Job]:
        """Ended jobs whose live card still looks alive."""
        sql = """select jobs.* from jobs join messages on messages.job = jobs.id
            where messages.role = 'card' and jobs.state in ('succeeded', 'failed', 'cancelled')"""
        return [job_of(row) for row in rows(self._db, sql)]

    def close_card(self, job: JobId) -> None:
        """Note that a job's live card says that it is over."""
        rows(self._db, "update or replace messages set role = 'closed' where job = :job and role = 'card'", job=job)

    def messages(self, job: JobId) -> dict[str, Message]:
        """Our messages about a job by role."""
        found = rows(self._db, "select * from messages where job = :job", job=job)
        return {str(row["role"]): record(Message, row) for row in found}

    def all_messages(self, job: JobId) -> list[Message]:
        """Our messages about a job, with those that only the outbox knows."""
        cards = "select * from messages where job = :job"
        finals = "select job, channel, message, 'final' as role from outbox where job = :job and message is not null"
        found = [row for sql in (cards, finals) for row in rows(self._db, sql, job=job)]
        return list({row["message"]: record(Message, row) for row in found}.values())


def nonce_of(job: Job) -> str:
    """The final message's nonce: 17 characters, the same however often it is tried."""
    return f"{NONCE_LETTERS[job.kind]}{job.id}"
