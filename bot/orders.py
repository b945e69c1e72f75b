"""From a prompt to queued pictures: which versions its words mean, and may this member use them here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot import beginnings, choosing, holding
from bot.beginnings import Beginning
from bot.choosing import Meanings
from bot.ground import fitted, may_begin, texts_of
from bot.habits import habits_of
from bot.limits import refuse_above
from bot.meaning import may_use, meant_by, newest, resolved, roles_that_open, with_words, words_of
from bot.mixing import NOTHING, Given
from bot.studio import Asker, EngineFacts
from bot.waits import usual_s
from storage.database import transaction
from storage.errors import NotAllowed, NotFound, TintypeError
from storage.pending import Pending
from storage.permissions import Action, can, knows
from storage.questions import Question
from storage.records import (
    Actor,
    Concept,
    ConceptId,
    Image,
    Job,
    JobId,
    JobKind,
    JobState,
    Relation,
    Version,
    VersionId,
)
from storage.words import parse_prompt

MOST_PICTURES = 4
SEEDS = 2**32
SHAPES = ("square", "portrait", "landscape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a member asks for."""

    prompt: str
    negative: str = ""
    extra: Sequence[str] = ()  #: words to put in when the prompt does not name them
    count: int = 4
    seed: int | None = None
    shape: str = "square"
    quality: str = "normal"
    begin: Beginning | None = None
    meant: ConceptId | None = None  #: what its name means in this prompt, whatever else bears that name


Outcome = Job | Pending  # queued, or waiting until a word is chosen or its owner has answered


def ordered(rooms: Any, asker: Asker, order: Order, facts: EngineFacts | None, now: float) -> tuple[Outcome, bool]:
    """Queue new pictures; the same interaction again answers what is there, and False.

    Raises: TintypeError when the prompt is empty or too long, or a word is unknown, not learned or not theirs.
    """
    may_begin(rooms, asker, Action.IMAGINE)
    prompt = with_words(order.prompt, order.extra)
    request = {
        "prompt": prompt,
        "negative_prompt": order.negative,
        "count": order.count,
        "seed": secrets.randbelow(SEEDS) if order.seed is None else order.seed,
        "shape": order.shape,
        "quality": order.quality,
        "relation": None,
    }
    parse_prompt(order.negative)
    meanings = meant_by(rooms, asker, prompt, facts, order.meant)
    if order.begin is not None:
        return beginnings.put_with(
            rooms, asker, order.begin, lambda image: _settled(rooms, asker, {**request, **image}, facts, now, meanings)
        )
    return _settled(rooms, asker, request, facts, now, meanings)


def _settled(
    rooms: Any,
    asker: Asker,
    request: Mapping[str, Any],
    facts: EngineFacts | None,
    now: float,
    meanings: Meanings,
    parent: str | None = None,
) -> tuple[Outcome, bool]:
    """Queue an order once it is clear what its words mean."""
    words = words_of(rooms, asker, request["prompt"])
    unclear = choosing.unclear_in(rooms, asker, words, facts, meanings)
    if unclear is None:
        known = [resolved(rooms, asker, word, facts, meanings) for word in words]
        return _put(rooms, asker, dict(request) | {"words": known}, now, parent)
    rooms.rules.refuse(asker.actor.guild, *texts_of(request))
    told = {"order": dict(request), "meanings": dict(meanings), "parent": parent}
    return choosing.put_aside(rooms, asker, unclear, told), True


def _put(
    rooms: Any,
    asker: Asker,
    request: Mapping[str, Any],
    now: float,
    parent: str | None = None,
    given: Given = NOTHING,
) -> tuple[Outcome, bool]:
    """Queue an order, or ask the owners of its words first; `given` is what they have said yes to for it.

    `parent` is the job whose pictures it begins from.
    """
    request = fitted(rooms, asker, request)
    rooms.rules.refuse(asker.actor.guild, *texts_of(request))
    if request.get("is_from_upload"):
        beginnings.refuse_for_adults(asker)
    needed = given.lacking(rooms, asker.member, request["words"])
    refuse_above(rooms, asker, JobKind.IMAGINE, int(request["count"]))
    if needed:
        return holding.put_aside(rooms, asker, {"order": request, "parent": parent}, needed), True
    job, made = rooms.queue.put(
        asker.new_job(
            JobKind.IMAGINE,
            predicted_s=usual_s(rooms, JobKind.IMAGINE, now),
            request=dict(request)
            | habits_of(rooms, asker, request)
            | {"is_adult": asker.actor.is_adult_channel, "given": given.told()}
            | {"roles": roles_that_open(rooms, asker.actor, request["words"])},
        )
    )
    return job, made


