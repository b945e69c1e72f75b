"""The people and things of the table, made once; and how what a deed changed is put back."""

from __future__ import annotations

import copy
import hashlib
import sqlite3
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bot.belongings import key_of
from bot.consent import TEXT_VERSION
from bot.sandbox.state import Channel, Message, Person
from storage.database import rows
from storage.filtering import FilterKind
from storage.inspection_client import InspectedImport
from storage.listings import Order
from storage.moderation import Verdict
from storage.preferences import Preset
from storage.records import ConceptId, Consent, GuildId, Kind, MemberId, Scope
from storage.sharing import Mixing
from tests.bot.commands.engine_play import weights_of
from tests.bot.commands.files import end, handed_in
from tests.bot.commands.stage import PNG, QuickInspector, Stage, custom_id_of, photo, shown
from tests.storage.rooms import actor, add_version

WORDS = {
    "a word that nobody else may use": "secretdog",
    "a word shared with members by name": "namedhat",
    "a word shared with a role": "roleink",
    "a word shared with this server": "servercup",
    "a word shared with every server": "worldsun",
    "a word shared with this server, in quarantine": "badmug",
    "a word that shows its owner, shared with members by name": "anaself",
    "a word that shows another member": "pamface",
    "a word whose person took their agreement back, shared with members by name": "gonepast",
}
GRIDS = {
    "pictures with a word shared with this server": "servercup",
    "pictures with a word that nobody else may use": "secretdog",
    "pictures of a person": "anaself",
    "pictures that were reported and are hidden": "servercup",
}
REPORTERS = ("shown", "role", "named")


class Inspector(QuickInspector):
    """Takes every file as a LoRA, too."""

    async def inspect_import(self, data: bytes, name: str, **about: Any) -> InspectedImport:
        return handed_in()


@dataclass
class Actor:
    """Who asks, and where."""

    person: Person
    channel: Channel
    name: str


@dataclass
class World:
    """A stage with everything on it; `facts` fills the braces of each thing's deeds."""

    stage: Stage
    actors: dict[str, Actor] = field(default_factory=dict)
    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    posted: dict[str, int] = field(default_factory=dict)  #: the message about a job
    _rows: sqlite3.Connection = field(init=False)
    _files: dict[Path, bytes] = field(default_factory=dict)
    _messages: dict[int, Message] = field(default_factory=dict)

    def person(self, who: str) -> MemberId:
        return MemberId(self.actors[who].person.id)

    # ---- how it was

    async def keep(self) -> None:
        """Remember everything as it is now."""
        self._rows = sqlite3.connect(":memory:", check_same_thread=False)
        await self.stage.run(lambda rooms: rooms.db.conn.backup(self._rows))
        self._files = {path: path.read_bytes() for path in self._kept()}
        self._messages = {number: copy.copy(message) for number, message in self.stage.box.messages.items()}

    async def digest(self) -> str:
        """What is kept, in one short text that differs when anything differs."""
        return str(await self.stage.run(lambda rooms: digest_of(rooms.db.conn)))

    async def restore(self) -> None:
        """Put everything back as it was."""
        await self.stage.run(lambda rooms: self._rows.backup(rooms.db.conn))
        for path in self._kept() - self._files.keys():
            path.unlink()
        for path, content in self._files.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        self.stage.box.messages.update({number: copy.copy(one) for number, one in self._messages.items()})
        await self.stage.bot.studio.door.look()

    def _kept(self) -> set[Path]:
        data = self.stage.folder / "data"
        return {path for name in ("blobs", "keys") for path in (data / name).rglob("*") if path.is_file()}


def digest_of(connection: sqlite3.Connection) -> str:
    names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    told = [(name, connection.execute(f'select * from "{name}"').fetchall()) for name in sorted(names)]
    return hashlib.sha256(repr(told).encode()).hexdigest()


async def people_of(world: World) -> None:
    """Everybody in the table's columns, where they stand."""
    box, home = world.stage.box, world.stage.box.guilds[world.stage.guild]
    far, third = box.add_guild("Far", ("lobby", False)), box.add_guild("Third", ("hall", False))
    rooms = {one.name: one for one in box.channels.values()}
    general, dark, lobby, hall = (rooms[name] for name in ("general", "after-dark", "lobby", "hall"))
    painters = box.new_id()
    home.roles[painters] = "painters"
    ana = box.person("ana")
    assert ana is not None
    for name, where in (("owner", general), ("owner, 18+", dark), ("owner, away", lobby), ("owner, blocked", hall)):
        world.actors[name] = Actor(ana, where, name)
    for who, name in (("shown", "pam"), ("named", "nia"), ("role", "rob"), ("member", "mo"), ("blocked", "bob")):
        world.actors[who] = Actor(box.add_person(name), general, who)
    world.actors["manager"] = Actor(box.add_person("mia"), general, "manager")
    for who, name in (("away", "eve"), ("manager, away", "max"), ("operator", "opal")):
        world.actors[who] = Actor(box.add_person(name), lobby, who)
    leo = box.add_person("leo")
    world.actors["left"] = Actor(leo, box.dm_with(leo), "left")
    world.actors["role"].person.roles = [painters]
    for who in ("manager", "manager, away"):
        world.actors[who].person.is_manager = True
    for one in world.actors.values():
        if one.channel.guild_id is not None:
            box.guilds[one.channel.guild_id].members.add(one.person.id)
    world.stage.owners = frozenset({world.person("operator")})
    await world.stage.run(lambda rooms: _known(rooms, world, [GuildId(far.id), GuildId(third.id)]))


