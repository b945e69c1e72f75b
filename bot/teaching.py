"""From a draft to its training: what it still lacks, whose agreement it needs, and the one step that queues it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot import consent, likeness
from bot.drafts import class_word_of, judged, kind_of, method_of, own, still_open
from bot.ground import may_teach
from bot.limits import refuse_above
from bot.naming import concept_for
from bot.studio import Asker, EngineFacts, MethodFacts
from bot.waits import usual_s
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.permissions import Action, can
from storage.photo_report import PhotoReport, Verdict
from storage.photos import ASKED, KEPT, OPEN, TRAINING
from storage.records import ConceptId, Consent, Draft, Job, JobId, JobKind, Kind, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A draft with all that its training needs, agreements apart."""

    draft: Draft
    kind: Kind
    method: MethodFacts
    class_word: str
    photos: PhotoReport


def ready(rooms: Any, asker: Asker, draft: Draft, facts: EngineFacts) -> Ready:
    """Whether the draft could be trained now.

    Raises: TintypeError with what is still missing.
    """
    may_teach(rooms, asker, draft.kind)
    refuse_above(rooms, asker, JobKind.TRAIN)
    kind = kind_of(draft)
    method, class_word = method_of(draft, facts), class_word_of(draft, facts)
    photos = judged(rooms.photos.of(draft.id), draft, facts)
    if photos.verdict is Verdict.REFUSE:
        raise TintypeError("E_TOO_FEW_PHOTOS", have=photos.have, need=photos.need, method=method.title)
    return Ready(draft=draft, kind=kind, method=method, class_word=class_word, photos=photos)


def to_be_asked(rooms: Any, asker: Asker, draft_id: str) -> MemberId | None:
    """The member who must agree before this draft is learned, and has not; None when nobody must be asked.

    Raises: as `own_open`.
    """
    draft = own(rooms, asker, draft_id)
    if draft.state == TRAINING:
        return None
    person = likeness.shown(rooms, still_open(draft))
    return None if person is None or likeness.agreement(rooms, draft, person) else person


def queued(rooms: Any, asker: Asker, draft_id: str, facts: EngineFacts, now: float, *, read: int) -> tuple[Job, bool]:
    """Queue the draft's training, told where it is pressed; pressing twice answers the job that is there, and False.

    `read` is the version of the agreement that stood above the button, 0 for none.
    Raises: TintypeError with what is still missing; nothing is changed then.
    """
    draft = own(rooms, asker, draft_id)
    if draft.state == TRAINING:
        return _job_of(rooms, draft), False
    need, person = ready(rooms, asker, still_open(draft), facts), likeness.shown(rooms, draft)
    if person is not None:
        likeness.refuse_unagreed(rooms, draft, person)
    elif need.kind is Kind.PERSON and read != consent.TEXT_VERSION:
        raise NotAllowed("E_CONSENT_UNREAD")
    concept = concept_for(rooms, draft, need.kind, need.class_word)
    new = asker.new_job(
        JobKind.TRAIN,
        concept=concept.id,
        predicted_s=usual_s(rooms, JobKind.TRAIN, now),
        request={
            "draft": draft.id,
            "concept": concept.id,
            "word": concept.name,
            "kind": str(need.kind),
            "class_word": need.class_word,
            "method": need.method.name,
            "photos": list(need.photos.proposed),
            "weight": rooms.setups.weight(asker.actor),
        },
    )
    job, made = rooms.queue.put(new, lambda _db, _job: _keep(rooms, draft, concept.id, now))
    return job, made


def _keep(rooms: Any, draft: Draft, concept: ConceptId, now: float) -> None:
    """What belongs to the job, in its own transaction: the draft is used, a person has agreed."""
    rooms.photos.change_draft(draft.id, state=TRAINING)
    person = likeness.shown(rooms, draft)
    if person is not None:
        likeness.keep_agreement(rooms, draft, concept, person)
    elif draft.kind is Kind.PERSON:
        version = str(consent.TEXT_VERSION)
        rooms.concepts.agree(Consent(concept=concept, person=draft.owner, text_version=version, given_at=now))


def _job_of(rooms: Any, draft: Draft) -> Job:
    """The training that this draft was last used for."""
    for job in rooms.queue.of_owner(draft.owner, limit=200):
        if job.request.get("draft") == draft.id:
            found: Job = job
            return found
    raise NotFound("E_DRAFT_GONE")


def reopened(rooms: Any, asker: Asker, job_id: str) -> Draft:
    """The draft of a training that failed or was cancelled, open again.

    Raises: NotFound(E_DRAFT_GONE) when its photos were deleted, TintypeError(E_DRAFT_USED) when it is still running,
    E_DRAFT_KEPT when a later try has succeeded.
    """
    job: Job | None = rooms.queue.get(JobId(job_id))
    if job is None:
        raise NotFound("E_NOT_FOUND")
    can(asker.actor, Action.RETRY, job)
    draft = own(rooms, asker, str(job.request.get("draft", "")))
    if draft.state in (ASKED, KEPT):
        return still_open(draft)
    if not rooms.photos.is_at_rest(draft):
        raise TintypeError("E_DRAFT_USED")
    if not rooms.photos.of(draft.id):
        raise NotFound("E_DRAFT_GONE")
    changed: Draft = rooms.photos.change_draft(draft.id, state=OPEN)
    return changed
