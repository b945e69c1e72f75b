"""Who may do what: one function, asked by every command, completion, button and modal when it is used."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from storage.errors import NotAllowed, NotFound, TintypeError
from storage.questions import Question
from storage.records import Actor, Concept, Draft, Grant, GuildId, Image, Import, Job, JobKind, Kind, MemberId, Scope


class Action(StrEnum):
    """What a member can want."""

    TRAIN = "train"  #: begin a training here
    IMAGINE = "imagine"  #: ask for pictures here
    USE = "use"  #: write a word in a prompt
    SEE = "see"  #: look at a card, a job's state or a picture
    POST = "post"  #: show a job or picture again to everybody in a channel
    RECIPE = "recipe"
    RENAME = "rename"
    SHARE = "share"  #: open a word to others, or close it
    DELETE = "delete"
    EXPORT = "export"
    CHANGE = "change"  #: add or remove photos of a draft
    CANCEL = "cancel"
    STOP = "stop"  #: stop and keep the best
    RETRY = "retry"
    VARY = "vary"  #: make more from a picture: vary, enlarge, again, edit
    ANSWER = "answer"  #: say yes or no to a question that was asked of them
    WITHDRAW = "withdraw"  #: take a question back


@dataclass(frozen=True, slots=True)
class Held:
    """A concept with what decides about it."""

    concept: Concept
    grants: Collection[Grant] = ()
    has_consent: bool = True  #: a person's agreement is in force
    is_quarantined: bool = False  #: after reports, only its owner may use it for now


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where something is begun, with what its server's managers have set up; a direct message has no rules."""

    trainers: Collection[int] = ()  #: roles that may teach words; none: everybody
    drawers: Collection[int] = ()  #: roles that may ask for pictures; none: everybody
    has_training: bool = True
    has_pictures: bool = True
    training_in: Collection[int] = ()  #: the channels that were named for it; none: all but this
    pictures_in: Collection[int] = ()


Thing = Held | Draft | Import | Job | Image | Ground | Question | None

OWNERS_OWN = frozenset(
    {Action.RENAME, Action.SHARE, Action.DELETE, Action.EXPORT, Action.CHANGE, Action.STOP, Action.RETRY}
)
MODERATORS_TOO = frozenset({Action.DELETE, Action.CANCEL})
SITTERS_TOO = frozenset({Action.SEE, Action.DELETE})  # of another member's word: it is their likeness


def can(actor: Actor, action: Action, thing: Thing = None) -> None:
    """Return when the actor may; raise otherwise.

    Raises: NotAllowed with the reason; NotFound for private things of others, the same as for things that do not exist.
    """
    if isinstance(thing, Question):
        _question(actor, action, thing)  # to answer is a right, of blocked members too
        return
    if actor.is_blocked and action not in (Action.DELETE, Action.EXPORT, Action.SEE):
        until = "none" if actor.blocked_until is None else str(int(actor.blocked_until))
        raise NotAllowed("E_BARRED" if actor.is_barred else "E_BLOCKED", until=until)
    if isinstance(thing, Held):
        _concept(actor, action, thing)
    elif isinstance(thing, Draft | Import):
        _own(actor, thing.owner)
    elif isinstance(thing, Job):
        _job(actor, action, thing)
    elif isinstance(thing, Image):
        _image(actor, action, thing)
    elif isinstance(thing, Ground):
        _ground(actor, action, thing)


def may(actor: Actor, action: Action, thing: Thing = None) -> bool:
    """Whether `can` lets the actor do that."""
    try:
        can(actor, action, thing)
    except TintypeError:
        return False
    return True


def _question(actor: Actor, action: Action, question: Question) -> None:
    if actor.member not in (question.asker, question.person) and actor.guild != question.guild:
        raise NotFound("E_QUESTION_GONE")
    may = {Action.ANSWER: question.person, Action.SEE: question.person, Action.WITHDRAW: question.asker}
    if actor.member != may.get(action):
        raise NotAllowed("E_QUESTION_FOREIGN")