def _known(rooms: Any, world: World, guilds: list[GuildId]) -> None:
    for guild in guilds:
        rooms.guilds.allow(guild)
    for one in world.actors.values():
        rows(rooms.db, "insert or ignore into members (id, first_seen) values (:id, 1.0)", id=one.person.id)
    rooms.moderation.block(world.stage.guild, world.person("blocked"), world.person("manager"))
    rooms.moderation.block(guilds[1], world.person("owner"), world.person("manager"))


# ---- things


async def things_of(world: World) -> None:
    """One of each thing, all of them ana's."""
    await world.stage.run(lambda rooms: _words(rooms, world))
    for thing, word in GRIDS.items():
        await _grid(world, thing, word)
    await _trainings(world)
    await _contact_sheet(world)
    await _draft(world)
    await _question(world)
    await _orders(world)
    await _imports(world)
    await world.stage.ana.command("imagine", prompt="a cup", count=1)
    world.facts["pictures that wait in the queue"] = {"job": (await world.stage.job()).id}
    await world.stage.run(lambda rooms: _own(rooms, world))


def _words(rooms: Any, world: World) -> None:
    ana, home = world.person("owner"), world.stage.guild
    sheet = rooms.vault.put(ana, PNG + b"sheet")
    for thing, word in WORDS.items():
        kind = Kind.PERSON if word in {"anaself", "pamface", "gonepast"} else Kind.ANIMAL
        concept = rooms.concepts.create(ana, home, word, kind, "dog")
        blob = rooms.vault.put(ana, weights_of(word, "dog", "lora"))
        version = add_version(rooms.concepts, concept, blob, sheet=sheet)
        world.facts[thing] = {"word": word, "concept": concept.id, "version": version.id}
        if word == "secretdog":
            add_version(rooms.concepts, concept, rooms.vault.put(ana, weights_of(word, "dog", "lora")), sheet=sheet)
        if kind is Kind.PERSON:
            person = world.person("shown") if word == "pamface" else ana
            rooms.concepts.agree(
                Consent(concept=concept.id, person=person, text_version=str(TEXT_VERSION), given_at=1.0)
            )
            shown = None if person == ana else person
            rows(rooms.db, "update concepts set person = :shown where id = :id", shown=shown, id=concept.id)
    _shared(rooms, world)


def _shared(rooms: Any, world: World) -> None:
    ids = {facts["word"]: ConceptId(facts["concept"]) for facts in world.facts.values()}
    home, role = world.stage.guild, world.actors["role"].person.roles[0]
    for word in ("namedhat", "anaself", "gonepast"):
        for who in ("named", "blocked"):
            rooms.sharing.share(ids[word], Scope.MEMBER, world.person(who))
    rooms.sharing.share(ids["roleink"], Scope.ROLE, role)
    rooms.sharing.share(ids["servercup"], Scope.GUILD, home)
    rooms.sharing.share(ids["badmug"], Scope.GUILD, home)
    rooms.sharing.share(ids["worldsun"], Scope.INSTANCE)
    rooms.concepts.revoke(ids["gonepast"])
    rooms.sharing.quarantine(ids["badmug"])
    rooms.rules.add_filter(home, FilterKind.WORD, "gore", actor=world.person("manager"))
    about = {"guild": home, "channel": world.stage.channel(), "reason": "odd", "concept": ids["badmug"]}
    reports = [rooms.moderation.report(world.person(who), **about) for who in REPORTERS]
    world.facts["the order of the server"] = {
        "style_report": reports[0].id,
        "member": key_of(world.person("owner")),
        "guild": f"{home:016x}",
        "channel": f"{world.stage.channel():016x}",
        "role": str(world.actors["role"].person.roles[0]),
        "room": str(world.stage.channel()),
        "blocked": key_of(world.person("blocked")),
    }


async def _grid(world: World, thing: str, word: str) -> None:
    stage = world.stage
    await stage.ana.command("imagine", prompt=f"<{word}> on the beach", count=2)
    job = await stage.job()
    images = await stage.draw(job)
    world.facts[thing] = {"job": job.id, "image": images[0].id}
    world.posted[job.id] = int((await stage.post(job.id)).id)
    if "hidden" in thing:
        about = {"guild": stage.guild, "channel": stage.channel(), "reason": "bad", "image": images[0].id}
        for who in REPORTERS:
            made = await stage.run(lambda rooms, who=who: rooms.moderation.report(world.person(who), **about))
            world.facts["the order of the server"]["report"] = made.id


