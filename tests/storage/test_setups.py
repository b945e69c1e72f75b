from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from storage.errors import NotAllowed, TintypeError
from storage.permissions import Action, Ground, can
from storage.records import Actor, ChannelId, JobKind, MemberId
from storage.rules import EVERYBODY, Quota, Rules
from storage.setups import MOST_NAMED, REVISIONS, Place, Setup, Setups
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, CHANNEL, ELSEWHERE, HOME, actor

MANAGER, OTHER = MemberId(500), ChannelId(801)


@pytest.fixture
def setups(db: Database, clock: HandClock) -> Setups:
    return Setups(db, clock)


def change(setups: Setups, name: str, value: Any) -> None:
    assert setups.change(HOME, name, value, seen=setups.of(HOME).revision, actor=MANAGER)


def change_place(setups: Setups, name: str, value: Any, channel: ChannelId = CHANNEL) -> None:
    seen = setups.place(HOME, channel).revision
    assert setups.change_place(HOME, channel, name, value, seen=seen, actor=MANAGER)


def refusal(setups: Setups, who: Actor, action: Action, channel: ChannelId = CHANNEL) -> tuple[str, dict[str, Any]]:
    with pytest.raises(NotAllowed) as refused:
        can(who, action, setups.ground(who.guild, channel))
    return refused.value.code, dict(refused.value.facts)


def test_a_server_that_was_never_set_up_lets_everybody_do_everything(setups: Setups) -> None:
    assert setups.of(HOME) == Setup()
    assert setups.ground(HOME, CHANNEL) == setups.ground(None, CHANNEL) == Ground()
    for action in (Action.TRAIN, Action.IMAGINE, Action.POST):
        can(actor(), action, setups.ground(HOME, CHANNEL))


def test_a_change_on_an_old_sight_changes_nothing(setups: Setups) -> None:
    assert setups.change(HOME, "keep_days", 30, seen=1, actor=MANAGER)

    assert not setups.change(HOME, "keep_days", 7, seen=1, actor=MANAGER)
    assert setups.of(HOME).keep_days == 30


def test_the_number_of_a_revision_always_fits_into_a_button(setups: Setups) -> None:
    for n in range(REVISIONS):
        change(setups, "has_people", value=bool(n % 2))

    assert setups.of(HOME).revision == 1


@pytest.mark.parametrize(
    ("name", "value"), [("keep_days", "31"), ("threshold", ""), ("trainers", ["x"]), ("channels", None), ("count", 4)]
)
def test_what_no_menu_offers_is_refused(setups: Setups, name: str, value: Any) -> None:
    with pytest.raises(TintypeError, match="E_OPTION"):
        if name == "count":
            setups.change_place(HOME, CHANNEL, name, "0", seen=1, actor=MANAGER)
        setups.change(HOME, name, value, seen=1, actor=MANAGER)

    assert setups.of(HOME) == Setup()


def test_no_more_roles_are_kept_than_can_be_shown(setups: Setups) -> None:
    change(setups, "trainers", [str(n) for n in range(99)])

    assert len(setups.of(HOME).trainers) == MOST_NAMED


def test_roles_are_asked_before_channels_and_both_say_where_to_go(setups: Setups) -> None:
    change(setups, "drawers", [7])
    change(setups, "channels", [int(CHANNEL), int(OTHER)])
    change_place(setups, "pictures", value=False)
    artist = actor(roles=frozenset({7}))

    assert refusal(setups, actor(), Action.IMAGINE) == ("E_ROLE_IMAGINE", {"roles": [7]})
    assert refusal(setups, artist, Action.IMAGINE) == ("E_HERE_IMAGINE", {"channels": [OTHER]})
    assert refusal(setups, actor(), Action.POST) == ("E_HERE_IMAGINE", {"channels": [OTHER]})
    assert refusal(setups, actor(), Action.TRAIN, ChannelId(5))[0] == "E_HERE_TRAIN"
    can(artist, Action.IMAGINE, setups.ground(HOME, OTHER))
    can(actor(), Action.TRAIN, setups.ground(HOME, CHANNEL))


def test_a_channel_follows_its_own_server_alone(setups: Setups) -> None:
    change_place(setups, "spoiler", value=True)

    assert setups.place(HOME, CHANNEL).spoiler
    assert setups.place(ELSEWHERE, CHANNEL) == Place()
    assert list(setups.places(HOME)) == [CHANNEL]
    assert setups.places(ELSEWHERE) == {}


def test_a_finer_quality_is_brought_down_and_a_rougher_one_stays() -> None:
    place = Place(quality="normal")

    assert [place.capped(quality) for quality in ("fast", "normal", "fine")] == ["fast", "normal", "normal"]


def test_the_best_of_a_members_roles_says_how_many_jobs_wait_at_once(db: Database, clock: HandClock) -> None:
    rules = Rules(db, clock)
    for role, most in ((EVERYBODY, 1), (7, 5), (8, 3)):
        rules.set_quota(HOME, Quota(role=role, at_once=most), actor=MANAGER)

    assert rules.at_once_of(actor()) == 1
    assert rules.at_once_of(actor(roles=frozenset({7, 8}))) == 5
    assert rules.at_once_of(actor(ANA, ELSEWHERE)) is None
    assert rules.quota_of(actor(), JobKind.IMAGINE) is None


def test_rules_of_deleted_channels_go_and_those_of_others_stay(setups: Setups) -> None:
    change(setups, "channels", [int(CHANNEL), int(OTHER)])
    change_place(setups, "pictures", value=False)
    change_place(setups, "count", 2, OTHER)
    seen = setups.of(HOME).revision

    setups.forget_channels(HOME, [CHANNEL, 999])
    setups.forget_channels(ELSEWHERE, [OTHER])

    assert setups.known_channels(HOME) == {OTHER}
    assert setups.of(HOME).channels == (OTHER,)
    assert setups.of(HOME).revision == seen + 1  # a card from before is old
    assert (setups.place(HOME, CHANNEL), setups.place(HOME, OTHER).count) == (Place(), 2)
    assert setups.of(ELSEWHERE) == Setup()


def test_when_the_last_named_channel_is_deleted_nothing_is_opened(setups: Setups) -> None:
    change(setups, "channels", [int(CHANNEL), int(OTHER)])

    setups.forget_channels(HOME, [CHANNEL, OTHER])

    assert len(setups.of(HOME).channels) == 1
    assert refusal(setups, actor(), Action.IMAGINE, ChannelId(5))[0] == "E_HERE_IMAGINE"
