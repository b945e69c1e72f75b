from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.records import ChannelId, JobId, Message
from storage.takedowns import FIRST_AGAIN_S, MOST_TRIES, Deed, Takedowns
from tests.storage.clocks import HandClock

MESSAGE = Message(job=JobId("a"), channel=ChannelId(5), message=50, role="final")


@pytest.fixture
def takedowns(db: Database, clock: HandClock) -> Takedowns:
    owed = Takedowns(db, clock)
    owed.owe([MESSAGE], Deed.REMOVE)
    return owed


def test_a_refused_message_is_tried_again_later_and_each_time_later_still(
    takedowns: Takedowns, clock: HandClock
) -> None:
    waits = []
    for _ in range(3):
        (owed,) = takedowns.owed()
        assert takedowns.refused(owed)
        waited = 0.0
        while not takedowns.owed():
            clock.pass_s(FIRST_AGAIN_S)
            waited += FIRST_AGAIN_S
        waits.append(waited / FIRST_AGAIN_S)

    assert waits == [1, 2, 4]


def test_after_weeks_of_refusals_it_is_given_up(takedowns: Takedowns, clock: HandClock) -> None:
    tries = 1
    (owed,) = takedowns.owed()
    while takedowns.refused(owed):
        tries += 1
        clock.pass_s(FIRST_AGAIN_S * 2**MOST_TRIES)
        (owed,) = takedowns.owed()

    assert tries == MOST_TRIES
    assert takedowns.owed() == []


def test_what_went_is_not_owed_any_more(takedowns: Takedowns) -> None:
    (owed,) = takedowns.owed()
    takedowns.done(owed)

    assert takedowns.owed() == []
