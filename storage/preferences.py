"""What a member wants without saying it each time: defaults for pictures, named presets, and favourites."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from storage.clock import Clock
from storage.database import rows, transaction
from storage.errors import NotFound, TintypeError
from storage.records import Image, ImageId, MemberId
from storage.rows import image_of, record

PRESET_NAME = re.compile(r"[a-z0-9][a-z0-9 _-]{0,31}")
MOST_PRESETS = 25  # as many as a completion offers
LANGUAGE = "en"  # spoken to whoever was never met in another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """What is taken where an option is left out, and how the member is to be dealt with."""

    shape: str = "square"
    count: int = 4
    quality: str = "normal"
    negative: str = ""
    has_spoiler: bool = False  #: pictures are posted covered
    wants_ping: bool = False  #: the final message mentions its member
    has_prompt: bool = False  #: the pictures' files hold the prompt
    never_asked: bool = False  #: no questions of others: about words of theirs, or photos that show them


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A named set of options; what it does not say is left to the preferences."""

    name: str
    shape: str | None = None
    count: int | None = None
    quality: str | None = None
    negative: str | None = None
    prompt: str | None = None  #: put at the end of every prompt

    def told(self) -> dict[str, Any]:
        """What it says, by name."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value}


class Wishes:
    """Members' preferences, presets and favourites."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    # --- preferences ---------------------------------------------------------------------------------------------

    def of(self, member: MemberId) -> Preferences:
        """What the member prefers; the usual where they never said."""
        return record(Preferences, self.settings(member))

    def change(self, member: MemberId, **values: Any) -> Preferences:
        """Prefer something else from now on.

        Raises: TypeError for what is no preference.
        """
        changed = dataclasses.replace(self.of(member), **values)
        settings = self.settings(member) | values
        rows(
            self._db,
            """insert into members (id, first_seen, settings) values (:member, :now, :settings)
            on conflict (id) do update set settings = excluded.settings""",
            member=member, now=self._clock.now(), settings=json.dumps(settings),
        )  # fmt: skip
        return changed

    def settings(self, member: MemberId) -> dict[str, Any]:
        """All that the member has set, as it is kept."""
        found = rows(self._db, "select settings from members where id = :member", member=member)
        settings: dict[str, Any] = json.loads(str(found[0]["settings"])) if found else {}
        return settings

    # --- language ------------------------------------------------------------------------------------------------

    def language(self, member: MemberId, *others: MemberId) -> str:
        """What the member spoke when they were last met; of one who never was, what the first of the others did."""
        known = (self.settings(one).get("language") for one in (member, *others))
        return next((str(language) for language in known if language), LANGUAGE)

    def speaks(self, member: MemberId, language: str) -> None:
        """Remember the language of a member who is known."""
        if language != self.settings(member).get("language"):
            rows(
                self._db,
                "update members set settings = json_set(settings, '$.language', :language) where id = :member",
                member=member, language=language,
            )  # fmt: skip

    # --- presets -------------------------------------------------------------------------------------------------

    def presets(self, member: MemberId) -> list[Preset]:
        """The member's presets by name."""
        found = rows(self._db, "select * from presets where member = :member order by name", member=member)
        return [Preset(name=str(row["name"]), **json.loads(str(row["settings"]))) for row in found]

    def preset(self, member: MemberId, name: str) -> Preset:
        """The member's preset of this name.

        Raises: NotFound(E_NO_PRESET) with the names that there are.
        """
        mine = {preset.name: preset for preset in self.presets(member)}
        wanted = _plain(name)
        if wanted not in mine:
            raise NotFound("E_NO_PRESET", name=wanted[:32], known=list(mine) or "none")
        return mine[wanted]

    def save(self, member: MemberId, preset: Preset) -> Preset:
        """Keep a preset, in the place of the one of this name.

        Raises: TintypeError E_PRESET_NAME, E_TOO_MANY_PRESETS.
        """
        name = _plain(preset.name)
        if not PRESET_NAME.fullmatch(name):
            raise TintypeError("E_PRESET_NAME", name=name[:32])
        settings = {key: value for key, value in preset.told().items() if key != "name"}
        with transaction(self._db):
            names = {one.name for one in self.presets(member)}
            if name not in names and len(names) >= MOST_PRESETS:
                raise TintypeError("E_TOO_MANY_PRESETS", most=MOST_PRESETS)
            rows(
                self._db,
                "insert or replace into presets (member, name, settings) values (:member, :name, :settings)",
                member=member, name=name, settings=json.dumps(settings),
            )  # fmt: skip
        return Preset(name=name, **settings)

    def drop(self, member: MemberId, name: str) -> Preset:
        """Delete a preset.

        Raises: NotFound(E_NO_PRESET).
        """
        preset = self.preset(member, name)
        rows(self._db, "delete from presets where member = :member and name = :name", member=member, name=preset.name)
        return preset

    # --- favourites ----------------------------------------------------------------------------------------------

    def star(self, member: MemberId, image: ImageId) -> bool:
        """Keep a picture among the favourites, or no longer when it is there; whether it is there now."""
        sql = "delete from favourites where member = :member and image = :image returning image"
        if rows(self._db, sql, member=member, image=image):
            return False
        rows(
            self._db,
            "insert into favourites (member, image, at) values (:member, :image, :now)",
            member=member, image=image, now=self._clock.now(),
        )  # fmt: skip
        return True

    def favourites(self, member: MemberId) -> list[Image]:
        """The member's favourites, the newest first."""
        sql = """select images.* from favourites join images on images.id = favourites.image
            where favourites.member = :member order by favourites.at desc, images.id"""
        return [image_of(row) for row in rows(self._db, sql, member=member)]


def _plain(name: str) -> str:
    return " ".join(name.lower().split())
