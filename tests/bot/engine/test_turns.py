from __future__ import annotations

from dataclasses import replace

from bot.turns import AHEAD, Turns
from storage.records import ChannelId, Job, JobId, JobKind, JobState, MemberId


def job(number: int, owner: int, kind: JobKind = JobKind.IMAGINE) -> Job:
    return Job(
        id=JobId(f"{number:016}"), kind=kind, owner=MemberId(owner), guild=None, channel=ChannelId(1), key=str(number),
        request={}, state=JobState.QUEUED, attempt=0, predicted_s=1.0, created_at=float(number),
    )  # fmt: skip


def order(jobs: list[Job]) -> list[int]:
    """The numbers in the order in which they are served, one at a time."""
    turns, waiting, served = Turns(), list(jobs), []
    while waiting:
        chosen = turns.next_of(waiting, [])[0]
        turns.served(chosen)
        waiting.remove(chosen)
        served.append(int(chosen.id))
    return served


def test_a_members_own_jobs_keep_their_order() -> None:
    assert order([job(n, 1) for n in range(4)]) == [0, 1, 2, 3]


def test_one_who_asks_for_little_waits_for_one_of_a_strangers_many() -> None:
    assert order([*(job(n, 1) for n in range(5)), job(9, 2)]).index(9) == 1


def test_pictures_go_before_trainings_and_one_training_runs_at_a_time() -> None:
    training, other, picture = job(1, 1, JobKind.TRAIN), job(2, 2, JobKind.TRAIN), job(3, 1)

    assert Turns().next_of([training, other, picture], []) == [picture, training]
    assert Turns().next_of([other], [training]) == []


def test_an_engine_gets_no_more_pictures_than_keep_it_busy() -> None:
    waiting = [job(n, n) for n in range(5)]

    assert len(Turns().next_of(waiting, [])) == AHEAD
    assert len(Turns().next_of(waiting, [job(9, 9)])) == AHEAD - 1


def test_of_several_to_begin_at_once_no_two_are_one_members_while_another_waits() -> None:
    waiting = [job(1, 1), job(2, 1), job(3, 2)]

    assert [int(one.id) for one in Turns().next_of(waiting, [])] == [1, 3]


def test_a_training_that_was_interrupted_goes_on_before_others_begin() -> None:
    turns, begun, new = Turns(), replace(job(2, 1, JobKind.TRAIN), attempt=1), job(1, 2, JobKind.TRAIN)
    turns.served(begun)

    assert turns.next_of([new, begun], []) == [begun]


def test_who_asks_for_long_jobs_is_served_less_often() -> None:
    long = [replace(job(n, 1), predicted_s=30.0) for n in range(3)]

    assert order([*long, *(replace(job(n, 2), predicted_s=10.0) for n in range(10, 16))]) == [
        0, 10, 11, 12, 1, 13, 14, 15, 2,
    ]  # fmt: skip


def test_a_role_that_goes_first_has_twice_the_share_and_starves_nobody() -> None:
    first = [replace(job(n, 1), request={"weight": 2.0}) for n in range(6)]

    assert order([*first, *(job(n, 2) for n in range(10, 13))]) == [0, 10, 1, 2, 11, 3, 4, 12, 5]


def test_nobody_saves_up_by_not_asking() -> None:
    turns = Turns()
    for n in range(100):
        turns.served(job(n, 1))

    waiting = [job(200, 1), job(201, 2), job(202, 2), job(203, 1)]
    served = []
    while waiting:
        chosen = turns.next_of(waiting, [])[0]
        turns.served(chosen)
        waiting.remove(chosen)
        served.append(int(chosen.id))

    assert served == [201, 200, 202, 203]
