"""What goes by a server's own rule: pictures older than it keeps them, and the things of those who left it."""

from __future__ import annotations

from sqlite_utils import Database

from storage.audit import Audit
from storage.clock import Clock
from storage.concepts import Concepts
from storage.database import rows, transaction
from storage.photos import Photos
from storage.privacy import Privacy
from storage.queue import Queue
from storage.records import DraftId, GuildId, Job, JobId, JobKind, Kind, MemberId, Scope
from storage.setups import Setups
from storage.sharing import Sharing
from storage.vault import Vault

DAY_S = 86400.0
LOOK_S = DAY_S  # how often it is asked whether a member is still there
SURE_S = 900.0  # how old the answer may be when their things go
BATCH = 100  # jobs whose pictures go in one round; the next is minutes later
OWNERS = """select owner as member from concepts where home = :guild
    union select owner from images where guild = :guild union select owner from drafts where guild = :guild"""
TO_LOOK_FOR = f"""select owners.member from ({OWNERS}) owners
    left join absences on absences.guild = :guild and absences.member = owners.member
    where looked_at is null or looked_at < :now - :look
        or (left_at < :now - :left and looked_at < :now - :sure / 2) limit :most"""  # noqa: S608  ours
GONE = """select absences.guild, absences.member, absences.left_at from absences
    left join guilds on guilds.id = absences.guild
    where absences.left_at is not null and looked_at >= :now - :sure and guilds.left_at is null"""
OLD = "select distinct job from images where guild = :guild and created_at < :before limit :most"
KEEPING = "select id from guilds where json_extract(settings, '$.setup.keep_days') > 0"


class Retention:
    """Carries out the rules that servers have set up; whoever left is found out by asking after them."""

    def __init__(self, db: Database, vault: Vault, clock: Clock, privacy: Privacy) -> None:
        self._db, self._clock, self._privacy = db, clock, privacy
        self._concepts, self._queue, self._photos = Concepts(db, clock), Queue(db, clock), Photos(db, vault, clock)
        self._setups, self._sharing, self._audit = Setups(db, clock), Sharing(db, clock), Audit(db, clock)

    def sweep(self) -> int:
        """Delete what is over: a batch of pictures, and the things of one who left; how many pictures and words."""
        return self._sweep_pictures() + self._sweep_left() + self._sweep_removed()

    # --- who is still there --------------------------------------------------------------------------------------

    def to_look_for(self, guild: GuildId, most: int) -> list[MemberId]:
        """Members with something in a server that has not been asked after for a day, or whose time is over."""
        days = self._setups.of(guild).left_days
        if not days:
            return []
        found = rows(
            self._db, TO_LOOK_FOR, guild=guild, now=self._clock.now(), look=LOOK_S, left=days * DAY_S, sure=SURE_S,
            most=most,
        )  # fmt: skip
        return [_member(row) for row in found]

    def looked(self, guild: GuildId, member: MemberId, *, is_there: bool) -> None:
        """Note whether a member was found just now."""
        rows(
            self._db,
            """insert into absences (guild, member, looked_at, left_at)
            values (:guild, :member, :now, iif(:there, null, :now)) on conflict (guild, member)
            do update set looked_at = :now, left_at = iif(:there, null, ifnull(left_at, :now))""",
            guild=guild, member=member, now=self._clock.now(), there=is_there,
        )  # fmt: skip

    # --- what goes -----------------------------------------------------------------------------------------------

    def _sweep_pictures(self) -> int:
        return sum(self._sweep_old(GuildId(int(str(row["id"])))) for row in rows(self._db, KEEPING))

    def _sweep_old(self, guild: GuildId) -> int:
        """A batch of the pictures that are older than a server keeps them."""
        before = self._clock.now() - self._setups.of(guild).keep_days * DAY_S
        found = [
            self._queue.get(JobId(str(row["job"])))
            for row in rows(self._db, OLD, guild=guild, before=before, most=BATCH)
        ]
        count = sum(self._privacy.delete_pictures(job) for job in found if job is not None)
        if count:
            self._audit.note("kept-no-longer", guild=guild, count=count)
        return count

    def _sweep_left(self) -> int:
        """The things of one member who left a server long enough ago, and was looked for just now."""
        for row in rows(self._db, GONE, now=self._clock.now(), sure=SURE_S):
            guild = GuildId(int(str(row["guild"])))
            if self._is_over(guild, float(str(row["left_at"]))):
                return self._forget_in(guild, _member(row), is_reached=True)
        return 0

    def _sweep_removed(self) -> int:
        """The things of one member in a server that the bot was removed from long enough ago; at last its rules."""
        for row in rows(self._db, "select id, left_at from guilds where left_at is not null"):
            guild = GuildId(int(str(row["id"])))
            if not self._is_over(guild, float(str(row["left_at"]))):
                continue
            owners = rows(self._db, OWNERS, guild=guild)
            if owners:
                return self._forget_in(guild, _member(owners[0]), is_reached=False)
            self._forget_guild(guild)
        return 0

    def _is_over(self, guild: GuildId, left_at: float) -> bool:
        days = self._setups.of(guild).left_days
        return bool(days) and left_at < self._clock.now() - days * DAY_S

    def _forget_in(self, guild: GuildId, member: MemberId, *, is_reached: bool) -> int:
        """Delete a member's words, pictures and drafts of one server, with our messages about them where we can."""
        words = [concept for concept in self._concepts.mine(member) if concept.home == guild]
        for concept in words:
            self._privacy.forget_word(concept.id, with_pictures=concept.kind is Kind.PERSON)
        for concept in self._concepts.mine(member):
            self._sharing.unshare(concept.id, Scope.GUILD, guild)
        jobs = self._pictures_of(guild, member)
        count = sum(self._privacy.delete_pictures(job) for job in jobs)
        self._privacy.forget_jobs(jobs, is_reached=is_reached)
        for draft in rows(self._db, "select id from drafts where owner = :m and guild = :g", m=member, g=guild):
            self._photos.discard(DraftId(str(draft["id"])))
        for table, column in (("absences", "member"), ("names", "member"), ("pending", "owner")):
            gone = f"delete from {table} where guild = :guild and {column} = :member"  # noqa: S608  names are ours
            rows(self._db, gone, guild=guild, member=member)
        self._audit.note("left", guild=guild, count=count + len(words))
        return count + len(words)

    def _pictures_of(self, guild: GuildId, member: MemberId) -> list[Job]:
        """A member's orders of pictures in a server; those under way are cancelled."""
        jobs = [job for job in self._queue.of_owner(member, -1) if (job.guild, job.kind) == (guild, JobKind.IMAGINE)]
        for job in jobs:
            self._queue.cancel(job.id)
        return jobs

    def _forget_guild(self, guild: GuildId) -> None:
        with transaction(self._db):
            for table in ("channels", "blocks", "reports", "strikes", "absences", "names", "pending"):
                rows(self._db, f"delete from {table} where guild = :guild", guild=guild)  # noqa: S608  names are ours
            rows(self._db, "update guilds set settings = '{}' where id = :guild", guild=guild)


def _member(row: dict[str, object]) -> MemberId:
    return MemberId(int(str(row["member"])))
