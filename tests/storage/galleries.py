"""Words that are taught and shared in one line each."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from storage.concepts import Concepts
from storage.database import insert, rows
from storage.images import Images
from storage.records import BlobId, Concept, Consent, Grant, ImageWord, Kind, MemberId, Scope
from storage.styles import Base
from tests.storage.clocks import HandClock
from tests.storage.rooms import ANA, BEN, HOME, add_version, picture

BLOB = BlobId("101-" + "a" * 32)
BASE = Base(id="miniature", revision="1")
SERVER, EVERYWHERE = (Scope.GUILD, HOME), (Scope.INSTANCE, 0)


class Gallery:
    """Words that are taught and shared in one line each."""

    def __init__(self, db: Database, concepts: Concepts, images: Images, clock: HandClock) -> None:
        self.db, self.concepts, self.images, self.clock = db, concepts, images, clock
        self.jobs = 0

    def taught(self, name: str = "ana-dog", owner: MemberId = ANA, kind: Kind = Kind.ANIMAL) -> Concept:
        concept = self.concepts.create(owner, HOME, name, kind, "dog")
        add_version(self.concepts, concept, BLOB)
        return concept

    def shared(
        self, name: str = "ana-dog", owner: MemberId = ANA, kind: Kind = Kind.ANIMAL,
        grant: tuple[Scope, int] = SERVER, about: str = "",
    ) -> Concept:  # fmt: skip
        concept = self.taught(name, owner, kind)
        if kind is Kind.PERSON:
            self.agreed(concept)
        insert(self.db, "shares", concept=concept.id, licence="here", about=about, shared_at=self.clock.now())
        self.concepts.grant(Grant(concept=concept.id, scope=grant[0], subject=grant[1]))
        self.clock.pass_s(1)
        return concept

    def agreed(self, concept: Concept) -> None:
        self.concepts.agree(
            Consent(concept=concept.id, person=concept.owner, text_version="1", given_at=self.clock.now())
        )

    def drawn(self, *words: Concept, by: MemberId = BEN, **more: Any) -> str:
        self.jobs += 1
        job = f"{self.jobs:016x}"
        made = picture(by, job, BLOB, **({"created_at": self.clock.now()} | more))
        versions = [self.concepts.versions(concept.id)[0].id for concept in words]
        self.images.add(made, [ImageWord(image=made.id, version=version, strength=1.0) for version in versions])
        return job

    def set(self, table: str, concept: Concept, **values: object) -> None:
        for name, value in values.items():
            rows(self.db, f"update {table} set {name} = :value where concept = :id", value=value, id=concept.id)
