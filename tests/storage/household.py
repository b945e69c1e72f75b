"""Members with one of everything, for tests of deletion."""

from __future__ import annotations

from pathlib import Path

from storage.concepts import Concepts
from storage.images import Images
from storage.photos import Photos
from storage.queue import Queue
from storage.records import (
    ChannelId,
    Concept,
    Consent,
    Image,
    ImageWord,
    JobKind,
    Kind,
    MemberId,
    Message,
    Progress,
)
from storage.vault import Vault
from tests.storage.clocks import HandClock
from tests.storage.rooms import HOME, add_photo, add_version, open_draft, picture, wish

CANARY = "canary-7f3a91"


class Household:
    """Two members with one of everything each; all that is Ana's carries the canary."""

    def __init__(
        self, queue: Queue, concepts: Concepts, photos: Photos, images: Images, vault: Vault, clock: HandClock
    ) -> None:
        self.queue, self.concepts, self.photos, self.images = queue, concepts, photos, images
        self.vault, self.clock = vault, clock

    def teach(self, owner: MemberId, name: str, kind: Kind = Kind.ANIMAL) -> Concept:
        mark = name.encode() * 5
        draft = open_draft(self.photos, owner, word=name, class_word=name)
        add_photo(self.photos, draft, mark, f"{name}.png")
        concept = self.concepts.create(owner, HOME, name, kind, name)
        self.concepts.agree(Consent(concept=concept.id, person=owner, text_version=name, given_at=self.clock.now()))
        request = {"draft": draft.id, "word": name, "photos": []}
        job, _ = self.queue.put(wish(f"train {name}", owner=owner, request=request, concept=concept.id))
        self.queue.claim(job.id, "engine", 60)
        self.queue.beat(job.id, 1, 60, progress=Progress(phase=name, done=1, total=2))
        self.queue.beat(job.id, 1, 60, checkpoint=self.vault.put(owner, mark), preview=self.vault.put(owner, mark))
        curve, weights = self.vault.put(owner, mark), self.vault.put(owner, mark)
        self.queue.commit(
            job.id, 1, {"curve": curve, "note": name},
            lambda _db: add_version(self.concepts, concept, weights, job.id, sheet=self.vault.put(owner, mark)),
        )  # fmt: skip
        self.queue.remember(Message(job=job.id, channel=ChannelId(5), message=int(owner) * 10, role="card"))
        row = next(row for row in self.queue.unsent() if row.job == job.id)
        self.queue.sent(row.id, int(owner) * 10 + 1)
        return concept

    def imagine(self, owner: MemberId, key: str, concept: Concept) -> Image:
        job, _ = self.queue.put(wish(key, JobKind.IMAGINE, owner=owner, request={"prompt": f"a {key} picture"}))
        self.queue.claim(job.id, "engine", 60)
        person = concept.kind is Kind.PERSON
        made = picture(owner, job.id, self.vault.put(owner, key.encode() * 9), has_person=person, settings={"p": key})
        (version, *_) = self.concepts.versions(concept.id)
        self.queue.commit(
            job.id, 1, {"images": [made.id]},
            lambda _db: self.images.add(made, [ImageWord(image=made.id, version=version.id, strength=1.0)]),
        )  # fmt: skip
        return made


def places_of(data: Path, text: str) -> list[str]:
    """The files of a data folder in which a text stands."""
    return [path.name for path in data.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]
