from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.audit import Audit
from storage.concepts import Concepts
from storage.errors import NotFound, WordRefused
from storage.guilds import Guilds
from storage.moderation import Moderation, Verdict
from storage.notices import News, Notices, forget_notices
from storage.records import BlobId, Concept, GuildId, Kind, MemberId, Scope
from storage.sharing import Sharing
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, CHANNEL, ELSEWHERE, EVE, HOME, add_version

MANAGER = MemberId(500)


@pytest.fixture
def style(concepts: Concepts, sharing: Sharing) -> Concept:
    concept = concepts.create(ANA, HOME, "ana-dog", Kind.ANIMAL, "dog")
    add_version(concepts, concept, BlobId("101-" + "a" * 32))
    sharing.share(concept.id, Scope.GUILD, HOME)
    sharing.share(concept.id, Scope.GUILD, ELSEWHERE)
    return concept


def removed(
    moderation: Moderation, style: Concept, guild: GuildId | None = HOME, verdict: Verdict = Verdict.REMOVE
) -> str:
    made = moderation.report(BEN, guild=guild, channel=CHANNEL, concept=style.id, reason="rude")
    moderation.close(made, verdict, MANAGER)
    return made.id


def test_what_its_home_removed_cannot_be_opened_again_to_anybody(
    moderation: Moderation, db: Database, clock: HandClock, style: Concept
) -> None:
    Guilds(db, clock).call(HOME, "Studio Nine")
    removed(moderation, style)

    for scope, subject in ((Scope.MEMBER, EVE), (Scope.GUILD, ELSEWHERE), (Scope.INSTANCE, 0)):
        with pytest.raises(WordRefused, match="E_SHARE_REMOVED") as refused:
            moderation.removals.refuse(style, scope, subject)
        assert refused.value.facts["server"] == "Studio Nine"


def test_what_another_server_removed_can_be_opened_everywhere_but_there(moderation: Moderation, style: Concept) -> None:
    removed(moderation, style, ELSEWHERE)

    for scope, subject in ((Scope.MEMBER, EVE), (Scope.GUILD, HOME)):
        moderation.removals.refuse(style, scope, subject)
    for scope, subject in ((Scope.GUILD, ELSEWHERE), (Scope.INSTANCE, 0), (Scope.ROLE, 7)):
        with pytest.raises(WordRefused, match="E_SHARE_REMOVED"):
            moderation.removals.refuse(style, scope, subject)


def test_let_in_again_means_given_back_with_the_strike_and_a_line_in_the_log(
    moderation: Moderation, sharing: Sharing, db: Database, clock: HandClock, style: Concept
) -> None:
    report = removed(moderation, style, verdict=Verdict.STRIKE)
    assert (sharing.is_quarantined(style.id), moderation.strikes(HOME, ANA)) == (True, 1)

    moderation.readmit(moderation.removals.get(HOME, report), MANAGER)

    assert (sharing.is_quarantined(style.id), moderation.strikes(HOME, ANA)) == (False, 0)
    assert moderation.removals.of(style.id) == []
    entry = Audit(db, clock).page(HOME, 1, 1)[0]
    assert (entry.action, entry.actor, entry.object) == ("readmit", MANAGER, report)
    with pytest.raises(NotFound, match="E_REMOVAL_GONE"):
        moderation.removals.get(HOME, report)


def test_what_another_server_keeps_out_is_not_let_in_by_the_first(moderation: Moderation, style: Concept) -> None:
    report = removed(moderation, style, ELSEWHERE)

    with pytest.raises(NotFound, match="E_REMOVAL_GONE"):
        moderation.removals.get(HOME, report)


def test_a_later_report_that_is_kept_lets_nothing_in_again(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    removed(moderation, style)
    later = moderation.report(EVE, guild=ELSEWHERE, channel=CHANNEL, concept=style.id, reason="odd")

    moderation.close(later, Verdict.KEEP, MANAGER)

    assert sharing.is_quarantined(style.id)


def test_a_style_stays_hidden_by_open_reports_when_it_is_let_in_again(
    moderation: Moderation, sharing: Sharing, style: Concept
) -> None:
    report = removed(moderation, style)
    for who in (1, 2, 3):
        moderation.report(MemberId(who), guild=ELSEWHERE, channel=CHANNEL, concept=style.id, reason="odd")

    moderation.readmit(moderation.removals.get(HOME, report), MANAGER)

    assert sharing.is_quarantined(style.id)


@pytest.mark.parametrize(("guild", "news"), [(HOME, News.STYLE), (ELSEWHERE, News.THERE), (None, News.STYLE)])
def test_the_owner_is_owed_word_of_it_until_it_was_told(
    moderation: Moderation, db: Database, clock: HandClock, style: Concept, guild: GuildId | None, news: News
) -> None:
    report = removed(moderation, style, guild)

    (notice,) = Notices(db, clock).owed()

    assert (notice.member, notice.news, notice.guild, notice.report) == (ANA, news, guild, report)
    assert moderation.notices.tried(notice)
    assert not moderation.notices.tried(notice)
    moderation.notices.done(notice)
    assert Notices(db, clock).owed() == []


def test_news_that_came_while_older_was_told_stays(moderation: Moderation, style: Concept) -> None:
    report = removed(moderation, style)
    (older,) = moderation.notices.owed()
    moderation.readmit(moderation.removals.get(HOME, report), MANAGER)

    moderation.notices.done(older)

    assert [one.news for one in moderation.notices.owed()] == [News.READMITTED]


def test_nobody_is_told_what_they_did_themselves_and_nobody_after_they_were_forgotten(
    moderation: Moderation, db: Database, style: Concept
) -> None:
    mine = moderation.report(BEN, guild=HOME, channel=CHANNEL, concept=style.id, reason="odd")
    moderation.close(mine, Verdict.REMOVE, ANA)
    assert moderation.notices.owed() == []

    moderation.readmit(moderation.removals.get(HOME, mine.id), MANAGER)
    forget_notices(db, MemberId(10))
    assert len(moderation.notices.owed()) == 1
    forget_notices(db, ANA)

    assert moderation.notices.owed() == []
