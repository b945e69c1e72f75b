"""No trace of what was deleted is left in the database's file, and large files are rewritten seldom."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlite_utils import Database

from storage.database import scrub
from storage.privacy import Privacy
from tests.storage.clocks import HandClock
from tests.storage.household import CANARY, Household, places_of
from tests.storage.rooms import ANA


def test_of_a_large_file_the_log_is_emptied_at_once_and_deletions_share_the_rewriting(
    house: Household, privacy: Privacy, db: Database, data: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.scrubbing.FEW_PAGES", 1)
    rewritten: list[bool] = []

    def noted(db: Database) -> bool:
        rewritten.append(scrub(db))
        return rewritten[-1]

    monkeypatch.setattr("storage.scrubbing.scrub", noted)
    for word in (f"{CANARY}-1", f"{CANARY}-2", "ana-cat"):
        house.teach(ANA, word)
    for number in (1, 2):
        concept = next(one for one in house.concepts.mine(ANA) if one.name == f"{CANARY}-{number}")
        assert privacy.forget_word(concept.id).is_scrubbed
        assert [path for path in places_of(data, CANARY) if path.endswith("-wal")] == []
        assert privacy.scrub_if_due() == (number == 1)

    clock.pass_s(3600)

    assert privacy.scrub_if_due()
    assert rewritten == [True, True]
    assert places_of(data, CANARY) == []


def test_what_could_not_be_scrubbed_is_scrubbed_later(
    house: Household, privacy: Privacy, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.teach(ANA, "ana-dog")
    with monkeypatch.context() as patch:
        patch.setattr("storage.scrubbing.scrub", lambda _db: False)
        assert not privacy.forget(ANA).is_scrubbed
        assert not privacy.scrub_if_due()

    assert privacy.scrub_if_due()
    monkeypatch.setattr("storage.scrubbing.scrub", lambda _db: False)
    assert privacy.scrub_if_due()