async def _trainings(world: World) -> None:
    stage = world.stage
    for thing, word in (("a training that failed", "failing"), ("a training under way", "learning")):
        await stage.ana.press(await stage.report(3, word=word), "Train")
        job = await stage.start(await stage.job(), done=1, total=9)
        if word == "failing":
            await stage.fail(job)
        world.facts[thing] = {"job": job.id}
        world.posted[job.id] = int((await stage.post(job.id)).id)


async def _contact_sheet(world: World) -> None:
    stage, version = world.stage, world.facts["a word that nobody else may use"]["version"]
    await stage.forge(stage.ana, f"t1:compare:{version}")
    job = await stage.start(await stage.job())
    await stage.run(
        lambda rooms: rooms.queue.commit(job.id, job.attempt, {"sheet": rooms.vault.put(job.owner, PNG + b"contact")})
    )
    world.facts["a contact sheet"] = {"job": job.id}


async def _question(world: World) -> None:
    """Ana asks pam whether what shows her may be learned."""
    stage, pam = world.stage, str(world.person("shown"))
    report = await stage.report(3, word="pamsmile", kind=None, who="member", member=pam)
    await stage.ana.press(report, "Ask them")
    (asked,) = await stage.run(lambda rooms: rooms.questions.of_member(world.person("owner")))
    world.facts["a question whether a likeness may be learned"] = {"question": asked.id, "draft": asked.draft}


async def _orders(world: World) -> None:
    """Pictures that wait: for which of two words is meant, and for leave to mix one."""
    stage = world.stage
    await stage.run(lambda rooms: _others(rooms, world))
    card = await stage.ana.command("imagine", prompt="<twinned> in the snow", count=1)
    world.facts["pictures that wait for the choice of a word"] = {"order": _id_in(card, "mean")}
    await stage.ana.command("imagine", prompt="<askfirst> and <secretdog>", count=1)
    asked = (await stage.run(lambda rooms: rooms.questions.of_member(world.person("owner"))))[-1]
    world.facts["a question whether a member's word may be mixed"] = {"question": asked.id}


def _others(rooms: Any, world: World) -> None:
    """Words of other members that ana may use."""
    _removed(rooms, world)
    for who, word in (("member", "twinned"), ("role", "twinned"), ("member", "askfirst")):
        owner = world.person(who)
        concept = rooms.concepts.create(owner, world.stage.guild, word, Kind.ANIMAL, "dog")
        add_version(rooms.concepts, concept, rooms.vault.put(owner, weights_of(word, "dog", "lora")))
        mixing = Mixing.ASK if word == "askfirst" else None
        rooms.sharing.share(concept.id, Scope.MEMBER, world.person("owner"), mixing=mixing)


async def _imports(world: World) -> None:
    """Weights made elsewhere: handed in, agreed to, and taken over."""
    stage = world.stage
    for word, kind in (("unsaid", None), ("mylikeness", "person"), ("takenover", "animal")):
        options = {"word": word, "kind": kind, "file": (f"{word}.safetensors", photo(7))}
        card = await stage.ana.command("words import", **options)
        if word == "takenover":
            job = await stage.job()
            done = await stage.run(partial(end, job=job))
            world.facts["a word that was taken over and not enabled"] = {"job": done.id}
        else:
            told = {"import": _id_in(card, "import_drop"), "version": str(TEXT_VERSION)}
            world.facts[f"weights made elsewhere that wait, {'of a person' if kind else 'of nobody knows what'}"] = told


def _removed(rooms: Any, world: World) -> None:
    """A style of ana's that this server's moderators have removed."""
    owner, home = world.person("owner"), world.stage.guild
    concept = rooms.concepts.create(owner, home, "outcast", Kind.ANIMAL, "dog")
    add_version(rooms.concepts, concept, rooms.vault.put(owner, weights_of("outcast", "dog", "lora")))
    rooms.sharing.share(concept.id, Scope.GUILD, home)
    about = {"guild": home, "channel": world.stage.channel(), "reason": "odd", "concept": concept.id}
    report = rooms.moderation.report(world.person("member"), **about)
    rooms.moderation.close(report, Verdict.REMOVE, world.person("manager"))
    world.facts["the order of the server"]["removed"] = report.id


def _id_in(card: Any, verb: str) -> str:
    return str(custom_id_of(shown(card), verb).split(":")[2])


async def _draft(world: World) -> None:
    report = await world.stage.report(3, word="waiting")
    draft, photo = (custom_id_of(report, verb).split(":")[2] for verb in ("train", "remove"))
    world.facts["photos that wait for Train"] = {"draft": draft, "photo": photo}


def _own(rooms: Any, world: World) -> None:
    ana, image = world.person("owner"), world.facts["pictures with a word that nobody else may use"]["image"]
    rooms.wishes.star(ana, image)
    rooms.wishes.save(ana, Preset(name="anaspreset", count=2))
    liker = actor(world.person("member"), world.stage.guild)
    rooms.styles.like(liker, ConceptId(world.facts["a word shared with this server"]["concept"]), None)
    world.facts["what is each member's own"] = {
        "member": key_of(ana),
        "favourite": image,
        "preset": "anaspreset",
        "listing": rooms.styles.lists.open(ana, Order.NAME).id,
    }
