from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.turns import AHEAD, Turns
from storage.queue import InLine
from storage.records import ChannelId, JobId, JobKind, MemberId


def job(number: int, owner: int, kind: JobKind = JobKind.IMAGINE, **more: Any) -> InLine:
    told = {"attempt": 0, "predicted_s": 1.0} | more
    return InLine(
        id=JobId(f"{number:016}"), kind=kind, owner=MemberId(owner), guild=None, channel=ChannelId(1), **told
    )  # fmt: skip


def order(jobs: list[InLine]) -> list[int]:
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
    assert Turns().next_of([other], [training.kind]) == []


def test_an_engine_gets_no_more_pictures_than_keep_it_busy() -> None:
    waiting = [job(n, n) for n in range(5)]

    assert len(Turns().next_of(waiting, [])) == AHEAD
    assert len(Turns().next_of(waiting, [JobKind.SHEET])) == AHEAD - 1


def test_of_several_to_begin_at_once_no_two_are_one_members_while_another_waits() -> None:
    waiting = [job(1, 1), job(2, 1), job(3, 2)]

    assert [int(one.id) for one in Turns().next_of(waiting, [])] == [1, 3]


def test_a_training_that_was_interrupted_goes_on_before_others_begin() -> None:
    turns, begun, new = Turns(), job(2, 1, JobKind.TRAIN, attempt=1), job(1, 2, JobKind.TRAIN)
    turns.served(begun)

    assert turns.next_of([new, begun], []) == [begun]


def test_who_asks_for_long_jobs_is_served_less_often() -> None:
    long = [job(n, 1, predicted_s=30.0) for n in range(3)]

    assert order([*long, *(job(n, 2, predicted_s=10.0) for n in range(10, 16))]) == [
        0, 10, 11, 12, 1, 13, 14, 15, 2,
    ]  # fmt: skip


def test_a_role_that_goes_first_has_twice_the_share_and_starves_nobody() -> None:
    first = [job(n, 1, weight=2.0) for n in range(6)]

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


LINES = st.lists(
    st.builds(
        lambda owner, is_training, attempt, predicted_s, weight: (owner, is_training, attempt, predicted_s, weight),
        st.integers(1, 4), st.booleans(), st.integers(0, 1), st.sampled_from([1.0, 3.0, 30.0]),
        st.sampled_from([1.0, 2.0]),
    ),
    max_size=14,
)  # fmt: skip


@given(before=LINES, waiting=LINES)
def test_the_order_that_is_told_is_the_order_in_which_jobs_are_begun(before: list[Any], waiting: list[Any]) -> None:
    turns = Turns()
    for one in line(before):
        turns.served(one)
    left = line(waiting)

    told, begun = list(turns.order(left)), []
    while left:
        (chosen, *_) = turns.next_of(left, [])
        turns.served(chosen)
        left.remove(chosen)
        begun.append(chosen)

    assert begun == told


def line(told: list[Any]) -> list[InLine]:
    return [
        job(n, owner, JobKind.TRAIN if is_training else JobKind.IMAGINE, attempt=attempt, predicted_s=s, weight=weight)
        for n, (owner, is_training, attempt, s, weight) in enumerate(told)
    ]
