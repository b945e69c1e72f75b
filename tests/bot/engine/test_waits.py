"""What members are told of their place and their time is what the claims make of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.fates import claim
from bot.rechecking import NOWHERE
from bot.store import Rooms, open_rooms
from bot.waits import waiting_of
from storage.clock import SystemClock
from storage.records import Job, JobId, JobKind, MemberId
from tests.storage.rooms import ANA, BEN, EVE, wish


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    opened = open_rooms(tmp_path, tmp_path / "master.key", SystemClock())
    yield opened
    opened.db.conn.close()


def put(rooms: Rooms, key: str, owner: MemberId, *, weight: float = 1.0, kind: JobKind = JobKind.IMAGINE) -> Job:
    request = {"prompt": "a cup", "words": [], "weight": weight}
    return rooms.queue.put(wish(key, kind, owner, request=request, predicted_s=10.0))[0]


def places(rooms: Rooms, jobs: list[Job]) -> dict[JobId, int]:
    return {job.id: waiting_of(rooms, job, 0.0, is_engine_awake=False).place for job in jobs}


def claims(rooms: Rooms) -> list[JobId]:
    """All that wait, begun and ended one after the other, as the scheduler does it."""
    order: list[JobId] = []
    while line := rooms.queue.line():
        turn = rooms.turns.next_of(line, [])[0]
        job = claim(rooms, turn, "engine", NOWHERE)
        assert job is not None
        rooms.queue.commit(job.id, job.attempt, {})
        order.append(job.id)
    return order


def test_places_are_told_in_the_order_of_the_claims_with_shares_and_weights(rooms: Rooms) -> None:
    jobs = [put(rooms, f"a{n}", ANA) for n in range(4)]
    jobs += [put(rooms, f"t{n}", BEN, kind=JobKind.TRAIN) for n in range(2)]
    jobs += [put(rooms, f"e{n}", EVE, weight=2.0) for n in range(4)]

    told = places(rooms, jobs)
    order = claims(rooms)

    assert order != [job.id for job in jobs]
    assert [told[job] for job in order] == list(range(1, len(jobs) + 1))


def test_whoever_has_had_much_is_told_that_others_come_first(rooms: Rooms) -> None:
    for n in range(3):
        put(rooms, f"before{n}", ANA)
    claims(rooms)
    mine, theirs = put(rooms, "a", ANA), put(rooms, "b", BEN)

    told = places(rooms, [mine, theirs])
    wait_s = waiting_of(rooms, mine, 0.0, is_engine_awake=True).wait_s

    assert told == {theirs.id: 1, mine.id: 2}
    assert wait_s == 20.0
    assert claims(rooms) == [theirs.id, mine.id]


def test_a_training_that_goes_on_is_told_before_older_ones(rooms: Rooms) -> None:
    first, second = (put(rooms, key, owner, kind=JobKind.TRAIN) for key, owner in (("a", ANA), ("b", BEN)))
    begun = rooms.queue.claim(second.id, "engine", 60.0)
    assert begun is not None
    rooms.queue.release(second.id, begun.attempt, blameless=True)

    assert places(rooms, [first, second]) == {second.id: 1, first.id: 2}
