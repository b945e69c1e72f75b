from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.audit import Audit
from storage.guilds import Guilds
from storage.names import Names
from storage.privacy import Privacy
from storage.records import GuildId, Kind, MemberId
from storage.retention import DAY_S, LOOK_S, SURE_S, Retention
from storage.setups import Setups
from storage.takedowns import Deed
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.household import Household
from tests.storage.rooms import ANA, BEN, ELSEWHERE, HOME

MANAGER = MemberId(500)


@pytest.fixture
def retention(db: Database, vault: Vault, clock: HandClock, privacy: Privacy) -> Retention:
    return Retention(db, vault, clock, privacy)


def rule(db: Database, clock: HandClock, name: str, value: int, guild: GuildId = HOME) -> None:
    setups = Setups(db, clock)
    assert setups.change(guild, name, value, seen=setups.of(guild).revision, actor=MANAGER)


def gone(retention: Retention, clock: HandClock, member: MemberId = ANA, days: float = 30.0) -> None:
    """Not found, and not found again when so many days are over."""
    retention.looked(HOME, member, is_there=False)
    clock.pass_s(days * DAY_S + 1)
    retention.looked(HOME, member, is_there=False)


def files_of(data: Path) -> int:
    return sum(path.is_file() for path in (data / "blobs").rglob("*"))


def test_pictures_older_than_the_server_keeps_them_go_with_their_files_and_are_blanked(
    house: Household, retention: Retention, privacy: Privacy, db: Database, clock: HandClock, data: Path
) -> None:
    concept = house.teach(ANA, "ana-dog")
    before = files_of(data)
    job = house.imagine(ANA, "on the beach", concept).job
    row = next(row for row in house.queue.unsent() if row.job == job)
    house.queue.sent(row.id, 77)
    rule(db, clock, "keep_days", 7)
    clock.pass_s(8 * DAY_S)

    assert retention.sweep() == 1
    assert retention.sweep() == 0

    assert house.images.of_job(job) == []
    assert files_of(data) == before
    assert (77, Deed.BLANK) in [(owed.message, owed.deed) for owed in privacy.takedowns.owed()]
    assert house.concepts.versions(concept.id)
    assert [(line.action, line.facts) for line in Audit(db, clock).page(HOME, 1, 1)] == [
        ("kept-no-longer", {"count": 1})
    ]


def test_pictures_stay_where_no_rule_says_otherwise(house: Household, retention: Retention, clock: HandClock) -> None:
    job = house.imagine(ANA, "on the beach", house.teach(ANA, "ana-dog")).job
    clock.pass_s(3650 * DAY_S)

    assert retention.sweep() == 0
    assert house.images.of_job(job)


def test_the_things_of_a_member_who_left_go_when_the_servers_time_is_over(
    house: Household, retention: Retention, db: Database, clock: HandClock
) -> None:
    mine, others = house.teach(ANA, "ana-dog"), house.teach(BEN, "ben-cup")
    job, kept = house.imagine(ANA, "on the beach", mine).job, house.imagine(BEN, "in the snow", others).job
    Names(db).note({(HOME, ANA): "Ana of Home", (ELSEWHERE, ANA): "Ana", (HOME, BEN): "Ben"})
    gone(retention, clock)

    assert retention.sweep() == 2

    assert house.concepts.mine(ANA) == []
    assert house.queue.get(job) is None
    assert house.images.of_job(kept)
    assert [concept.name for concept in house.concepts.mine(BEN)] == ["ben-cup"]
    assert retention.to_look_for(HOME, 9) == [BEN]
    assert Names(db).all_of(ANA) == ["Ana"]
    assert Names(db).of(HOME, BEN) == "Ben"
    assert Audit(db, clock).page(HOME, 1, 1)[0].facts == {"count": 2}


def test_whoever_came_back_or_was_not_looked_for_lately_keeps_all(
    house: Household, retention: Retention, clock: HandClock
) -> None:
    house.teach(ANA, "ana-dog")
    gone(retention, clock)
    clock.pass_s(SURE_S + 1)

    assert retention.sweep() == 0
    assert retention.to_look_for(HOME, 9) == [ANA]
    retention.looked(HOME, ANA, is_there=True)
    assert retention.sweep() == 0
    retention.looked(HOME, ANA, is_there=False)
    assert retention.sweep() == 0
    assert house.concepts.mine(ANA)


def test_members_are_asked_after_once_a_day(house: Household, retention: Retention, clock: HandClock) -> None:
    house.teach(ANA, "ana-dog")
    house.teach(BEN, "ben-cup")

    assert retention.to_look_for(HOME, 1) == [ANA]
    retention.looked(HOME, ANA, is_there=True)
    assert retention.to_look_for(HOME, 9) == [BEN]
    clock.pass_s(LOOK_S + 1)
    assert retention.to_look_for(HOME, 9) == [ANA, BEN]
    assert retention.to_look_for(ELSEWHERE, 9) == []


def test_where_things_stay_for_ever_nobody_is_asked_after(
    house: Household, retention: Retention, db: Database, clock: HandClock
) -> None:
    house.teach(ANA, "ana-dog")
    gone(retention, clock)
    rule(db, clock, "left_days", 0)

    assert retention.to_look_for(HOME, 9) == []
    assert retention.sweep() == 0
    assert house.concepts.mine(ANA)


def test_a_server_that_removed_the_bot_leaves_nothing_behind(
    house: Household, retention: Retention, privacy: Privacy, db: Database, clock: HandClock
) -> None:
    rule(db, clock, "left_days", 7)
    for member, name, kind in ((ANA, "ana-dog", Kind.ANIMAL), (BEN, "ben-me", Kind.PERSON)):
        house.imagine(member, "on the beach", house.teach(member, name, kind))
        Names(db).note({(HOME, member): name})
    Guilds(db, clock).left(HOME)
    clock.pass_s(7 * DAY_S - 10)
    assert retention.sweep() == 0
    clock.pass_s(20)

    while retention.sweep():
        pass

    assert house.concepts.mine(ANA) == house.concepts.mine(BEN) == []
    assert house.images.of_owner(ANA) == house.images.of_owner(BEN) == []
    assert Names(db).all_of(ANA) == Names(db).all_of(BEN) == []
    assert Setups(db, clock).of(HOME).left_days == 30


def test_a_server_that_has_the_bot_again_keeps_its_things(
    house: Household, retention: Retention, db: Database, clock: HandClock
) -> None:
    house.teach(ANA, "ana-dog")
    Guilds(db, clock).left(HOME)
    clock.pass_s(29 * DAY_S)
    Guilds(db, clock).joined(HOME)
    clock.pass_s(29 * DAY_S)

    assert retention.sweep() == 0
    assert house.concepts.mine(ANA)
