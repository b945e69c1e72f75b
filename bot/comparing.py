"""Contact sheets: sample points by strengths of one word, drawn on demand; and what is chosen from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot import texts, versions
from bot.ground import may_begin
from bot.limits import refuse_above
from bot.meaning import is_made_for
from bot.studio import Asker, EngineFacts
from bot.waits import usual_s
from storage.database import transaction
from storage.errors import NotFound, TintypeError
from storage.permissions import Action, can
from storage.records import Job, JobId, JobKind, JobState, Version

STRENGTHS = (0.6, 0.8, 1.0, 1.2)

Row = Mapping[str, Any]


def queued(rooms: Any, asker: Asker, version_id: str, facts: EngineFacts, now: float) -> tuple[Job, bool]:
    """Queue the contact sheet of a version: a row for itself and for each sample point that may still be chosen.

    Raises: NotFound, NotAllowed as `may_begin`, TintypeError(E_WORD_FOREIGN_BASE).
    """
    may_begin(rooms, asker, Action.IMAGINE)
    version, concept = versions.own(rooms, asker, version_id, Action.CHANGE)
    can(asker.actor, Action.USE, rooms.sharing.held(concept))
    if not is_made_for(version, facts):
        raise TintypeError("E_WORD_FOREIGN_BASE", word=concept.name, base=version.base_model)
    refuse_above(rooms, asker, JobKind.SHEET)
    job, made = rooms.queue.put(
        asker.new_job(
            JobKind.SHEET,
            concept=concept.id,
            predicted_s=usual_s(rooms, JobKind.SHEET, now),
            request={
                "version": version.id,
                "word": concept.name,
                "kind": str(concept.kind),
                "rows": rows_of(rooms, version),
                "strengths": list(STRENGTHS),
                "weight": rooms.setups.weight(asker.actor),
            },
        )
    )
    return job, made


def rows_of(rooms: Any, version: Version) -> list[Row]:
    """The rows of a version's contact sheet, by the step that each was at; its own is marked.

    Beside it stand what else of its training is a version by now, and what may still become one.
    """
    job = rooms.queue.get(version.job)
    best = job.result.get("best_step") if job else None
    made = [
        _row(one.point, one.scores.get("step") or best, one.scores.get("pick"), f"v{one.n}", is_marked=one == version)
        for one in _of_training(rooms, version)
    ]
    waiting = [_row(point.number, point.done, point.score, "") for point in rooms.points.of(version.job)]
    return sorted([*made, *waiting], key=lambda row: row["step"] or 0)


def _row(
    point: int | None, step: int | None, score: float | None, otherwise: str, *, is_marked: bool = False
) -> dict[str, Any]:
    return {
        "point": point,
        "step": step,
        "label": otherwise if step is None else texts.say("compare-row", step=step),
        "note": "" if score is None else f"{score:.0%}",
        "is_marked": is_marked,
    }


def choose(rooms: Any, asker: Asker, job_id: str, n: int) -> Job:
    """Let the word mean what stands in cell `n` of a contact sheet, 1 the first, row by row.

    Raises: NotFound(E_NOT_FOUND, E_VERSION_GONE, E_POINT_GONE), NotAllowed.
    """
    job: Job | None = rooms.queue.get(JobId(job_id))
    if job is None:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, Action.CHANGE, job)
    rows, strengths = job.request.get("rows") or (), job.request.get("strengths") or ()
    if job.kind is not JobKind.SHEET or job.state is not JobState.SUCCEEDED or not 1 <= n <= len(rows) * len(strengths):
        raise NotFound("E_NOT_FOUND")
    row, column = divmod(n - 1, len(strengths))
    version = _chosen(rooms, asker, str(job.request["version"]), rows[row], float(strengths[column]))
    rooms.concepts.choose(version, float(strengths[column]))
    return job


def _chosen(rooms: Any, asker: Asker, version_id: str, row: Row, strength: float) -> Version:
    """The version that a row is; a sample point becomes one."""
    point, known = row["point"], version_of(rooms, version_id, row)
    if known is not None:
        return versions.own(rooms, asker, known.id, Action.CHANGE)[0]
    source = rooms.concepts.version(version_id)
    found = rooms.points.get(source.job, point) if source else None
    if source is None or found is None:
        raise NotFound("E_POINT_GONE")
    with transaction(rooms.db):
        rooms.points.taken(found)
        made: Version = rooms.concepts.add_point(source, found, strength)
    return made


def version_of(rooms: Any, version_id: str, row: Row) -> Version | None:
    """The version that a row of a contact sheet is already; None while it is only a sample point."""
    source: Version | None = rooms.concepts.version(version_id)
    if source is None or row["point"] == source.point:
        return source
    return next((one for one in _of_training(rooms, source) if one.point == row["point"]), None)


def _of_training(rooms: Any, source: Version) -> Sequence[Version]:
    return [one for one in rooms.concepts.versions(source.concept) if one.job == source.job]
