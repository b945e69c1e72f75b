"""What those who manage a server see and decide; that they may is asked anew at every press."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot import texts
from bot.belongings import key_of
from bot.cards import Card, Picture
from bot.cards.audit import AuditLine, audit_card
from bot.cards.studio import Blocked, Case, reports_card
from bot.orders import finished, prompt_today
from bot.studio import Asker
from storage.audit import Entry
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.moderation import DAY_S, Block, Report, Verdict
from storage.permissions import Action
from storage.records import BlobId, Concept, ConceptId, GuildId, Image, Job, Kind, MemberId

log = logging.getLogger(__name__)

MOST_DAYS = 365  # of a block that ends by itself

PAGE_LINES = 10  # as many as fit with what each changed


def needs_manager(asker: Asker) -> None:
    """Raises: NotAllowed(E_NOT_MANAGER) for whoever neither manages this server nor runs this Tintype."""
    if not (asker.actor.is_manager or asker.actor.is_instance_owner):
        raise NotAllowed("E_NOT_MANAGER")


def reports_of(rooms: Any, asker: Asker, n: int = 1) -> Card:
    """Reported thing `n` of those that wait in this server, or the nearest there is.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    needs_manager(asker)
    guild = asker.actor.guild
    waiting: list[list[Report]] = rooms.moderation.open_cases(guild)
    n = min(max(n, 1), max(1, len(waiting)))
    blocks = rooms.moderation.blocks(guild) if guild is not None else []
    case = _case(rooms, asker, waiting[n - 1]) if waiting else None
    place = key_of(asker.member)
    removed = len(rooms.moderation.removals.in_guild(guild))
    return reports_card(
        case, place=place, n=n, total=len(waiting), blocked=[_blocked(one) for one in blocks], removed=removed
    )


def decided(rooms: Any, asker: Asker, report_id: str, verdict: Verdict) -> None:
    """Keep or remove a reported thing, or remove it and count it against its owner.

    Raises: NotAllowed(E_NOT_MANAGER, E_REPORT_MINE), NotFound(E_REPORT_CLOSED).
    """
    report = _report(rooms, asker, report_id)
    image: Image | None = rooms.images.get(report.image) if report.image else None
    rooms.moderation.close(report, verdict, asker.member)
    if image is not None and verdict is not Verdict.KEEP:
        job, _ = finished(rooms, asker, image.job, Action.DELETE)
        rooms.privacy.moderate_pictures(job, asker.member, report=report.id)


def blockable(rooms: Any, asker: Asker, report_id: str) -> Report:
    """A report whose thing's owner this manager may keep out of the studio here.

    Raises: NotAllowed(E_NOT_MANAGER, E_REPORT_MINE, E_NOT_ALLOWED), NotFound(E_REPORT_CLOSED).
    """
    report = _report(rooms, asker, report_id)
    if report.guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    return report


def days_of(written: str) -> int | None:
    """For how many days somebody is blocked, as a form says it; None until that is taken back.

    Raises: TintypeError(E_BLOCK_DAYS).
    """
    if not written.strip():
        return None
    if not written.strip().isdecimal() or not 1 <= int(written) <= MOST_DAYS:
        raise TintypeError("E_BLOCK_DAYS", most=MOST_DAYS)
    return int(written)


