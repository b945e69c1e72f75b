from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.database import rows
from storage.errors import NotAllowed, NotFound
from storage.listings import Listing, Order
from storage.permissions import Action, Held, can
from storage.records import Actor, ConceptId, Grant, Kind, MemberId, Scope
from storage.styles import RECENT_S, Base, Style, Styles
from tests.storage.clocks import HandClock
from tests.storage.galleries import BASE, BLOB, Gallery
from tests.storage.rooms import ANA, BEN, ELSEWHERE, EVE, HOME, actor


@contextmanager
def undone(db: Database) -> Iterator[None]:
    """Whatever is written inside is gone afterwards."""
    db.conn.execute("begin")
    try:
        yield
    finally:
        db.conn.execute("rollback")


def listing(order: Order = Order.NAME, text: str = "", kind: Kind | None = None, key: str = "1" * 16) -> Listing:
    return Listing(id=key, order=order, text=text, kind=kind)


def names(found: list[Style]) -> list[str]:
    return [style.concept.name for style in found]


def listed(
    styles: Styles, wanted: Listing, base: Base | None = BASE, member: MemberId = BEN, **more: Any
) -> list[Style]:
    return list(styles.page(actor(member, **more), wanted, base, 1, 100).styles)


def seen(styles: Styles, member: MemberId = BEN, **more: Any) -> list[str]:
    return names(listed(styles, listing(), member=member, **more))


# --- who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grant", "member", "more", "may"),
    [
        ((Scope.MEMBER, BEN), BEN, {}, True),
        ((Scope.MEMBER, BEN), EVE, {}, False),
        ((Scope.ROLE, 7), BEN, {"roles": frozenset({7})}, True),
        ((Scope.ROLE, 7), BEN, {"roles": frozenset({8})}, False),
        ((Scope.GUILD, HOME), BEN, {}, True),
        ((Scope.GUILD, HOME), BEN, {"guild": ELSEWHERE}, False),
        ((Scope.GUILD, HOME), BEN, {"guild": None}, False),
        ((Scope.INSTANCE, 0), BEN, {"guild": ELSEWHERE}, True),
        ((Scope.PRIVATE, BEN), BEN, {}, False),
        ((Scope.MEMBER, BEN), ANA, {}, True),
    ],
)
@pytest.mark.parametrize("kind", [Kind.ANIMAL, Kind.PERSON])
def test_a_style_is_seen_where_its_word_may_be_used(
    styles: Styles, gallery: Gallery, grant: tuple[Scope, int], member: MemberId, more: dict[str, Any], may: bool,
    kind: Kind,
) -> None:  # fmt: skip
    concept = gallery.shared(kind=kind, grant=grant)
    expected = may and (kind is not Kind.PERSON or grant[0] is Scope.MEMBER or member == ANA)

    assert bool(seen(styles, member, **more)) == expected
    assert [c.id for c in gallery.concepts.usable(actor(member, **more), "ana-dog")] == [concept.id] * expected


