"""From a database row to its record: JSON columns parsed, ids and enums typed."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from storage.records import (
    Concept,
    Draft,
    Image,
    Job,
    JobKind,
    JobState,
    Kind,
    OutboxRow,
    Photo,
    Progress,
    Relation,
    Version,
)

R = TypeVar("R")
JSON_COLUMNS = frozenset({"facts", "request", "result", "scores", "settings", "wishes"})


def record(cls: type[R], row: Mapping[str, Any], **overrides: Any) -> R:
    """Make a record from the columns that it has fields for."""
    names = _fields_of(cls) - overrides.keys()  # type: ignore[arg-type]
    values = {name: json.loads(v) if name in JSON_COLUMNS else v for name, v in row.items() if name in names}
    return cls(**values, **overrides)


@cache
def _fields_of(cls: type) -> frozenset[str]:
    return frozenset(field.name for field in dataclasses.fields(cls))


def job_of(row: Mapping[str, Any]) -> Job:
    """A job's row as a record."""
    told = json.loads(row["progress"]) if row["progress"] else None
    progress = Progress(**told) if told else None
    return record(Job, row, kind=JobKind(row["kind"]), state=JobState(row["state"]), progress=progress)


def draft_of(row: Mapping[str, Any]) -> Draft:
    """A draft's row as a record."""
    return record(Draft, row, kind=Kind(row["kind"]) if row["kind"] else None)


def photo_of(row: Mapping[str, Any]) -> Photo:
    """A photo's row as a record."""
    return record(Photo, row)


def concept_of(row: Mapping[str, Any]) -> Concept:
    """A concept's row as a record."""
    return record(Concept, row, kind=Kind(row["kind"]))


def version_of(row: Mapping[str, Any]) -> Version:
    """A version's row as a record."""
    return record(Version, row)


def image_of(row: Mapping[str, Any]) -> Image:
    """An image's row as a record."""
    relation = Relation(row["relation"]) if row["relation"] else None
    return record(Image, row, relation=relation, has_person=bool(row["has_person"]))


def outbox_of(row: Mapping[str, Any]) -> OutboxRow:
    """An outbox row as a record."""
    return record(OutboxRow, row)
