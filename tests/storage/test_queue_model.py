"""The job store against a model of a dozen lines, with crashes between any two steps."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from storage.database import insert, open_database, rows
from storage.queue import FRUITLESS_ATTEMPTS, Queue
from storage.records import JobId, JobState, Progress
from tests.storage.clocks import HandClock
from tests.storage.rooms import wish

TTL_S = 30.0


@dataclass
class Modelled:
    """What a job should be."""

    state: str = "queued"
    attempt: int = 0
    fruitless: int = 0
    lease: float = 0.0
    rows: int = 0


class JobStore(RuleBasedStateMachine):
    """Drives a real database file and the model side by side."""

    jobs = Bundle("jobs")
    attempts = st.integers(-1, 1)  # beside the running one: stale, right, not yet given

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = HandClock()
        self.model: dict[JobId, Modelled] = {}
        self.keys: dict[str, JobId] = {}
        self.order: list[JobId] = []
        self.delivered: dict[JobId, int] = {}
        self.open()

    def open(self) -> None:
        self.db = open_database(self.folder / "tintype.db")
        self.queue = Queue(self.db, self.clock)

    @rule()
    def crash(self) -> None:
        if self.db.conn.in_transaction:
            raise AssertionError("a transaction is left open")
        copy = self.folder / "after"
        copy.mkdir()
        for path in self.folder.glob("tintype.db*"):
            shutil.copy(path, copy)  # what a power cut leaves: the files, without a clean close
        self.db.conn.close()
        for path in self.folder.glob("tintype.db*"):
            path.unlink()
        for path in copy.iterdir():
            path.rename(self.folder / path.name)
        copy.rmdir()
        self.open()

    @rule(target=jobs, key=st.integers(0, 12).map(str))
    def put(self, key: str) -> object:
        job, created = self.queue.put(wish(key))
        assert created == (key not in self.keys)
        if not created:
            assert job.id == self.keys[key]
            return multiple()
        self.keys[key] = job.id
        self.model[job.id] = Modelled()
        self.order.append(job.id)
        return job.id

    @rule(job=jobs)
    def claim(self, job: JobId) -> None:
        known = self.model[job]
        claimed = self.queue.claim(job, "engine", TTL_S)
        assert (claimed is not None) == (known.state == "queued")
        if claimed:
            known.state, known.attempt, known.lease = "running", known.attempt + 1, self.clock.uptime + TTL_S
            assert claimed.attempt == known.attempt

    def fences(self, job: JobId, off: int) -> tuple[Modelled, int, bool]:
        known = self.model[job]
        return known, known.attempt + off, known.state == "running" and off == 0

    @rule(job=jobs, off=attempts, advanced=st.booleans(), done=st.integers(0, 9))
    def beat(self, job: JobId, off: int, advanced: bool, done: int) -> None:
        known, attempt, holds = self.fences(job, off)
        told = Progress(phase="train", done=done, total=9)
        assert self.queue.beat(job, attempt, TTL_S, progress=told, advanced=advanced) == holds
        if holds:
            known.lease = self.clock.uptime + TTL_S
            known.fruitless = 0 if advanced else known.fruitless

    @rule(job=jobs, off=attempts)
    def commit(self, job: JobId, off: int) -> None:
        known, attempt, holds = self.fences(job, off)
        done = self.queue.commit(job, attempt, {}, lambda db: insert(db, "audit", at=0, action="made", object=job))
        assert done == holds
        if holds:
            known.state, known.rows = "succeeded", 1

    @rule(job=jobs, off=attempts)
    def fail(self, job: JobId, off: int) -> None:
        known, attempt, holds = self.fences(job, off)
        assert self.queue.fail(job, attempt, "E_X", {}) == holds
        known.state = "failed" if holds else known.state

    @rule(job=jobs, off=attempts, blameless=st.booleans())
    def release(self, job: JobId, off: int, blameless: bool) -> None:
        known, attempt, holds = self.fences(job, off)
        assert (self.queue.release(job, attempt, blameless=blameless) is not None) == holds
        if holds:
            self.die(known, blameless=blameless)

    def die(self, known: Modelled, *, blameless: bool) -> None:
        if not blameless and known.fruitless + 1 >= FRUITLESS_ATTEMPTS:
            known.state = "failed"
        else:
            known.state, known.fruitless = "queued", known.fruitless + (not blameless)

    @rule(job=jobs)
    def cancel(self, job: JobId) -> None:
        known = self.model[job]
        assert self.queue.cancel(job) == (known.state in ("queued", "running"))
        known.state = "cancelled" if known.state in ("queued", "running") else known.state

    @rule(seconds=st.sampled_from([1.0, TTL_S + 1]), jump=st.sampled_from([0.0, -3600.0, 3e8]))
    def reap(self, seconds: float, jump: float) -> None:
        self.clock.pass_s(seconds)
        self.clock.date += jump
        late = {job: known for job, known in self.model.items() if known.state == "running"}
        late = {job: known for job, known in late.items() if known.lease < self.clock.uptime}
        found = self.queue.lapsed()
        assert {job.id for job in found} == set(late)
        for job in found:
            self.queue.release(job.id, job.attempt)
            self.die(late[job.id], blameless=False)

    @rule(dies_first=st.booleans())
    def post(self, dies_first: bool) -> None:
        for row in self.queue.unsent():
            self.queue.tried(row.id)
            if dies_first:
                return
            self.queue.sent(row.id, 1)
            self.delivered[row.job] = self.delivered.get(row.job, 0) + 1

    @invariant()
    def every_job_is_where_it_should_be(self) -> None:
        if not hasattr(self, "model"):
            return
        for job, known in self.model.items():
            found = self.queue.get(job)
            assert found is not None
            assert (found.state, found.attempt, found.fruitless) == (known.state, known.attempt, known.fruitless)
        waiting = [job for job in self.order if self.model[job].state == "queued"]
        assert [job.id for job in self.queue.ready()] == waiting

    @invariant()
    def every_end_has_one_message_and_its_rows(self) -> None:
        if not hasattr(self, "model"):
            return
        said = rows(self.db, "select job, count(*) n from outbox group by job")
        over = {job for job, known in self.model.items() if JobState(known.state).is_over}
        assert {str(row["job"]): row["n"] for row in said} == dict.fromkeys(over, 1)
        made = rows(self.db, "select object, count(*) n from audit group by object")
        assert {str(row["object"]): row["n"] for row in made} == {j: 1 for j, known in self.model.items() if known.rows}
        assert all(count == 1 for count in self.delivered.values())

    def teardown(self) -> None:
        if hasattr(self, "db"):
            self.db.conn.close()
            shutil.rmtree(self.folder)


JobStore.TestCase.settings = settings(max_examples=20, stateful_step_count=35, deadline=None)
test_the_job_store_keeps_to_its_model = JobStore.TestCase
