"""Images that Tintype made: what they show, how they were made, what they came from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

from sqlite_utils import Database

from storage.database import insert, rows
from storage.records import BlobId, ConceptId, Image, ImageId, ImageWord, JobId, MemberId
from storage.rows import image_of, record

MADE = """with recursive made (id) as (
    select image from image_words join versions on versions.id = image_words.version
    join concepts on concepts.id = versions.concept where {where}
    union select images.id from images join made on images.parent = made.id)
select * from images where id in made"""
WITH_WORD = MADE.format(where="concepts.id = :concept")
OF_PERSON = MADE.format(where="ifnull(concepts.person, concepts.owner) = :member and concepts.kind = 'person'")
#: whether a job's pictures, or what they came from, show somebody else who took their agreement back
WITHDRAWN = """with recursive line (id, parent) as (
    select id, parent from images where job = :job
    union select images.id, images.parent from images join line on images.id = line.parent)
select 1 from line join image_words on image_words.image = line.id
join versions on versions.id = image_words.version join concepts on concepts.id = versions.concept
where concepts.kind = 'person' and ifnull(concepts.person, concepts.owner) is not :reader
and not exists (select 1 from consents where concept = concepts.id and revoked_at is null) limit 1"""


class Images:
    """Rows of images; their files are the vault's."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def add(self, image: Image, words: Sequence[ImageWord]) -> None:
        """Keep one image and the words in it; meant to run inside `Queue.commit`."""
        insert(
            self._db, "images", id=image.id, job=image.job, position=image.position, owner=image.owner,
            guild=image.guild, blob=image.blob, name=image.name, seed=image.seed, width_px=image.width_px,
            height_px=image.height_px,
            settings=json.dumps(dict(image.settings)), parent=image.parent, relation=image.relation,
            has_person=image.has_person, created_at=image.created_at,
        )  # fmt: skip
        for word in words:
            insert(self._db, "image_words", **dataclasses.asdict(word))

    def get(self, image: ImageId) -> Image | None:
        """The image, or None."""
        found = rows(self._db, "select * from images where id = :image", image=image)
        return image_of(found[0]) if found else None

    def of_job(self, job: JobId) -> list[Image]:
        """A job's images in order."""
        return [
            image_of(row) for row in rows(self._db, "select * from images where job = :job order by position", job=job)
        ]

    def of_owner(self, owner: MemberId) -> list[Image]:
        """A member's images, the newest first."""
        sql = "select * from images where owner = :owner order by created_at desc"
        return [image_of(row) for row in rows(self._db, sql, owner=owner)]

    def with_word(self, concept: ConceptId) -> list[Image]:
        """The images that any version of a word is in, and those made from them, whoever asked for them."""
        return [image_of(row) for row in rows(self._db, WITH_WORD, concept=concept)]

    def of_person(self, member: MemberId) -> list[Image]:
        """The images that show this person: with a person's word of theirs, or made from such; whoever asked."""
        return [image_of(row) for row in rows(self._db, OF_PERSON, member=member)]

    def is_withdrawn(self, job: JobId, reader: MemberId | None = None) -> bool:
        """Whether a job's pictures show somebody who took their agreement back, and who is not the reader."""
        return bool(rows(self._db, WITHDRAWN, job=job, reader=reader))

    def words(self, image: ImageId) -> list[ImageWord]:
        """The versions in an image."""
        return [
            record(ImageWord, row)
            for row in rows(self._db, "select * from image_words where image = :image", image=image)
        ]

    def delete_job(self, job: JobId) -> list[BlobId]:
        """Drop a job's images; the blobs that the caller must delete from the vault."""
        gone = rows(self._db, "delete from images where job = :job returning blob", job=job)
        return [BlobId(str(row["blob"])) for row in gone]
