"""From what a member says about sharing to the grants of their word, and back to a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import discord

from bot import cards, dictionary
from bot.cards import Card, Grantee
from bot.cards.credits import names_line
from bot.cards.shares import Barred
from bot.studio import Asker
from storage.database import transaction
from storage.errors import NotFound, TintypeError, WordRefused
from storage.origins import origin_of, refuse_freer
from storage.permissions import Action
from storage.records import Concept, Grant, GuildId, Scope
from storage.removals import Removals
from storage.sharing import Licence, Mixing

T = TypeVar("T", Licence, Mixing)
WITH = ("member", "role", "server", "everybody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """With whom a word is shared, as the options of a command say it."""

    choice: str
    member: int | None = None
    role: int | None = None
    is_bot: bool = False

    @classmethod
    def of(cls, choice: str, member: discord.User | discord.Member | None, role: discord.Role | None) -> Whom:
        """Read the options.

        Raises: TintypeError(E_OPTION).
        """
        if choice not in WITH:
            raise TintypeError("E_OPTION", value=choice)
        return cls(
            choice=choice,
            member=member.id if member else None,
            role=role.id if role else None,
            is_bot=member is not None and member.bot,
        )

    def scope(self, asker: Asker) -> tuple[Scope, int | None]:
        """The scope and its subject; the role that everybody of a server has is that server."""
        guild = asker.actor.guild
        match self.choice:
            case "member":
                return Scope.MEMBER, self.member
            case "role" if self.role is not None and self.role == guild:
                return Scope.GUILD, guild
            case "role":
                return Scope.ROLE, self.role if guild is not None else None
            case "server":
                return Scope.GUILD, guild
            case _:
                return Scope.INSTANCE, 0


def share(
    rooms: Any,
    asker: Asker,
    word: str,
    whom: Whom,
    *,
    licence: str | None = None,
    mixing: str | None = None,
    about: str | None = None,
) -> Card:
    """Open a word of the asker's to others.

    Raises: NotFound, NotAllowed, WordRefused as `storage.sharing.Sharing.share`, E_SHARE_BOT, E_SHARE_REMOVED,
    E_LICENCE_FREER; NotAllowed(E_FILTERED).
    """
    concept = dictionary.own_named(rooms, asker, word, Action.SHARE)
    if whom.is_bot:
        raise WordRefused("E_SHARE_BOT", word=concept.name)
    scope, subject = whom.scope(asker)
    rooms.moderation.removals.refuse(concept, scope, subject)
    origin = origin_of(rooms.queue, rooms.concepts, concept.id)
    refuse_freer(origin, concept, licence)
    rooms.rules.refuse(asker.actor.guild, about or "", *origin.credits)  # others read both
    rooms.sharing.share(
        concept.id,
        scope,
        subject,
        licence=_chosen(tuple(Licence), licence),
        mixing=_chosen(tuple(Mixing), mixing),
        about=None if about is None else about.strip(),
    )
    return card_of(rooms, asker, concept)


def unshare(rooms: Any, asker: Asker, word: str, whom: Whom | None) -> Card:
    """Close a word of the asker's to some, or to everybody but its owner.

    Raises: NotFound, WordRefused(E_SHARE_NOT) when it was not open to them.
    """
    concept = dictionary.own_named(rooms, asker, word, Action.SHARE)
    return closed(rooms, asker, concept, whom)


def closed(rooms: Any, asker: Asker, concept: Concept, whom: Whom | None) -> Card:
    """Close a word that the asker may close."""
    scope, subject = (None, None) if whom is None else whom.scope(asker)
    if scope is not None and subject is None:
        raise WordRefused("E_SHARE_SERVER", word=concept.name)
    with transaction(rooms.db):
        taken = scope in (None, Scope.MEMBER) and rooms.questions.take_back(concept.id, subject)
        if not rooms.sharing.unshare(concept.id, scope, subject) and not taken:
            raise WordRefused("E_SHARE_NOT", word=concept.name)
    return card_of(rooms, asker, concept)


def _chosen(choices: Sequence[T], value: str | None) -> T | None:
    if value is None:
        return None
    found = [choice for choice in choices if choice == value]
    if not found:
        raise TintypeError("E_OPTION", value=value)
    return found[0]


def sharing_of(rooms: Any, asker: Asker, concept: Concept) -> cards.Sharing | None:
    """How a word is shared, as a card shows it; None while it never was."""
    share, barred = rooms.sharing.share_of(concept.id), _barred(rooms, concept)
    if share is None:
        return replace(_closed(concept), barred=barred) if barred else None
    return cards.Sharing(
        concept=concept.id,
        name=concept.name,
        grantees=[_grantee(grant, asker.actor.guild) for grant in sorted(share.grants, key=_order)],
        licence=share.licence,
        mixing=share.mixing,
        about=share.about,
        is_quarantined=share.quarantined_at is not None,
        standing=[question.asker for question in rooms.questions.standing(concept.id)],
        barred=barred,
    )


def credits_of(rooms: Any, concept: Concept) -> list[str]:
    """A line of whom one credits for a word that came from a pack, where there is somebody."""
    line = names_line(origin_of(rooms.queue, rooms.concepts, concept.id).credits)
    return [line] if line else []


def _closed(concept: Concept) -> cards.Sharing:
    return cards.Sharing(
        concept=concept.id, name=concept.name, grantees=[], licence="", mixing="", about="", is_quarantined=False
    )


def _barred(rooms: Any, concept: Concept) -> list[Barred]:
    removals: Removals = rooms.moderation.removals
    return [
        Barred(server=removals.server(one.guild), is_whole=removals.is_whole(concept, one.guild))
        for one in removals.of(concept.id)
    ]


def card_of(rooms: Any, asker: Asker, concept: Concept) -> Card:
    """Who may use a word now.

    Raises: NotFound when it is gone meanwhile.
    """
    if rooms.concepts.get(concept.id) is None:
        raise NotFound("E_NOT_FOUND")
    return cards.sharing_card(sharing_of(rooms, asker, concept) or _closed(concept))


def _grantee(grant: Grant, here: GuildId | None) -> Grantee:
    is_elsewhere = grant.scope is Scope.GUILD and grant.subject != here
    return Grantee(scope="elsewhere" if is_elsewhere else str(grant.scope), subject=grant.subject)


def _order(grant: Grant) -> tuple[int, int]:
    return list(Scope).index(grant.scope), grant.subject