# --- from pictures that are there ------------------------------------------------------------------------------------


def finished(rooms: Any, asker: Asker, job_id: str, action: Action) -> tuple[Job, list[Image]]:
    """A finished /imagine and its pictures, when this member may do that with them.

    Raises: NotFound, NotAllowed, TintypeError(E_PICTURE_GONE) when they were deleted.
    """
    job: Job | None = rooms.queue.get(JobId(job_id))
    if job is None or job.kind is not JobKind.IMAGINE or job.state is not JobState.SUCCEEDED:
        raise NotFound("E_NOT_FOUND")
    images = rooms.images.of_job(job.id)
    if not images:
        raise TintypeError("E_PICTURE_GONE")
    for image in images:
        can(asker.actor, action, image)
    if action is not Action.DELETE:
        refuse_hidden(rooms, asker, job.id)
    if action is not Action.DELETE:
        beginnings.refuse_shown(asker, job)
    return job, images


def refuse_hidden(rooms: Any, asker: Asker, job: JobId) -> None:
    """Raises: NotAllowed(E_HIDDEN, E_PICTURE_BACK) when a job's pictures are kept from this member's view."""
    if rooms.moderation.is_hidden(job):
        raise NotAllowed("E_HIDDEN")
    if rooms.images.is_withdrawn(job, asker.member):
        raise NotAllowed("E_PICTURE_BACK")


def followed(
    rooms: Any, asker: Asker, job_id: str, relation: Relation, n: int, now: float, amount: str = "subtle"
) -> tuple[Outcome, bool]:
    """Queue variations (subtle or strong) or an enlargement of picture `n`, or the whole order once more.

    Raises: TintypeError(E_IMAGE_GONE) when the order begins from a picture that is not kept any more.
    """
    job, images = finished(rooms, asker, job_id, Action.VARY)
    if relation is not Relation.AGAIN and not 1 <= n <= len(images):
        raise NotFound("E_NOT_FOUND")
    parent = images[max(n, 1) - 1]
    may_use_words(rooms, asker, job)
    _refuse_dropped(rooms, job)
    is_same = relation is Relation.ENLARGE
    if relation is Relation.AGAIN:
        beginnings.kept(rooms, asker, job)
    left = frozenset() if relation is Relation.AGAIN else beginnings.OF_BEGINNING
    request = {name: told for name, told in job.request.items() if name not in left} | {
        "seed": parent.seed if is_same else secrets.randbelow(SEEDS),
        "count": 1 if is_same else job.request["count"] if relation is Relation.AGAIN else MOST_PICTURES,
        "relation": {"kind": str(relation), "parent": None if relation is Relation.AGAIN else parent.id}
        | ({"amount": amount} if relation is Relation.VARY else {}),
    }
    return _put(rooms, asker, request, now, job.id, Given(is_part=is_same and job.owner == asker.member))


def may_use_words(rooms: Any, asker: Asker, job: Job) -> None:
    """Raises: NotFound or NotAllowed when this member may not use a word that the job's pictures show."""
    for word in job.request["words"]:
        version = rooms.concepts.version(VersionId(word["version"]))
        if version is None:
            raise NotFound("E_WORD_GONE")
        may_use(rooms, asker, version.concept)


def _refuse_dropped(rooms: Any, job: Job) -> None:
    """Raises: NotFound(E_VERSION_GONE) when a version that the job's pictures were drawn with was dropped."""
    for word in job.request["words"]:
        if rooms.concepts.version(VersionId(word["version"])).is_dropped:
            raise NotFound("E_VERSION_GONE", word=name_today(rooms, word, readers_of(job)))


