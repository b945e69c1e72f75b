from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.queue import InLine, Queue
from storage.records import ConceptId, Job, JobKind
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, HOME, wish


def test_how_long_jobs_took_lately_is_known_by_kind(queue: Queue, clock: HandClock) -> None:
    for key, kind, took_s in (("k1", JobKind.TRAIN, 40.0), ("k2", JobKind.IMAGINE, 5.0), ("k3", JobKind.TRAIN, 60.0)):
        job, _ = queue.put(wish(key, kind))
        queue.claim(job.id, "e", 60)
        clock.pass_s(took_s)
        queue.commit(job.id, 1, {})
    failed, _ = queue.put(wish("k4"))
    queue.claim(failed.id, "e", 60)
    queue.fail(failed.id, 1, "E_X", {})

    assert queue.took_s(JobKind.TRAIN, 0.0) == [60.0, 40.0]
    assert queue.took_s(JobKind.TRAIN, 0.0, most=1) == [60.0]
    assert queue.took_s(JobKind.TRAIN, clock.now() + 1) == []


def test_the_line_tells_what_decides_about_turns_without_reading_what_it_is_about(queue: Queue) -> None:
    first, _ = queue.put(wish("k1", JobKind.TRAIN, predicted_s=90.0))
    second, _ = queue.put(wish("k2", JobKind.IMAGINE, BEN, predicted_s=9.0, request={"prompt": "x", "weight": 2.0}))
    third, _ = queue.put(wish("k3", guild=None))
    queue.claim(first.id, "e", 60)
    queue.release(first.id, 1, blameless=True)

    assert queue.line() == [
        InLine(first.id, JobKind.TRAIN, ANA, HOME, CHANNEL, 1, 90.0),
        InLine(second.id, JobKind.IMAGINE, BEN, HOME, CHANNEL, 0, 9.0, 2.0),
        InLine(third.id, JobKind.TRAIN, ANA, None, CHANNEL, 0, 60.0),
    ]
    queue.claim(first.id, "e", 60)
    assert [one.id for one in queue.line()] == [second.id, third.id]


def test_what_waits_and_runs_is_known_by_kind(queue: Queue) -> None:
    for number, kind in enumerate((JobKind.TRAIN, JobKind.IMAGINE, JobKind.TRAIN, JobKind.IMAGINE)):
        job, _ = queue.put(wish(f"k{number}", kind))
        if number < 2:
            queue.claim(job.id, "e", 60)

    assert [job.key for job in queue.ready()] == ["k2", "k3"]
    assert [job.key for job in queue.ready(JobKind.TRAIN)] == ["k2"]
    assert [job.key for job in queue.active()] == ["k0", "k1"]
    assert [job.key for job in queue.active(JobKind.IMAGINE)] == ["k1"]


def test_a_concept_has_open_jobs_until_they_end(queue: Queue) -> None:
    job, _ = queue.put(wish(concept=ConceptId("c1")))

    assert (queue.is_open_for(ConceptId("c1")), queue.is_open_for(ConceptId("c2"))) == (True, False)
    queue.claim(job.id, "e", 60)
    assert queue.is_open_for(ConceptId("c1"))
    queue.commit(job.id, 1, {})
    assert not queue.is_open_for(ConceptId("c1"))


@pytest.mark.parametrize(
    "end",
    [
        lambda queue, job: queue.commit(job.id, job.attempt, {}),
        lambda queue, job: queue.fail(job.id, job.attempt, "E_X", {}),
        lambda queue, job: queue.cancel(job.id),
    ],
    ids=["committed", "failed", "cancelled"],
)
def test_roles_are_kept_with_an_order_until_it_is_over(queue: Queue, end: Callable[[Queue, Job], bool]) -> None:
    queue.put(wish("k1", request={"prompt": "x", "roles": [7], "seed": 2**53 + 1}))
    (waiting,) = queue.ready()
    job = queue.claim(waiting.id, "engine", 60)
    assert job is not None
    assert job.request["roles"] == [7]

    assert end(queue, job)

    over = queue.get(job.id)
    assert over is not None
    assert over.request == {"prompt": "x", "seed": 2**53 + 1}
