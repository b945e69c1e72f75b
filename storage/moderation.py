"""Moderation: reports, what follows from them, strikes, blocks, and the log of who did what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from storage.audit import Audit
from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import insert, rows, transaction
from storage.errors import NotFound
from storage.ids import new_id
from storage.images import Images
from storage.notices import News, Notices
from storage.queue import Queue
from storage.records import (
    ChannelId,
    Concept,
    ConceptId,
    GuildId,
    Image,
    ImageId,
    JobId,
    Kind,
    MemberId,
    Scope,
    VersionId,
)
from storage.removals import UNDONE, Removal, Removals
from storage.rows import record
from storage.setups import Setups
from storage.sharing import Sharing
from storage.takedowns import Deed, Takedowns

DAY_S = 86400.0
STRIKE_S = 30 * DAY_S  # how long a strike counts
MOST_STRIKES = 3  # the one that blocks
BLOCK_S = 30 * DAY_S
EVERYWHERE = GuildId(0)  # where the operator blocks


class Verdict(StrEnum):
    """What a moderator says of a reported thing."""

    KEEP = "keep"
    REMOVE = "remove"
    STRIKE = "strike"  #: remove it, and count it against its owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A member says that something is wrong with a style or with pictures."""

    id: str
    guild: GuildId | None  #: where it was seen; None in a direct message
    channel: ChannelId | None
    member: MemberId | None  #: None since they were forgotten
    concept: ConceptId | None
    image: ImageId | None
    owner: MemberId
    reason: str
    state: str  #: open, or the verdict
    created_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A member who may not use the studio in a server."""

    guild: GuildId  #: or EVERYWHERE
    member: MemberId
    until: float | None  #: None until it is taken back
    reason: str = ""


class Moderation:
    """Keeps order in a server; who may do so is checked before. Each change leaves a line in the log."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock, self._setups = db, clock, Setups(db, clock)
        self._concepts, self._images, self._queue = Concepts(db, clock), Images(db), Queue(db, clock)
        self._sharing, self._takedowns = Sharing(db, clock), Takedowns(db, clock)
        self._audit, self.removals, self.notices = Audit(db, clock), Removals(db, clock), Notices(db, clock)

    # --- reports -----------------------------------------------------------------------------------------------------

    def report(
        self,
        reporter: MemberId,
        *,
        guild: GuildId | None,
        channel: ChannelId | None,
        reason: str,
        concept: ConceptId | None = None,
        image: ImageId | None = None,
    ) -> Report:
        """Put a style or a picture before the moderators; a second report of the same by the same member is the first.

        Reports of enough members hide the thing until a moderator has looked at it; one of the person shown does.
        Raises: NotFound(E_NOT_FOUND).
        """
        owner = self._owner(concept, image)
        known = self._reports("member = :member and (concept = :concept or image = :image)",
                              member=reporter, concept=concept, image=image)  # fmt: skip
        if known:
            return known[0]
        was_over = self._is_over(concept, image)
        with transaction(self._db):
            row = insert(
                self._db, "reports", id=new_id(), guild=guild, channel=channel, member=reporter, concept=concept,
                image=image, owner=owner, reason=reason, created_at=self._clock.now(),
            )  # fmt: skip
            made = record(Report, row)
            self._audit.note("report", guild=guild, about=made.id)  # whoever is reported may read it
            if self._is_over(concept, image):
                self._hide(made, is_new=not was_over)
        return made

    def open_reports(self, guild: GuildId | None) -> list[Report]:
        """What waits for the moderators of a server, the oldest first; with None what was reported outside of any."""
        return self._reports("state = 'open' and guild is :guild", guild=guild)

    def open_cases(self, guild: GuildId | None) -> list[list[Report]]:
        """The same, those about one thing together."""
        cases: dict[tuple[ConceptId | None, ImageId | None], list[Report]] = {}
        for report in self.open_reports(guild):
            cases.setdefault((report.concept, report.image), []).append(report)
        return list(cases.values())

    def get(self, guild: GuildId | None, report: str) -> Report:
        """A report that waits in this server.

        Raises: NotFound(E_REPORT_CLOSED), the same whether it is closed, elsewhere or was never made.
        """
        found = self._reports("id = :report and state = 'open' and guild is :guild", report=report, guild=guild)
        if not found:
            raise NotFound("E_REPORT_CLOSED")
        return found[0]

    def reporters(self, report: Report) -> int:
        """How many members report the same thing and wait for an answer."""
        return len(self._against(report.concept, report.image))

    def close(self, report: Report, verdict: Verdict, actor: MemberId) -> None:
        """Settle all reports of this thing in this server.

        A style that is kept is given back to those it is shared with, unless others' reports still hide it. One that is
        removed becomes its owner's alone; where it is shared with servers and this is not its home, closed to this.
        Its owner is told. The caller deletes pictures that are removed, as it can reach their files.
        """
        with transaction(self._db):
            rows(
                self._db,
                """update reports set state = :verdict, closed_at = :now, actor = :actor where state = 'open'
                and guild is :guild and (concept = :concept or image = :image)""",
                verdict=verdict, now=self._clock.now(), actor=actor, guild=report.guild, concept=report.concept,
                image=report.image,
            )  # fmt: skip
            self._audit.note(verdict, guild=report.guild, actor=actor, about=report.id)
            if verdict is not Verdict.KEEP:
                self._tell(report, self._news(report), actor)
            if report.concept is not None:
                self._settle(report.concept, report.guild, verdict)
            if verdict is Verdict.STRIKE and report.guild is not None:
                self.strike(report.guild, report.owner, actor, report=report.id)

    def readmit(self, removal: Removal, actor: MemberId) -> None:
        """Take back that a style was removed, with its strike; what else keeps it from others goes on doing so."""
        decided = "state in ('remove', 'strike') and concept = :concept and guild is :guild"
        values = {"concept": removal.concept, "guild": removal.guild}
        with transaction(self._db):
            rows(self._db, f"delete from strikes where report in (select id from reports where {decided})", **values)  # noqa: S608  ours
            rows(self._db, f"update reports set state = :undone where {decided}", undone=UNDONE, **values)  # noqa: S608  ours
            self._audit.note("readmit", guild=removal.guild, actor=actor, about=removal.id)
            self._tell(removal, News.READMITTED, actor)
            self._release(removal.concept)

    def is_hidden(self, job: JobId) -> bool:
        """Whether pictures are kept from view until a moderator has looked at their reports."""
        return any(self._is_over(None, image.id) for image in self._images.of_job(job))

    # --- strikes and blocks ------------------------------------------------------------------------------------------

    def strike(self, guild: GuildId, member: MemberId, actor: MemberId, *, report: str = "") -> int:
        """Count something against a member; how many count now. The third within thirty days blocks for as long.

        Why stands in the report alone, from where it goes with whoever wrote it.
        """
        with transaction(self._db):
            insert(
                self._db, "strikes", guild=guild, member=member, report=report or None, reason="", actor=actor,
                at=self._clock.now(),
            )  # fmt: skip
            count = self.strikes(guild, member)
            self._audit.note("count", guild=guild, actor=actor, about=report or None, count=count)
            if count >= MOST_STRIKES:
                self.block(guild, member, actor, until=self._clock.now() + BLOCK_S, about=report)
        return count

    def strikes(self, guild: GuildId, member: MemberId) -> int:
        """How many strikes count against a member of a server now."""
        sql = "select count(*) as n from strikes where guild = :guild and member = :member and at > :since"
        since = self._clock.now() - STRIKE_S
        return int(str(rows(self._db, sql, guild=guild, member=member, since=since)[0]["n"]))

    def block(
        self,
        guild: GuildId,
        member: MemberId,
        actor: MemberId | None,
        *,
        until: float | None = None,
        about: str = "",
        reason: str = "",
    ) -> None:
        """Let a member make, train and share nothing more in a server, or EVERYWHERE; what waits there is cancelled.

        The same block again changes nothing.
        """
        if any((one.member, one.until, one.reason) == (member, until, reason) for one in self.blocks(guild)):
            return
        with transaction(self._db):
            rows(
                self._db,
                """insert into blocks (guild, member, actor, at, until, reason)
                values (:guild, :member, :actor, :now, :until, :reason) on conflict (guild, member)
                do update set actor = :actor, at = :now, until = :until, reason = :reason""",
                guild=guild, member=member, actor=actor, now=self._clock.now(), until=until, reason=reason,
            )  # fmt: skip
            self._audit.note("block", guild=guild or None, actor=actor, about=about or None, whom=member, until=until)
            code, moment = ("E_BARRED" if guild == EVERYWHERE else "E_BLOCKED"), "none" if until is None else int(until)
            for job in self._queue.of_owner(member, -1):
                if guild in (EVERYWHERE, job.guild) and not job.state.is_over:
                    self._queue.cancel(job.id, code, until=str(moment))

    def unblock(self, guild: GuildId, member: MemberId, actor: MemberId | None) -> bool:
        """Let a member in again; False when they were not kept out."""
        sql = "delete from blocks where guild = :guild and member = :member returning member"
        with transaction(self._db):
            done = bool(rows(self._db, sql, guild=guild, member=member))
            if done:
                self._audit.note("unblock", guild=guild or None, actor=actor, whom=member)
        return done

    def is_blocked(self, guild: GuildId, member: MemberId) -> bool:
        """Whether a member may not use the studio in a server now."""
        return any(block.member == member for block in self.blocks(guild))

    def blocks(self, guild: GuildId | None = None) -> list[Block]:
        """Who is kept out now, in one server or in all, the newest first."""
        sql = """select guild, member, until, reason from blocks where (:guild is null or guild = :guild)
            and (until is null or until > :now) order by at desc"""
        return [record(Block, row) for row in rows(self._db, sql, guild=guild, now=self._clock.now())]

    def struck(self, guild: GuildId | None, about: str) -> MemberId | None:
        """Whose thing a report was about, while the report is kept."""
        found = rows(
            self._db,
            """select owner from reports where id = :about and guild is :guild
            union select member from strikes where report = :about and guild = :guild""",
            about=about, guild=guild,
        )  # fmt: skip
        return MemberId(int(str(found[0]["owner"]))) if found else None

    # --- parts -------------------------------------------------------------------------------------------------------

    def _reports(self, where: str, **values: object) -> list[Report]:
        found = rows(self._db, f"select * from reports where {where} order by rowid", **values)  # noqa: S608  ours
        return [record(Report, row) for row in found]

    def _owner(self, concept: ConceptId | None, image: ImageId | None) -> MemberId:
        found: Concept | Image | None = None
        if concept is not None:
            found = self._concepts.get(concept)
        elif image is not None:
            found = self._images.get(image)
        if found is None:
            raise NotFound("E_NOT_FOUND")
        return found.owner

    def _against(self, concept: ConceptId | None, image: ImageId | None) -> set[MemberId | None]:
        """Who reports a thing; all who were forgotten since are one."""
        found = self._reports("state = 'open' and (concept = :concept or image = :image)", concept=concept, image=image)
        return {report.member for report in found}

    def _is_over(self, concept: ConceptId | None, image: ImageId | None) -> bool:
        against = self._against(concept, image)
        return len(against) >= self._threshold(concept, image) or bool(
            against and against & self._shown(concept, image)
        )

    def _threshold(self, concept: ConceptId | None, image: ImageId | None) -> int:
        """How many reports hide a thing, as the server has it where the thing belongs."""
        style = self._concepts.get(concept) if concept else None
        picture = self._images.get(image) if image else None
        home = style.home if style else picture.guild if picture else None
        return self._setups.of(home).threshold

    def _shown(self, concept: ConceptId | None, image: ImageId | None) -> set[MemberId | None]:
        """The people that a style or a picture shows."""
        concepts = [concept] if concept else [] if image is None else self._drawn(image)
        return {person for one in concepts for person in self._people(one)}

    def _people(self, concept: ConceptId) -> set[MemberId]:
        found, consent = self._concepts.get(concept), self._concepts.consent(concept)
        if found is None or found.kind is not Kind.PERSON:
            return set()
        return {consent.person if consent else found.person or found.owner}

    def _drawn(self, image: ImageId) -> list[ConceptId]:
        versions = [self._concepts.version(VersionId(word.version)) for word in self._images.words(image)]
        return [version.concept for version in versions if version is not None]

    def _hide(self, report: Report, *, is_new: bool) -> None:
        if is_new:
            self._audit.note("hide", guild=report.guild, about=report.id)
        if report.concept is not None:
            self._sharing.quarantine(report.concept)
        image = self._images.get(report.image) if report.image else None
        if image is not None:
            self._takedowns.owe(self._queue.all_messages(image.job), Deed.HIDE)

    def _settle(self, concept: ConceptId, guild: GuildId | None, verdict: Verdict) -> None:
        found = self._concepts.get(concept)
        if verdict is Verdict.KEEP:
            self._release(concept)
        elif found is not None and not self.removals.is_whole(found, guild):
            self._sharing.unshare(concept, Scope.GUILD, guild)
        else:
            self._sharing.quarantine(concept)

    def _release(self, concept: ConceptId) -> None:
        if not self._is_over(concept, None) and not self.removals.whole(concept):
            self._sharing.release(concept)

    def _news(self, report: Report) -> News:
        found = self._concepts.get(report.concept) if report.concept else None
        if found is None:
            return News.PICTURES
        return News.STYLE if self.removals.is_whole(found, report.guild) else News.THERE

    def _tell(self, about: Report | Removal, news: News, actor: MemberId) -> None:
        """Let its owner know, unless they did it themselves."""
        if about.owner != actor:
            self.notices.owe(about.owner, news, report=about.id, guild=about.guild, concept=about.concept)
