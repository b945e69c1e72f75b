from __future__ import annotations

import pytest
from sqlite_utils import Database

from storage.database import rows
from storage.errors import NotAllowed, NotFound
from storage.listings import KEPT_S, Order
from storage.privacy import Privacy
from storage.records import Kind, MemberId
from storage.styles import Styles
from storage.upkeep import Upkeep
from tests.storage.clocks import HandClock
from tests.storage.galleries import BASE, BLOB, EVERYWHERE, Gallery
from tests.storage.rooms import ANA, BEN, ELSEWHERE, EVE, actor, add_version

# --- likes and uses --------------------------------------------------------------------------------------------------


def test_a_style_is_liked_once_by_a_member_and_not_by_its_owner(styles: Styles, gallery: Gallery) -> None:
    concept = gallery.shared()
    for member in (BEN, BEN, EVE):
        styles.like(actor(member), concept.id, BASE)
    with pytest.raises(NotAllowed, match="E_LIKE_OWN"):
        styles.like(actor(ANA), concept.id, BASE)

    liked = [styles.get(actor(member), concept.id, BASE) for member in (BEN, ANA)]
    styles.unlike(BEN, concept.id)
    styles.unlike(BEN, concept.id)

    assert [(style.likes, style.is_liked) for style in liked] == [(2, True), (2, False)]
    assert styles.get(actor(BEN), concept.id, BASE).likes == 1


def test_what_may_not_be_seen_cannot_be_liked_but_a_like_can_be_taken_back(
    db: Database, styles: Styles, gallery: Gallery
) -> None:
    concept = gallery.shared()
    styles.like(actor(BEN), concept.id, BASE)
    rows(db, "delete from grants")

    with pytest.raises(NotFound, match="E_STYLE_GONE"):
        styles.like(actor(EVE), concept.id, BASE)
    styles.unlike(BEN, concept.id)

    assert rows(db, "select * from likes") == []


def test_uses_are_the_pictures_of_others_each_counted_once(styles: Styles, gallery: Gallery) -> None:
    concept = gallery.shared()
    add_version(gallery.concepts, concept, BLOB)
    gallery.drawn(concept, by=ANA)
    gallery.drawn(concept, by=BEN)
    gallery.drawn(concept, by=EVE, guild=ELSEWHERE)

    assert styles.get(actor(BEN), concept.id, BASE).uses == 2


# --- lineage ---------------------------------------------------------------------------------------------------------


def test_the_pictures_of_a_style_name_the_words_it_was_mixed_with_and_whose_they_are(
    styles: Styles, gallery: Gallery
) -> None:
    dog, cup = gallery.shared("dog"), gallery.shared("cup", EVE)
    alone, mixed = gallery.drawn(dog, by=ANA, created_at=1.0), gallery.drawn(dog, cup, created_at=2.0)

    found = styles.works(actor(BEN), dog.id)

    assert [(work.job, work.owner, work.pictures) for work in found] == [(mixed, BEN, 1), (alone, ANA, 1)]
    assert [[(credit.name, credit.owner) for credit in work.others] for work in found] == [[("cup", EVE)], []]


def test_a_private_word_in_a_picture_is_neither_named_nor_counted(styles: Styles, gallery: Gallery) -> None:
    dog, secret = gallery.shared("dog"), gallery.taught("secret", BEN)
    gallery.drawn(dog, secret)

    def others(member: MemberId) -> list[str]:
        return [credit.name for work in styles.works(actor(member), dog.id) for credit in work.others]

    assert (others(EVE), others(ANA), others(BEN)) == ([], [], ["secret"])


def test_pictures_of_other_servers_and_of_people_are_not_told(styles: Styles, gallery: Gallery) -> None:
    dog = gallery.shared("dog", grant=EVERYWHERE)
    gallery.drawn(dog, guild=ELSEWHERE)
    gallery.drawn(dog, guild=None)
    gallery.drawn(dog, has_person=True)

    assert styles.works(actor(EVE), dog.id) == []
    assert styles.works(actor(EVE, guild=None), dog.id) == []
    assert len(styles.works(actor(EVE, guild=ELSEWHERE), dog.id)) == 1
    assert len(styles.works(actor(BEN), dog.id)) == 3


# --- open lists ------------------------------------------------------------------------------------------------------


def test_a_list_is_found_again_by_the_member_who_opened_it(styles: Styles) -> None:
    opened = styles.lists.open(BEN, Order.TOP, "rex", Kind.ANIMAL)

    assert styles.lists.get(BEN, opened.id) == opened
    for member, key in ((EVE, opened.id), (BEN, "0" * 16), (BEN, "*")):
        with pytest.raises(NotFound, match="E_LIST_GONE"):
            styles.lists.get(member, key)


def test_lists_of_yesterday_go_when_a_new_one_is_opened(db: Database, styles: Styles, clock: HandClock) -> None:
    old = styles.lists.open(BEN, Order.TOP, "something private")
    clock.pass_s(KEPT_S + 1)

    styles.lists.open(EVE, Order.NEW)

    with pytest.raises(NotFound):
        styles.lists.get(BEN, old.id)
    assert "private" not in str(rows(db, "select * from notes"))


def test_members_are_told_how_often_they_liked_and_what_they_searched_for(
    styles: Styles, gallery: Gallery, privacy: Privacy
) -> None:
    styles.like(actor(BEN), gallery.shared().id, BASE)
    for text in ("rex", ""):
        styles.lists.open(BEN, Order.NAME, text)
    styles.lists.open(EVE, Order.NAME, "a cup")

    told = privacy.mydata(BEN)

    assert (told["likes"], told["searches"]) == (1, ["rex"])


def test_lists_of_yesterday_go_also_when_nobody_opens_one(
    db: Database, styles: Styles, clock: HandClock, upkeep: Upkeep
) -> None:
    upkeep.run()
    styles.lists.open(BEN, Order.TOP, "something private")
    clock.pass_s(KEPT_S + 1)

    upkeep.run()

    assert "private" not in str(rows(db, "select * from notes"))


def test_who_is_forgotten_leaves_no_list_and_no_like(
    db: Database, styles: Styles, gallery: Gallery, privacy: Privacy
) -> None:
    concept = gallery.shared()
    styles.like(actor(BEN), concept.id, BASE)
    styles.lists.open(BEN, Order.NAME, "something private")
    kept = styles.lists.open(MemberId(int(f"{BEN}0")), Order.NAME)

    privacy.forget(BEN)

    assert "private" not in str(rows(db, "select * from notes"))
    assert styles.get(actor(EVE), concept.id, BASE).likes == 0
    assert styles.lists.get(MemberId(int(f"{BEN}0")), kept.id) == kept