def _ground(actor: Actor, action: Action, ground: Ground) -> None:
    """The roles first: whoever may not at all is not sent to another channel."""
    is_training = action is Action.TRAIN
    roles = ground.trainers if is_training else ground.drawers
    if roles and not actor.roles & set(roles) and action is not Action.POST:
        raise NotAllowed("E_ROLE_TRAIN" if is_training else "E_ROLE_IMAGINE", roles=list(roles))
    if is_training and not ground.has_training:
        raise NotAllowed("E_HERE_TRAIN", channels=list(ground.training_in))
    if not is_training and not ground.has_pictures:
        raise NotAllowed("E_HERE_IMAGINE", channels=list(ground.pictures_in))


def _own(actor: Actor, owner: int) -> None:
    if actor.member != owner:
        raise NotFound("E_NOT_FOUND")


def _concept(actor: Actor, action: Action, held: Held) -> None:
    concept = held.concept
    if action is Action.USE:
        if not _may_use(actor, held):
            raise NotFound("E_NO_SUCH_WORD", word=concept.name, nearest="")
        if concept.kind is Kind.PERSON and actor.is_adult_channel:
            raise NotAllowed("E_PERSON_ADULT", word=concept.name)
        if concept.kind is Kind.PERSON and not held.has_consent:
            raise NotAllowed("E_CONSENT_BACK", word=concept.name)
        return
    if action is Action.SEE and _may_use(actor, held):
        return
    if action in SITTERS_TOO and concept.kind is Kind.PERSON and concept.person == actor.member:
        return
    _own(actor, concept.owner)


def knows(actor: Actor, held: Held) -> bool:
    """Whether a word's present name is theirs to read: they could use it now, but for rules of the place."""
    return _may_use(actor, held)


def _may_use(actor: Actor, held: Held) -> bool:
    if held.concept.owner == actor.member:
        return True
    return not held.is_quarantined and any(_matches(actor, grant) for grant in _valid(held))


def _valid(held: Held) -> list[Grant]:
    """The grants that count: a person's word is never shared with more than named members, whatever a row says."""
    return [grant for grant in held.grants if grant.scope is Scope.MEMBER or held.concept.kind is not Kind.PERSON]


def may_go_on(member: MemberId, guild: GuildId | None, held: Held, roles: Collection[int] | None = None) -> bool:
    """Whether a job under way may still draw with a word.

    `roles` are those that opened its words to its member when it was put; where they were not kept, any may.
    """
    if not held.has_consent:
        return False
    if held.concept.owner == member:
        return True
    actor = Actor(member=member, guild=guild, roles=frozenset(roles or ()))
    is_any = roles is None
    return not held.is_quarantined and any(
        (is_any and grant.scope is Scope.ROLE) or _matches(actor, grant) for grant in _valid(held)
    )


def _matches(actor: Actor, grant: Grant) -> bool:
    match grant.scope:
        case Scope.MEMBER:
            return grant.subject == actor.member
        case Scope.ROLE:
            return grant.subject in actor.roles
        case Scope.GUILD:
            return actor.guild is not None and grant.subject == actor.guild
        case Scope.INSTANCE:
            return True
        case Scope.PRIVATE:
            return False


def _job(actor: Actor, action: Action, job: Job) -> None:
    if actor.member == job.owner or (action in MODERATORS_TOO and actor.is_instance_owner):
        return
    if job.guild is None or job.guild != actor.guild:
        raise NotFound("E_NOT_FOUND")
    if action in MODERATORS_TOO and actor.is_manager:
        return
    if action is Action.SEE and job.kind is JobKind.IMAGINE:
        return
    raise NotAllowed("E_NOT_YOURS")


def _image(actor: Actor, action: Action, image: Image) -> None:
    if actor.member == image.owner:
        if image.has_person and actor.is_adult_channel and action is not Action.DELETE:
            raise NotAllowed("E_PERSON_ADULT", word="")
        return
    if action is Action.DELETE and actor.is_instance_owner:
        return
    if image.guild is None or image.guild != actor.guild:
        raise NotFound("E_NOT_FOUND")
    if action is Action.DELETE and actor.is_manager:
        return
    if action in OWNERS_OWN:
        raise NotAllowed("E_NOT_YOURS")
    if action in (Action.VARY, Action.RECIPE, Action.SEE) and not image.has_person:
        return
    raise NotAllowed("E_NOT_YOURS")