GRANTS = st.tuples(st.sampled_from(Scope), st.sampled_from((BEN, EVE, 7, 8, HOME, ELSEWHERE, 0)))
ACTORS = st.builds(
    actor, st.sampled_from((ANA, BEN, EVE)), st.sampled_from((HOME, ELSEWHERE, None)),
    roles=st.frozensets(st.sampled_from((7, 8))), is_adult_channel=st.booleans(),
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(grants=st.lists(GRANTS, min_size=1, max_size=3), kind=st.sampled_from(Kind), agreed=st.booleans(), who=ACTORS)
def test_what_is_seen_is_what_may_be_used_whatever_is_granted_to_whom(
    styles: Styles, gallery: Gallery, grants: list[tuple[Scope, int]], kind: Kind, agreed: bool, who: Actor
) -> None:
    with undone(gallery.db):
        concept = gallery.shared(kind=kind, grant=grants[0])
        for scope, subject in grants[1:]:
            gallery.concepts.grant(Grant(concept=concept.id, scope=scope, subject=subject))
        if not agreed:
            gallery.concepts.revoke(concept.id)

        try:
            can(who, Action.USE, Held(concept, gallery.concepts.grants(concept.id), agreed or kind is not Kind.PERSON))
            may = True
        except (NotFound, NotAllowed):
            may = False

        assert bool(styles.page(who, listing(), BASE, 1, 4).total) == may


def test_a_private_word_is_no_style_not_even_for_its_owner(styles: Styles, gallery: Gallery) -> None:
    gallery.taught()
    withdrawn = gallery.shared("withdrawn")
    rows(gallery.db, "delete from grants where concept = :concept", concept=withdrawn.id)

    assert seen(styles, ANA) == []


def test_a_style_under_quarantine_is_seen_by_nobody(styles: Styles, gallery: Gallery) -> None:
    gallery.set("shares", gallery.shared(), quarantined_at=1.0)

    assert seen(styles) == seen(styles, ANA) == []


def test_a_person_is_seen_while_they_agree_and_never_in_adult_channels(styles: Styles, gallery: Gallery) -> None:
    concept = gallery.shared(kind=Kind.PERSON, grant=(Scope.MEMBER, BEN))
    before, adult = seen(styles), seen(styles, is_adult_channel=True)

    gallery.concepts.revoke(concept.id)

    assert (before, adult, seen(styles), seen(styles, ANA)) == (["ana-dog"], [], [], [])


def test_only_styles_that_fit_the_base_model_are_seen(styles: Styles, gallery: Gallery) -> None:
    concept = gallery.shared()
    other = Base(id="miniature", revision="2")

    assert listed(styles, listing(), other) == []
    newer = gallery.concepts.add_version(
        concept.id, method="lora", class_word="dog", base_model="miniature", base_revision="2", blob=BLOB,
        sha256="0" * 64, size_bytes=3, sheet=None, scores={}, job="0" * 16,  # type: ignore[arg-type]
    )  # fmt: skip
    assert [style.version for style in listed(styles, listing(), other)] == [newer.id]
    assert styles.get(actor(BEN), concept.id, BASE).version != newer.id
    assert seen(styles) == names(listed(styles, listing(), None)) == ["ana-dog"]


def test_what_is_not_there_and_what_is_not_shared_are_refused_alike(styles: Styles, gallery: Gallery) -> None:
    hidden = [gallery.taught("private").id, gallery.shared("there", grant=(Scope.GUILD, ELSEWHERE)).id]

    def told(concept: str) -> tuple[str, dict[str, Any]]:
        with pytest.raises(NotFound) as refused:
            styles.get(actor(BEN), ConceptId(concept), BASE)
        return refused.value.code, refused.value.facts

    assert [told(concept) for concept in hidden] == [told("0" * 16)] * 2 == [("E_STYLE_GONE", {})] * 2


# --- order and search ------------------------------------------------------------------------------------------------


def test_styles_are_ordered_by_name_by_age_and_by_likes_then_late_uses(
    styles: Styles, gallery: Gallery, clock: HandClock
) -> None:
    zoe, old, liked, used = (gallery.shared(name) for name in ("zoe", "old", "liked", "used"))
    for _ in range(3):
        gallery.drawn(old)
    clock.pass_s(RECENT_S + 1)
    gallery.drawn(used)
    styles.like(actor(BEN), liked.id, BASE)

    def ordered(order: Order) -> list[str]:
        return names(listed(styles, listing(order)))

    assert ordered(Order.NAME) == ["liked", "old", "used", "zoe"]
    assert ordered(Order.NEW) == ["used", "liked", "old", "zoe"]
    assert ordered(Order.TOP) == ["liked", "used", "old", "zoe"]
    assert styles.get(actor(BEN), zoe.id, BASE).uses == 0
    assert (styles.get(actor(BEN), old.id, BASE).uses, styles.get(actor(BEN), old.id, BASE).recent) == (3, 0)


def test_a_random_order_is_the_same_for_one_list_and_another_for_the_next(styles: Styles, gallery: Gallery) -> None:
    for n in range(12):
        gallery.shared(f"dog-{n}")

    def ordered(key: str) -> list[str]:
        return names(listed(styles, listing(Order.RANDOM, key=key)))

    assert ordered("1" * 16) == ordered("1" * 16)
    assert ordered("1" * 16) != ordered("2" * 16)
    assert sorted(ordered("1" * 16)) == seen(styles)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rex", ["rex", "rex-the-second", "my-rex"]),
        ("<REX>", ["rex", "rex-the-second", "my-rex"]),
        ("rex second", ["rex-the-second"]),
        ("dog", ["my-rex", "rex", "rex-the-second"]),
        ("ÄRMEL", ["my-rex"]),
        ("%", []),
        ("re.", []),
        ("no-such", []),
    ],
)
def test_search_looks_into_names_first_then_class_words_and_what_owners_say(
    styles: Styles, gallery: Gallery, text: str, found: list[str]
) -> None:
    gallery.shared("my-rex", about="Mit langen Ärmeln")
    gallery.shared("rex-the-second")
    gallery.shared("rex")

    assert names(listed(styles, listing(text=text))) == found


def test_a_list_is_read_page_by_page_and_a_page_that_is_no_more_becomes_the_last(
    styles: Styles, gallery: Gallery
) -> None:
    for n in range(5):
        gallery.shared(f"dog-{n}")

    pages = [styles.page(actor(BEN), listing(), BASE, n, 2) for n in (0, 1, 3, 9)]
    empty = styles.page(actor(BEN), listing(text="cat"), BASE, 7, 2)

    assert [names(list(page.styles)) for page in pages] == [["dog-0", "dog-1"]] * 2 + [["dog-4"]] * 2
    assert [(page.n, page.pages, page.total) for page in pages] == [(1, 3, 5), (1, 3, 5), (3, 3, 5), (3, 3, 5)]
    kept = styles.page(actor(BEN), listing(), BASE, 1, 2, [*(one.concept.id for one in pages[2].styles), "0" * 16])

    assert names(list(kept.styles)) == ["dog-4"]
    assert (empty.styles, empty.n, empty.pages, empty.total) == ([], 1, 1, 0)


def test_a_kind_can_be_chosen(styles: Styles, gallery: Gallery) -> None:
    gallery.shared("rex")
    gallery.shared("cup", kind=Kind.OBJECT)

    assert names(listed(styles, listing(kind=Kind.OBJECT))) == ["cup"]


def test_a_search_is_completed_from_what_may_be_seen(styles: Styles, gallery: Gallery) -> None:
    gallery.shared("rex")
    gallery.taught("rex-private")
    gallery.shared("rex-there", grant=(Scope.GUILD, ELSEWHERE))

    assert styles.terms(actor(BEN), "<RE", BASE) == ["rex"]
    assert styles.terms(actor(BEN), "", BASE) == ["rex", "dog"]
    assert styles.terms(actor(EVE, guild=None), "", BASE) == []
