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
