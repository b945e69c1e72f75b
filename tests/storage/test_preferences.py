from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.database import rows
from storage.errors import NotFound, TintypeError
from storage.images import Images
from storage.preferences import MOST_PRESETS, Preferences, Preset, Wishes
from storage.privacy import Privacy
from storage.records import MemberId
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, picture


@pytest.fixture
def wishes(db: Database, clock: HandClock) -> Wishes:
    return Wishes(db, clock)


def test_who_never_said_anything_prefers_the_usual(wishes: Wishes) -> None:
    assert wishes.of(ANA) == Preferences()


def test_what_is_preferred_stays_and_is_ones_own(wishes: Wishes, db: Database, clock: HandClock) -> None:
    wishes.change(ANA, shape="portrait")

    assert wishes.change(ANA, wants_ping=True) == Preferences(shape="portrait", wants_ping=True)
    assert Wishes(db, clock).of(ANA) == Preferences(shape="portrait", wants_ping=True)
    assert wishes.of(BEN) == Preferences()


def test_what_others_keep_among_a_members_settings_stays(wishes: Wishes, db: Database) -> None:
    rows(db, """insert into members (id, first_seen, settings) values (101, 1.0, '{"locale": "de"}')""")

    wishes.change(ANA, count=1)

    assert rows(db, "select first_seen, settings from members") == [
        {"first_seen": 1.0, "settings": '{"locale": "de", "count": 1}'}
    ]


def test_what_is_no_preference_is_refused(wishes: Wishes) -> None:
    with pytest.raises(TypeError):
        wishes.change(ANA, colour="red")
    assert wishes.of(ANA) == Preferences()


def test_a_preset_is_kept_under_its_plain_name_and_replaced(wishes: Wishes) -> None:
    wishes.save(ANA, Preset(name="  Film   Noir ", shape="landscape", negative="colour"))
    wishes.save(ANA, Preset(name="film noir", quality="fine", prompt="black and white"))

    assert wishes.presets(ANA) == [Preset(name="film noir", quality="fine", prompt="black and white")]
    assert wishes.preset(ANA, "FILM noir").quality == "fine"
    assert wishes.presets(BEN) == []


@pytest.mark.parametrize("name", ["", "   ", "@everyone", "a" * 33, "<b>", "\u202eevil"])
def test_a_name_that_is_none_is_refused(wishes: Wishes, name: str) -> None:
    with pytest.raises(TintypeError, match="E_PRESET_NAME"):
        wishes.save(ANA, Preset(name=name))


def test_a_preset_of_others_is_not_there(wishes: Wishes) -> None:
    wishes.save(ANA, Preset(name="noir"))

    with pytest.raises(NotFound, match="E_NO_PRESET"):
        wishes.preset(BEN, "noir")
    with pytest.raises(NotFound, match="E_NO_PRESET"):
        wishes.drop(BEN, "noir")
    assert wishes.drop(ANA, "noir").name == "noir"
    assert wishes.presets(ANA) == []


def test_there_are_as_many_presets_as_a_completion_offers(wishes: Wishes) -> None:
    for number in range(MOST_PRESETS):
        wishes.save(ANA, Preset(name=f"preset {number}"))

    with pytest.raises(TintypeError, match="E_TOO_MANY_PRESETS"):
        wishes.save(ANA, Preset(name="one more"))
    assert wishes.save(ANA, Preset(name="preset 3", count=1)).count == 1


def starred(wishes: Wishes, member: MemberId) -> list[str]:
    return [image.id for image in wishes.favourites(member)]


def test_favourites_come_newest_first_and_go_with_their_picture(
    wishes: Wishes, images: Images, vault: Vault, clock: HandClock
) -> None:
    first, second = (picture(ANA, letter * 16, vault.put(ANA, b"x")) for letter in "ab")
    for image in (first, second):
        images.add(image, [])
        assert wishes.star(BEN, image.id)
        clock.pass_s(1)

    assert starred(wishes, BEN) == [second.id, first.id]
    assert starred(wishes, ANA) == []
    assert not wishes.star(BEN, second.id)
    assert starred(wishes, BEN) == [first.id]
    images.delete_job(first.job)
    assert starred(wishes, BEN) == []


def test_all_of_it_is_told_and_goes_when_the_member_asks_to_be_forgotten(
    wishes: Wishes, images: Images, vault: Vault, privacy: Privacy
) -> None:
    image = picture(BEN, "a" * 16, vault.put(BEN, b"x"))
    images.add(image, [])
    wishes.change(ANA, negative="rain")
    wishes.save(ANA, Preset(name="noir", quality="fine"))
    wishes.star(ANA, image.id)

    told = privacy.mydata(ANA)
    privacy.forget(ANA)

    assert told["settings"] == {"negative": "rain"}
    assert told["presets"] == [{"name": "noir", "quality": "fine"}]
    assert told["favourites"] == [image.id]
    assert (wishes.of(ANA), wishes.presets(ANA), wishes.favourites(ANA)) == (Preferences(), [], [])
