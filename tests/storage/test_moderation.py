from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.audit import Audit
from storage.concepts import Concepts
from storage.database import rows
from storage.errors import NotFound
from storage.images import Images
from storage.moderation import BLOCK_S, STRIKE_S, Moderation, Report, Verdict
from storage.queue import Queue
from storage.records import BlobId, Concept, Consent, GuildId, JobKind, JobState, Kind, MemberId, Message, Scope
from storage.setups import Setups
from storage.sharing import Sharing
from storage.takedowns import Deed, Takedowns
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, ELSEWHERE, EVE, HOME, add_version, picture, wish

MANAGER = MemberId(500)
BLOB = BlobId("101-" + "a" * 32)


@pytest.fixture
def style(concepts: Concepts, sharing: Sharing) -> Concept:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    add_version(concepts, concept, BLOB)
    sharing.share(concept.id, Scope.INSTANCE)
    return concept


def reported(moderation: Moderation, style: Concept, *members: int, guild: GuildId = HOME) -> list[Report]:
    return [
        moderation.report(MemberId(one), guild=guild, channel=CHANNEL, concept=style.id, reason=f"{one} says so")
        for one in members
    ]


def test_reports_of_three_members_keep_a_style_from_others(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    reported(moderation, style, 1, 2, 2)
    assert not sharing.is_quarantined(style.id)

    reported(moderation, style, 3, guild=ELSEWHERE)

    assert sharing.is_quarantined(style.id)


def test_the_report_of_the_person_shown_counts_at_once(
    moderation: Moderation, concepts: Concepts, sharing: Sharing
) -> None:
    concept = concepts.create(ANA, HOME, "ben", Kind.PERSON, "person")
    add_version(concepts, concept, BLOB)
    concepts.agree(Consent(concept=concept.id, person=BEN, text_version="1", given_at=1.0))
    sharing.share(concept.id, Scope.MEMBER, EVE)

    reported(moderation, concept, EVE)
    assert not sharing.is_quarantined(concept.id)
    reported(moderation, concept, BEN)

    assert sharing.is_quarantined(concept.id)


def test_what_is_not_there_cannot_be_reported(moderation: Moderation) -> None:
    with pytest.raises(NotFound, match="E_NOT_FOUND"):
        moderation.report(BEN, guild=HOME, channel=CHANNEL, concept=None, reason="?")


def test_removed_at_home_means_closed_to_all_until_it_is_given_back(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    reported(moderation, style, BEN)

    moderation.close(moderation.open_reports(HOME)[0], Verdict.REMOVE, MANAGER)
    sharing.share(style.id, Scope.INSTANCE)

    assert sharing.is_quarantined(style.id)


def test_another_server_closes_a_style_to_itself_only(
    moderation: Moderation, concepts: Concepts, sharing: Sharing
) -> None:
    concept = concepts.create(ANA, HOME, "cup", Kind.OBJECT, "mug")
    add_version(concepts, concept, BLOB)
    for guild in (HOME, ELSEWHERE):
        sharing.share(concept.id, Scope.GUILD, guild)
    reported(moderation, concept, BEN, guild=ELSEWHERE)
    (case,) = moderation.open_reports(ELSEWHERE)

    moderation.close(case, Verdict.REMOVE, MANAGER)

    assert [grant.subject for grant in concepts.grants(concept.id)] == [HOME]


def test_three_strikes_within_a_month_block_for_a_month(moderation: Moderation, clock: HandClock) -> None:
    assert moderation.strike(HOME, ANA, MANAGER) == 1
    clock.pass_s(STRIKE_S + 1)
    assert [moderation.strike(HOME, ANA, MANAGER) for _ in range(2)] == [1, 2]
    assert not moderation.is_blocked(HOME, ANA)

    moderation.strike(HOME, ANA, MANAGER)

    assert moderation.is_blocked(HOME, ANA)
    assert not moderation.is_blocked(ELSEWHERE, ANA)
    clock.pass_s(BLOCK_S + 1)
    assert not moderation.is_blocked(HOME, ANA)


def test_a_block_cancels_what_is_under_way_and_ends_when_it_is_lifted(moderation: Moderation, queue: Queue) -> None:
    here, _ = queue.put(wish("k1"))
    there, _ = queue.put(wish("k2", guild=ELSEWHERE))

    moderation.block(HOME, ANA, MANAGER)

    states = [job.state for one in (here, there) if (job := queue.get(one.id))]
    assert states == [JobState.CANCELLED, JobState.QUEUED]
    assert moderation.is_blocked(HOME, ANA)
    assert moderation.unblock(HOME, ANA, MANAGER)
    assert not moderation.unblock(HOME, ANA, MANAGER)
    assert not moderation.is_blocked(HOME, ANA)


def test_a_member_reports_a_thing_once(moderation: Moderation, style: Concept) -> None:
    first, again, other = reported(moderation, style, BEN, BEN, EVE)

    assert again == first
    assert moderation.open_reports(HOME) == [first, other]
    assert (first.concept, first.owner, first.reason) == (style.id, ANA, f"{BEN} says so")
    assert moderation.reporters(first) == 2
    assert moderation.open_reports(ELSEWHERE) == []


def test_kept_means_given_back_to_all_and_not_hidden_by_the_same_members_again(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    reported(moderation, style, 1, 2, 3)

    moderation.close(moderation.open_reports(HOME)[0], Verdict.KEEP, MANAGER)
    reported(moderation, style, 1, 2, 3)

    assert not sharing.is_quarantined(style.id)
    assert moderation.open_reports(HOME) == []


def test_a_style_that_one_server_keeps_stays_hidden_while_enough_of_another_report_it(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    reported(moderation, style, 1, 2, 3)
    reported(moderation, style, 4, guild=ELSEWHERE)
    moderation.close(moderation.open_reports(ELSEWHERE)[0], Verdict.KEEP, MANAGER)
    assert sharing.is_quarantined(style.id)

    moderation.close(moderation.open_reports(HOME)[0], Verdict.KEEP, MANAGER)

    assert not sharing.is_quarantined(style.id)


def test_a_report_is_found_only_in_its_server_and_while_it_waits(moderation: Moderation, style: Concept) -> None:
    (report,) = reported(moderation, style, BEN)
    assert moderation.get(HOME, report.id) == report

    with pytest.raises(NotFound, match="E_REPORT_CLOSED"):
        moderation.get(ELSEWHERE, report.id)
    moderation.close(report, Verdict.KEEP, MANAGER)
    with pytest.raises(NotFound, match="E_REPORT_CLOSED"):
        moderation.get(HOME, report.id)


def test_enough_reports_hide_pictures_and_their_message_until_they_are_kept(
    moderation: Moderation, queue: Queue, images: Images, db: Database, clock: HandClock
) -> None:
    job, _ = queue.put(wish("k1", JobKind.IMAGINE))
    image = picture(ANA, job.id, BLOB)
    images.add(image, [])
    queue.remember(Message(job=job.id, channel=CHANNEL, message=7, role="final"))

    made = [
        moderation.report(MemberId(one), guild=HOME, channel=CHANNEL, image=image.id, reason="bad") for one in (1, 2)
    ]
    assert not moderation.is_hidden(job.id)
    moderation.report(EVE, guild=HOME, channel=CHANNEL, image=image.id, reason="bad")

    assert moderation.is_hidden(job.id)
    assert [owed.deed for owed in Takedowns(db, clock).owed()] == [Deed.HIDE]
    moderation.close(made[0], Verdict.KEEP, MANAGER)
    assert not moderation.is_hidden(job.id)


def test_every_change_is_in_the_log_of_its_server_and_names_nobody_but_who_decided(
    db: Database, moderation: Moderation, style: Concept, clock: HandClock
) -> None:
    reported(moderation, style, 1, 2, 3)
    moderation.close(moderation.open_reports(HOME)[0], Verdict.STRIKE, MANAGER)
    moderation.block(HOME, ANA, MANAGER)
    moderation.unblock(HOME, ANA, MANAGER)

    audit = Audit(db, clock)
    lines = audit.page(HOME, 1, 10)

    expected = ["unblock", "block", "count", "strike", "hide", "report", "report", "report"]
    assert [line.action for line in lines] == expected
    assert [line.actor for line in lines] == [MANAGER] * 4 + [None] * 4
    assert audit.page(HOME, 2, 5) == lines[5:]
    assert audit.lines(HOME) == len(lines)
    assert audit.page(ELSEWHERE, 1, 10) == []
    assert [row for row in rows(db, "select object, facts from audit") if str(ANA) in map(str, row.values())] == []


def test_what_changes_nothing_leaves_no_line_in_the_log(
    db: Database, moderation: Moderation, style: Concept, clock: HandClock
) -> None:
    reported(moderation, style, 1, 2, 3, 4)
    for reason in ("rude", "rude", "very rude"):
        moderation.block(HOME, ANA, MANAGER, reason=reason)
    moderation.unblock(HOME, ANA, MANAGER)
    moderation.unblock(HOME, ANA, MANAGER)

    lines = Audit(db, clock).page(HOME, 1, 20)
    expected = ["unblock", "block", "block", "report", "hide", "report", "report", "report"]
    assert [line.action for line in lines] == expected
    assert [line.whom for line in lines] == [ANA] * 3 + [None] * 5


def test_a_server_says_itself_how_many_reports_hide_a_thing(
    db: Database, clock: HandClock, moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    setups = Setups(db, clock)
    assert setups.change(HOME, "threshold", 2, seen=1, actor=MANAGER)

    reported(moderation, style, 1)
    assert not sharing.is_quarantined(style.id)
    reported(moderation, style, 2)

    assert sharing.is_quarantined(style.id)