def edited(
    rooms: Any, asker: Asker, job_id: str, order: Order, facts: EngineFacts | None, now: float
) -> tuple[Outcome, bool]:
    """Queue the order of a finished job with another prompt; its seed, count and shape stay."""
    job, images = _editable(rooms, asker, job_id)
    prompt = with_words(order.prompt, ())
    parse_prompt(order.negative)
    request = dict(job.request) | {
        "prompt": prompt,
        "negative_prompt": order.negative,
        "relation": {"kind": "edit", "parent": images[0].id, "amount": "strong", "strength": 1.0},
    }
    return _settled(rooms, asker, request, facts, now, {}, job.id)


def _editable(rooms: Any, asker: Asker, job_id: str) -> tuple[Job, list[Image]]:
    job, images = finished(rooms, asker, job_id, Action.VARY)
    may_use_words(rooms, asker, job)  # the picture it begins from shows them
    beginnings.kept(rooms, asker, job)
    return job, images


# --- that have waited ------------------------------------------------------------------------------------------------


def chosen(rooms: Any, asker: Asker, pending_id: str, n: int, facts: EngineFacts | None, now: float) -> Outcome:
    """Go on with the asker's order, whose word is candidate `n`; when it is refused, the choice stays open.

    Raises: NotFound(E_ORDER_GONE, E_NOT_FOUND), and as `ordered`.
    """
    can(asker.actor, Action.IMAGINE)
    order = choosing.pending_of(rooms, asker, pending_id)
    meanings, parent = choosing.meanings_with(order, n), order.request["parent"]
    with transaction(rooms.db):
        if parent:
            _editable(rooms, asker, parent)
        outcome, _ = _settled(rooms, _once(asker, order), order.request["order"], facts, now, meanings, parent)
        rooms.pending.drop(order.id)
    return outcome


def released(
    rooms: Any, asker: Asker, order: Pending, asked: Sequence[Question], facts: EngineFacts | None, now: float
) -> Job:
    """Queue an order that all who were asked have allowed, as if it was typed now: everything else is checked anew.

    Raises: NotAllowed(E_MIX_ASK) when by now others are to be asked too, and as `ordered`.
    """
    request, parent = order.request["order"], order.request["parent"]
    if parent:
        may_use_words(rooms, asker, finished(rooms, asker, parent, Action.VARY)[0])
    words = [_today(rooms, asker, word, facts) for word in request["words"]]
    outcome, _ = _put(rooms, _once(asker, order), dict(request) | {"words": words}, now, parent, Given(answers=asked))
    if not isinstance(outcome, Job):
        raise NotAllowed("E_MIX_ASK", word=words[0]["name"])
    return outcome


def _once(asker: Asker, order: Pending) -> Asker:
    """Whatever is pressed and however often: what follows from an order that has waited is one."""
    return replace(asker, key=f"p{order.id}")


def _today(rooms: Any, asker: Asker, word: Mapping[str, Any], facts: EngineFacts | None) -> dict[str, Any]:
    """An order's word, with the version that it was typed with, or today's where that is of no use any more."""
    typed: Version | None = rooms.concepts.version(VersionId(word["version"]))
    if typed is None:
        raise NotFound("E_WORD_GONE")
    may_use(rooms, asker, typed.concept)
    versions = [*([] if typed.is_dropped else [typed]), *rooms.concepts.in_use(typed.concept)]
    return dict(word) | {"version": newest(versions, str(word["name"]), facts).id}


def name_today(rooms: Any, word: Mapping[str, Any], reader: Actor) -> str:
    """The name that a job's word has now, for whoever may use it; for others, and of one that is gone, what it was."""
    version = rooms.concepts.version(VersionId(word["version"]))
    concept: Concept | None = version and rooms.concepts.get(version.concept)
    return concept.name if concept and knows(reader, rooms.sharing.held(concept)) else str(word["name"])


def readers_of(job: Job) -> Actor:
    """Who reads what stands in a channel: it says no more than whoever asked for the job may know."""
    return Actor(member=job.owner, guild=job.guild)


def prompt_today(rooms: Any, job: Job, reader: Actor | None = None) -> str:
    """The prompt of a job, for one reader or for its channel, with its words under the names that they have now."""
    prompt = str(job.request["prompt"])
    for word in job.request.get("words", ()):
        name = name_today(rooms, word, reader or readers_of(job))
        prompt = re.sub(rf"<{re.escape(word['name'])}(?=[:>])", f"<{name}", prompt, flags=re.IGNORECASE)
    return prompt