def blocked(rooms: Any, asker: Asker, report_id: str, *, until: float | None, reason: str) -> None:
    """Keep the owner of a reported thing out of this server's studio; the report goes on waiting.

    Raises: as `blockable`.
    """
    report = blockable(rooms, asker, report_id)
    rooms.moderation.block(report.guild, report.owner, asker.member, about=report.id, until=until, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whom a manager wants to block without a report, or to let in again; nobody where only the list is wanted."""

    block: int | None = None
    unblock: int | None = None
    reason: str = ""
    days: int | None = None
    is_bot: bool = False

    @classmethod
    def of(cls, block: Any, unblock: Any, reason: str | None, days: int | None) -> Wish:
        """From the options of the command, members as Discord has them.

        Raises: TintypeError(E_BLOCK_BOTH).
        """
        if (block and unblock) or ((reason or days) and not block):
            raise TintypeError("E_BLOCK_BOTH")
        return cls(
            block=block and block.id,
            unblock=unblock and unblock.id,
            reason=reason or "",
            days=days,
            is_bot=bool(block and block.bot),
        )


def wished(rooms: Any, asker: Asker, wish: Wish, owners: Collection[int], now: float) -> Card:
    """Block or let in, as the manager wishes, and show the list.

    Raises: NotAllowed(E_NOT_MANAGER, E_NOT_ALLOWED, E_BLOCK_WHOM), NotFound(E_BLOCK_NONE).
    """
    if wish.block is not None:
        if wish.block in (asker.member, *owners) or wish.is_bot:
            raise NotAllowed("E_BLOCK_WHOM")
        until = None if wish.days is None else now + wish.days * DAY_S
        whom, guild = MemberId(wish.block), _guild(asker)
        rooms.moderation.block(guild, whom, asker.member, until=until, reason=wish.reason)
    elif wish.unblock is not None and not rooms.moderation.unblock(_guild(asker), wish.unblock, asker.member):
        raise NotFound("E_BLOCK_NONE")
    return reports_of(rooms, asker)


def _guild(asker: Asker) -> GuildId:
    needs_manager(asker)
    if asker.actor.guild is None:
        raise NotAllowed("E_NOT_ALLOWED")
    return asker.actor.guild


def let_in(rooms: Any, asker: Asker, key: str) -> None:
    """Take a block back.

    Raises: NotAllowed(E_NOT_MANAGER, E_NOT_ALLOWED).
    """
    rooms.moderation.unblock(_guild(asker), MemberId(int(key, 16)), asker.member)


def audit_of(rooms: Any, asker: Asker, n: int = 1) -> Card:
    """Page `n` of this server's log, or the nearest there is.

    Raises: NotAllowed(E_NOT_MANAGER).
    """
    needs_manager(asker)
    guild = asker.actor.guild
    pages = max(1, -(-rooms.audit.lines(guild) // PAGE_LINES))
    n = min(max(n, 1), pages)
    entries: list[Entry] = rooms.audit.page(guild, n, PAGE_LINES)
    lines = [_line(entry, rooms.moderation.struck(guild, entry.object) if entry.object else None) for entry in entries]
    return audit_card(lines, place=key_of(asker.member), n=n, pages=pages)


def _report(rooms: Any, asker: Asker, report_id: str) -> Report:
    """A report that waits here, for whoever may decide about it: nobody decides about what is their own."""
    needs_manager(asker)
    report: Report = rooms.moderation.get(asker.actor.guild, report_id)
    if report.owner == asker.member and not asker.actor.is_instance_owner:
        raise NotAllowed("E_REPORT_MINE")
    return report


def _case(rooms: Any, asker: Asker, reports: Sequence[Report]) -> Case:
    report = reports[0]
    image: Image | None = rooms.images.get(report.image) if report.image else None
    job: Job | None = rooms.queue.get(image.job) if image else None
    concept = rooms.concepts.get(report.concept) if report.concept else None
    return Case(
        report=report.id,
        owner=report.owner,
        word=concept.name if concept else None,
        prompt=prompt_today(rooms, job, asker.actor) if job else None,
        said=[(one.member, one.reason) for one in reports],
        reporters=rooms.moderation.reporters(report),
        strikes=0 if report.guild is None else rooms.moderation.strikes(report.guild, report.owner),
        is_hidden=rooms.moderation.is_hidden(job.id) if job else rooms.sharing.is_quarantined(report.concept),
        when=report.created_at,
        picture=_of_pictures(rooms, report, job, image)
        if job and image
        else sample_of(rooms, report.concept, report.id),
    )


def _of_pictures(rooms: Any, report: Report, job: Job, image: Image) -> Picture | None:
    blob = job.result.get("sheet") or image.blob
    return _picture(rooms, report.id, BlobId(blob), is_spoiler=image.has_person)


def sample_of(rooms: Any, concept_id: ConceptId | None, report: str) -> Picture | None:
    """The sample sheet of a reported style, covered where it shows a person; None where there is none."""
    concept: Concept | None = rooms.concepts.get(concept_id) if concept_id else None
    versions = rooms.concepts.in_use(concept.id) if concept else []
    if concept is None or not versions or versions[0].sheet is None:
        return None
    return _picture(rooms, report, versions[0].sheet, is_spoiler=concept.kind is Kind.PERSON)


def _picture(rooms: Any, report: str, blob: BlobId, *, is_spoiler: bool) -> Picture | None:
    """What was reported; a file that is lost leaves the report to be decided."""
    try:
        data = rooms.vault.open(blob)
    except TintypeError as lost:
        log.warning("what report %s is about cannot be shown: %s", report, lost)
        return None
    return Picture.named(report, data, texts.say("case-alt"), is_spoiler=is_spoiler)


def _blocked(block: Block) -> Blocked:
    return Blocked(key=key_of(block.member), member=block.member, until=block.until, reason=block.reason)


def _line(entry: Entry, struck: MemberId | None) -> AuditLine:
    whom = struck if entry.whom is None else entry.whom
    return AuditLine(when=entry.at, who=entry.actor, action=entry.action, whom=whom, facts=entry.facts)
