"""A process that keeps jobs is killed at random; whatever it had answered is there afterwards."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

from storage.clock import SystemClock
from storage.database import open_database, rows
from storage.queue import Queue
from storage.records import JobId, JobState

KILLS = 4
KEEPER = """
import sys
from pathlib import Path
from storage.clock import SystemClock
from storage.database import insert, open_database
from storage.queue import Queue
from storage.records import BlobId, ChannelId, JobKind, MemberId, NewJob

queue = Queue(open_database(Path(sys.argv[1])), SystemClock())
for job in queue.active():
    queue.release(job.id, job.attempt, blameless=True)
print("ready", flush=True)
n = 0
while True:
    n += 1
    wish = NewJob(kind=JobKind.IMAGINE, owner=MemberId(1), guild=None, channel=ChannelId(1), key=f"{sys.argv[2]}-{n}",
                  request={"prompt": "x" * 500})
    job, _ = queue.put(wish)
    print("queued", job.id, flush=True)
    queue.claim(job.id, "engine", 60)
    queue.beat(job.id, 1, 60, checkpoint=BlobId("1-" + "0" * 32), advanced=True)
    if queue.commit(job.id, 1, {"n": n}, lambda db: insert(db, "audit", at=0, action="made", object=job.id)):
        print("done", job.id, flush=True)
"""


def answers_until_killed(path: Path, name: str, lines: int) -> list[list[str]]:
    command = [sys.executable, "-c", KEEPER, str(path), name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout is not None
        told = [keeper.stdout.readline().split() for _ in range(lines)]
        keeper.send_signal(signal.SIGKILL)
        told += [line.split() for line in keeper.stdout if line.endswith("\n")]
    return told


def test_nothing_that_was_answered_is_lost_or_doubled_by_kills(tmp_path: Path) -> None:
    path, chance = tmp_path / "tintype.db", random.Random(7)
    told = [line for n in range(KILLS) for line in answers_until_killed(path, str(n), chance.randint(2, 60))]
    queued = {JobId(line[1]) for line in told if line[0] == "queued"}
    done = {JobId(line[1]) for line in told if line[0] == "done"}

    db = open_database(path)
    queue = Queue(db, SystemClock())

    states = {job: found.state for job in queued if (found := queue.get(job))}
    assert set(states) == queued
    assert {states[job] for job in done} == {JobState.SUCCEEDED}
    over = {str(row["id"]) for row in rows(db, "select id from jobs where state = 'succeeded'")}
    said = [str(row["job"]) for row in rows(db, "select job from outbox")]
    made = [str(row["object"]) for row in rows(db, "select object from audit")]
    assert sorted(said) == sorted(made) == sorted(over)
    assert len(queued) >= KILLS
    assert db.conn.execute("pragma integrity_check").fetchone()[0] == "ok"
    db.conn.close()
