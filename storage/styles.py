"""Styles: the shared words that a member may use where they stand, in order, with likes and uses."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows
from storage.errors import NotAllowed, NotFound
from storage.lineage import Credit, Work, works
from storage.listings import Listing, Listings, Order
from storage.records import Actor, Concept, ConceptId, MemberId, VersionId
from storage.rows import concept_of, record

RECENT_S = 30 * 86400.0  # uses that count for the top list

#: everything shared that this member may use here; a person's word only ever with named members
VISIBLE = """
with fitting as (
    select * from versions where state = 'ready' and (:base is null or base_model = :base and base_revision = :revision)
)
select concepts.*, shares.licence, shares.mixing, shares.about, shares.shared_at,
    ifnull((select id from fitting where concept = concepts.id and id = concepts.chosen),
        (select id from fitting where concept = concepts.id order by n desc limit 1)) as version
from shares join concepts on concepts.id = shares.concept
where shares.quarantined_at is null
    and exists (select 1 from fitting where concept = concepts.id)
    and (kind != 'person' or not :is_adult
        and exists (select 1 from consents where concept = concepts.id and revoked_at is null))
    and exists (select 1 from grants where grants.concept = concepts.id and (
        owner = :member
        or scope = 'member' and subject = :member
        or kind != 'person' and (
            scope = 'role' and subject in (select value from json_each(:roles))
            or scope = 'guild' and subject = :guild
            or scope = 'instance')))
    and {where}
"""
#: how styles are liked, and how many pictures others made with them, ever and of late
COUNTS = """
select concepts.id, count(distinct images.id) as uses,
    count(distinct iif(images.created_at >= :since, images.id, null)) as recent,
    (select count(*) from likes where concept = concepts.id) as likes,
    exists (select 1 from likes where concept = concepts.id and member = :member) as is_liked
from concepts left join versions on versions.concept = concepts.id
left join image_words on image_words.version = versions.id
left join images on images.id = image_words.image and images.owner != concepts.owner
where concepts.id in (select value from json_each(:ids)) group by concepts.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A shared word as one member may see it where they stand; the counts are those at the time of looking."""

    concept: Concept
    version: VersionId  #: what the word means on the base model that runs
    licence: str
    mixing: str
    about: str
    shared_at: float
    uses: int = 0  #: pictures that others made with it
    recent: int = 0  #: of these, in the last 30 days
    likes: int = 0
    is_liked: bool = False  #: by who looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list of styles."""

    styles: Sequence[Style]
    n: int  #: 1 is the first
    pages: int
    total: int  #: styles on all pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The base model that runs: only versions made for it can be used."""

    id: str
    revision: str


