"""Whatever a table holds about a member is in what they are given, and what they wrote goes with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from storage.database import insert, rows
from storage.moderation import Moderation, Verdict
from storage.privacy import OF_MEMBER, STAYS, UNNAMED, Privacy
from storage.records import ConceptId, Grant, Kind, Scope
from storage.sharing import Licence, Mixing, Sharing
from storage.vault import Vault
from tests.storage.household import CANARY, Household, places_of
from tests.storage.rooms import ANA, BEN, CHANNEL, EVE, HOME

#: who decided is told by the log's line about it
IN_THE_LOG = {("reports", "actor"), ("strikes", "actor"), ("blocks", "actor")}
NAMED = [*OF_MEMBER, *UNNAMED, *STAYS]


@pytest.fixture
def life(house: Household, db: Database, moderation: Moderation, sharing: Sharing) -> dict[str, ConceptId]:
    """Ana with a row in every table, whatever she wrote marked; the words by name."""
    dog, cat = house.teach(ANA, "ana-dog"), house.teach(BEN, "ben-cat")
    shared = house.teach(BEN, "ben-tin")
    sharing.share(dog.id, Scope.MEMBER, BEN, licence=Licence.BY, mixing=Mixing.ASK, about=CANARY)
    house.concepts.grant(Grant(concept=shared.id, scope=Scope.MEMBER, subject=int(ANA)))
    mine, theirs = house.imagine(ANA, "a", dog), house.imagine(BEN, "b", cat)
    moderation.report(ANA, guild=HOME, channel=CHANNEL, image=theirs.id, reason=CANARY)
    moderation.close(
        moderation.report(BEN, guild=HOME, channel=CHANNEL, image=mine.id, reason="x"), Verdict.STRIKE, EVE
    )
    moderation.close(
        moderation.report(EVE, guild=HOME, channel=CHANNEL, concept=cat.id, reason="x"), Verdict.STRIKE, ANA
    )
    moderation.block(HOME, ANA, EVE, reason=CANARY)
    moderation.block(HOME, BEN, ANA, reason=CANARY)
    of_ana = house.concepts.create(BEN, HOME, "anas-face", Kind.PERSON, "person", person=ANA)
    now = house.clock.now()
    insert(db, "drafts", id="d" * 16, owner=BEN, channel=CHANNEL, word="x", kind="person", created_at=now, person=ANA)
    insert(db, "imports", id="1" * 16, owner=ANA, channel=CHANNEL, word=CANARY, trigger="x", files="[]", told="{}",
           created_at=now)  # fmt: skip
    insert(db, "likes", concept=cat.id, member=ANA, at=now)
    insert(db, "favourites", member=ANA, image=theirs.id, at=now)
    insert(db, "presets", member=ANA, name=CANARY, settings="{}")
    for number, (asker, person) in enumerate(((ANA, BEN), (BEN, ANA))):
        insert(db, "questions", id=f"{number:016}", kind="permission", asker=asker, person=person, asker_name="x",
               person_name="x", guild=HOME, channel=CHANNEL, created_at=now)  # fmt: skip
    insert(db, "absences", guild=HOME, member=ANA, looked_at=now, left_at=now)
    insert(db, "names", guild=HOME, member=ANA, name=CANARY)
    insert(db, "pending", id="2" * 16, owner=ANA, channel=CHANNEL, key="k", created_at=now,
           request=f'{{"order": {{"prompt": "{CANARY}"}}}}')  # fmt: skip
    return {"ana-dog": dog.id, "ben-cat": cat.id, "anas-face": of_ana.id}


@pytest.mark.parametrize(("table", "column"), [one for one in NAMED if one not in IN_THE_LOG])
def test_a_member_is_told_of_every_column_that_names_them(
    life: dict[str, ConceptId], db: Database, privacy: Privacy, table: str, column: str
) -> None:
    before = privacy.mydata(ANA)
    if (table, column) in UNNAMED:
        done = f"update {table} set {column} = null where {column} = :member returning 1"
    else:
        done = f"delete from {table} where {column} = :member returning 1"

    assert rows(db, done, member=ANA), "nothing of hers is there"
    assert privacy.mydata(ANA) != before


def test_a_member_reads_how_they_share_what_they_reported_and_what_was_decided(
    life: dict[str, ConceptId], privacy: Privacy
) -> None:
    told: dict[str, Any] = privacy.mydata(ANA)

    (dog,) = told["words"]
    assert dog["shared"] | {"since": ""} == {
        "licence": "cc-by", "mixing": "ask", "about": CANARY, "since": "", "hidden": None,
        "with": [{"scope": "member", "id": str(BEN)}],
    }  # fmt: skip
    assert told["shared_with_you"] == [{"word": "ben-tin", "owner": str(BEN)}]
    assert [(one["kind"], one["word"]) for one in told["shows_you"]] == [("word", "anas-face"), ("photos", "x")]
    assert [(one["reason"], one["state"]) for one in told["reports"]] == [(CANARY, "open")]
    assert [one["state"] for one in told["reports_of_yours"]] == ["strike"]
    assert "reason" not in told["reports_of_yours"][0]
    assert [one["server"] for one in (*told["strikes"], *told["blocks"])] == [str(HOME)] * 2
    assert [(one["what"], one["by_you"]) for one in told["log"]] == [
        ("strike", True), ("count", True), ("block", False), ("block", True),
    ]  # fmt: skip


def test_every_file_of_a_member_is_handed_out_but_small_copies_and_what_a_training_needs(
    life: dict[str, ConceptId], house: Household, db: Database, privacy: Privacy, vault: Vault
) -> None:
    left = {str(row["thumbnail"]) for row in rows(db, "select thumbnail from photos where owner = :ana", ana=ANA)}
    for job in house.queue.of_owner(ANA):
        left |= {str(job.checkpoint), str(job.preview)}

    contents = privacy.contents(ANA)

    assert {str(blob) for _, blob in contents} == {str(blob) for blob in vault.held(ANA)} - left
    assert len({name for name, _ in contents}) == len(contents)


def test_what_a_member_wrote_is_nowhere_once_they_are_forgotten(
    life: dict[str, ConceptId], privacy: Privacy, moderation: Moderation, data: Path
) -> None:
    assert places_of(data, CANARY)

    privacy.forget(ANA)

    assert places_of(data, CANARY) == []
    assert [(one.member, one.reason) for one in moderation.open_reports(HOME)] == [(None, "")]
    assert {(one.member, one.reason) for one in moderation.blocks(HOME)} == {(ANA, ""), (BEN, "")}