class Styles:
    """What others share, as far as one member may use it."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self.lists = Listings(db, clock)

    def page(
        self, actor: Actor, listing: Listing, base: Base | None, n: int, size: int, only: Sequence[str] = ()
    ) -> Page:
        """A page of a list as it is now; the nearest there is, when there are fewer by now.

        With `only` it shows these styles, as far as they are still to be seen, wherever they would stand now.
        """
        found = self._ordered(actor, listing, base)
        pages = max(1, -(-len(found) // size))
        n = min(max(n, 1), pages)
        standing = {style.concept.id: style for style in found}
        kept = [standing[ConceptId(concept)] for concept in only if concept in standing]
        shown = self._counted(actor, kept or found[(n - 1) * size : n * size])
        return Page(styles=shown, n=n, pages=pages, total=len(found))

    def get(self, actor: Actor, concept: ConceptId, base: Base | None) -> Style:
        """One style.

        Raises: NotFound(E_STYLE_GONE), the same whether it is missing, private, withdrawn or shared elsewhere.
        """
        found = self._visible(actor, base, "concepts.id = :concept", concept=concept)
        if not found:
            raise NotFound("E_STYLE_GONE")
        return self._counted(actor, found)[0]

    def terms(self, actor: Actor, typed: str, base: Base | None, limit: int = 25) -> list[str]:
        """What a search can be completed to: names, and the known words that styles are kinds of."""
        wanted = folded(typed)
        found = self._visible(actor, base)
        names = sorted(style.concept.name for style in found)
        kinds = sorted({style.concept.class_word for style in found})
        return [term for term in dict.fromkeys([*names, *kinds]) if wanted in folded(term)][:limit]

    def works(self, actor: Actor, concept: ConceptId) -> list[Work]:
        """The newest pictures with a style that this member may see here; other words only as far as they may be."""
        found = works(self._db, actor, concept)
        others = {credit.concept for work in found for credit in work.others}
        known = self._visible(
            actor, None, "concepts.id in (select value from json_each(:others))", others=dumped(others)
        )
        seen = {style.concept.id for style in known}

        def told(credit: Credit) -> bool:
            return credit.owner == actor.member or credit.concept in seen

        return [work.telling(told) for work in found]

    # --- likes -------------------------------------------------------------------------------------------------------

    def like(self, actor: Actor, concept: ConceptId, base: Base | None) -> None:
        """Count this member among those who like it; once.

        Raises: NotFound as `get`, NotAllowed(E_LIKE_OWN).
        """
        style = self.get(actor, concept, base)
        if style.concept.owner == actor.member:
            raise NotAllowed("E_LIKE_OWN")
        rows(
            self._db,
            "insert into likes (concept, member, at) values (:concept, :member, :now) on conflict do nothing",
            concept=concept, member=actor.member, now=self._clock.now(),
        )  # fmt: skip

    def unlike(self, member: MemberId, concept: ConceptId) -> None:
        """Take a like back, also from what one may no longer see."""
        rows(
            self._db,
            "delete from likes where concept = :concept and member = :member", concept=concept, member=member,
        )  # fmt: skip

    # --- parts -------------------------------------------------------------------------------------------------------

    def _ordered(self, actor: Actor, listing: Listing, base: Base | None) -> list[Style]:
        found = [style for style in self._visible(actor, base) if listing.kind in (None, style.concept.kind)]
        if listing.text:
            ranks = {style.concept.id: rank_of(style, listing.text) for style in found}
            found = [style for style in found if ranks[style.concept.id] is not None]
            return sorted(self._counted(actor, found), key=lambda style: (ranks[style.concept.id], *_top(style)))
        if listing.order is Order.TOP:
            return sorted(self._counted(actor, found), key=_top)
        return sorted(found, key=_key(listing))

    def _counted(self, actor: Actor, styles: Sequence[Style]) -> list[Style]:
        ids, since = dumped(style.concept.id for style in styles), self._clock.now() - RECENT_S
        found = rows(self._db, COUNTS, ids=ids, member=actor.member, since=since)
        counts = {row.pop("id"): row for row in found}
        return [replace(style, **_counts(counts[style.concept.id])) for style in styles]

    def _visible(self, actor: Actor, base: Base | None, where: str = "true", **values: object) -> list[Style]:
        found = rows(
            self._db, VISIBLE.format(where=where), member=actor.member, guild=actor.guild,
            roles=dumped(actor.roles), is_adult=actor.is_adult_channel,
            base=base and base.id, revision=base and base.revision, **values,
        )  # fmt: skip
        return [_style_of(row) for row in found]


def dumped(ids: Iterable[object]) -> str:
    """Ids as a statement reads them with `json_each`."""
    return json.dumps(list(ids))


def folded(text: str) -> str:
    """A text as it is compared: compatible forms made one, no upper case, no brackets."""
    return unicodedata.normalize("NFKC", text).casefold().replace("<", "").replace(">", "").strip()


def rank_of(style: Style, text: str) -> int | None:
    """How well a style fits what is searched for, 0 the best; None when a part of it stands nowhere.

    Only plain substrings are looked for: whatever a member writes, the time is linear in what is there.
    """
    ranks = [_rank(style, term) for term in folded(text).split()]
    return None if None in ranks else sum(rank for rank in ranks if rank is not None)


def _rank(style: Style, term: str) -> int | None:
    name, class_word, about = folded(style.concept.name), folded(style.concept.class_word), folded(style.about)
    fits = (name == term, name.startswith(term), term in name, term in class_word, term in about)
    return fits.index(True) if any(fits) else None


def _key(listing: Listing) -> Callable[[Style], tuple[Any, ...]]:
    match listing.order:
        case Order.NEW:
            return lambda style: (-style.shared_at, style.concept.name)
        case Order.RANDOM:
            return lambda style: (hashlib.sha256(f"{listing.id}{style.concept.id}".encode()).digest(),)
        case _:
            return lambda style: (style.concept.name, style.shared_at)


def _top(style: Style) -> tuple[Any, ...]:
    return (-style.likes, -style.recent, style.concept.name)


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"is_liked": bool(row["is_liked"])}


def _style_of(row: dict[str, Any]) -> Style:
    return record(Style, row, concept=concept_of(row))
