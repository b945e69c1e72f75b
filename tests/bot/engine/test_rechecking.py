"""What was allowed when an order was put and is not any more when its turn comes is never drawn, and says why."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot import mail
from bot.errors import sentence_of
from bot.fates import claim
from bot.rechecking import NOWHERE, Scene
from bot.retelling import retold
from bot.store import Rooms, open_rooms
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.filtering import FilterKind
from storage.moderation import EVERYWHERE
from storage.questions import NewQuestion, QuestionKind
from storage.records import (
    ChannelId,
    Concept,
    Consent,
    GuildId,
    Job,
    JobId,
    JobKind,
    JobState,
    Kind,
    NewJob,
    Scope,
    Version,
)
from tests.bot.engine.stage import put_pictures, put_sheet, put_training, staged
from tests.storage.rooms import ANA, BEN, CHANNEL, EVE, HOME, add_version

ROOM = Scene(CHANNEL, is_adult=False)
ADULT = Scene(CHANNEL, is_adult=True)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    opened = open_rooms(tmp_path, tmp_path / "master.key", SystemClock())
    yield opened
    opened.db.conn.close()


def word_of(rooms: Rooms, name: str = "ana-dog", kind: Kind = Kind.ANIMAL, owner: Any = ANA) -> tuple[Concept, Version]:
    """A word that Ben may use."""
    concept = rooms.concepts.create(owner, HOME, name, kind, "dog")
    version = add_version(rooms.concepts, concept, rooms.vault.put(owner, b"weights"))
    if kind is Kind.PERSON:
        rooms.concepts.agree(Consent(concept=concept.id, person=owner, text_version="1", given_at=1.0))
    rooms.sharing.share(concept.id, Scope.MEMBER, BEN)
    return concept, version


def allowed(rooms: Rooms, concept: Concept, *, always: bool) -> str:
    """A question of Ben's that Ana has said yes to."""
    new = NewQuestion(
        kind=QuestionKind.PERMISSION, asker=BEN, person=ANA, asker_name="Ben", person_name="Ana", guild=HOME,
        channel=CHANNEL, concept=concept.id, request={"pending": "p", "always": always},
    )  # fmt: skip
    question = rooms.questions.ask(new)[0]
    rooms.questions.answer(question.id, ANA, is_yes=True)
    return question.id


def begun(rooms: Rooms, job: Job, scene: Scene) -> Job | None:
    """The job as it runs, when it was its turn and it may."""
    turn = next((one for one in rooms.queue.line() if one.id == job.id), None)
    return claim(rooms, turn, "engine", scene) if turn else None


def closed(rooms: Rooms, concept: Concept) -> None:
    """The row alone, as if it came from a backup: `unshare` itself cancels what waits."""
    rooms.db.conn.execute("delete from grants where concept = ?", [concept.id])


CHANGES: dict[str, Callable[[Rooms, Concept], Any]] = {
    "E_WORD_CLOSED": closed,
    "E_BLOCKED": lambda rooms, _: rooms.db.conn.execute(
        "insert into blocks (guild, member, actor, at, until) values (?, ?, ?, 1.0, null)", [HOME, BEN, ANA]
    ),
    "E_BARRED": lambda rooms, _: rooms.db.conn.execute(
        "insert into blocks (guild, member, actor, at, until) values (?, ?, null, 1.0, null)", [EVERYWHERE, BEN]
    ),
    "E_MIX_ASK": lambda rooms, word: rooms.sharing.share(word.id, Scope.MEMBER, BEN, mixing="ask"),
    "E_FILTERED": lambda rooms, _: rooms.rules.add_filter(HOME, FilterKind.WORD, "dog", actor=ANA),
    "E_HERE_IMAGINE": lambda rooms, _: rooms.setups.change_place(HOME, CHANNEL, "pictures", "False", seen=1, actor=ANA),
    "E_WORD_GONE": lambda rooms, word: rooms.db.conn.execute("delete from versions where concept = ?", [word.id]),
}


@pytest.mark.parametrize("code", CHANGES)
def test_what_changed_between_order_and_claim_ends_the_job_with_its_reason(rooms: Rooms, code: str) -> None:
    concept, version = word_of(rooms)
    job = put_pictures(rooms, "k", BEN, words=(version,))
    CHANGES[code](rooms, concept)

    assert begun(rooms, job, ROOM) is None

    ended = rooms.queue.get(job.id)
    assert ended is not None
    assert (ended.state, ended.code, ended.attempt) == (JobState.CANCELLED, code, 0)
    assert [row.job for row in rooms.queue.unsent()] == [job.id]
    assert sentence_of(TintypeError(code, **ended.facts)) in json.dumps(
        mail.components_of(retold(rooms, ended, None, 0.0)), ensure_ascii=False
    )


def test_what_did_not_change_is_claimed(rooms: Rooms) -> None:
    _, version = word_of(rooms)
    job = put_pictures(rooms, "k", BEN, words=(version,))

    claimed = begun(rooms, job, ROOM)

    assert claimed is not None
    assert (claimed.state, claimed.attempt) == (JobState.RUNNING, 1)
    assert begun(rooms, job, ROOM) is None


@pytest.mark.parametrize(
    ("kind", "more", "scene", "code"),
    [
        (Kind.PERSON, {}, ADULT, "E_PERSON_ADULT"),
        (Kind.PERSON, {}, ROOM, None),
        (Kind.ANIMAL, {}, ADULT, None),
        (Kind.ANIMAL, {"is_from_upload": True}, ADULT, "E_IMAGE_ADULT"),
        (Kind.ANIMAL, {"is_from_upload": True}, NOWHERE, None),
    ],
)
def test_a_channel_that_became_one_for_adults_gets_no_person(
    rooms: Rooms, kind: Kind, more: dict[str, Any], scene: Scene, code: str | None
) -> None:
    _, version = word_of(rooms, kind=kind)
    job = put_pictures(rooms, "k", BEN, words=(version,), **more)

    begun(rooms, job, scene)

    ended = rooms.queue.get(job.id)
    assert ended is not None
    assert (ended.state, ended.code) == (JobState.CANCELLED if code else JobState.RUNNING, code)


def test_two_people_need_leave_at_the_claim_too_and_no_people_means_none(rooms: Rooms) -> None:
    (ana, one), (_, other) = word_of(rooms, "ana-me", Kind.PERSON), word_of(rooms, "eve-me", Kind.PERSON, EVE)
    job = put_pictures(rooms, "k", BEN, words=(one, other))
    rooms.sharing.share(ana.id, Scope.MEMBER, BEN, mixing="no-people")
    forbidden = put_pictures(rooms, "f", BEN, words=(one, other))

    begun(rooms, job, ROOM)
    begun(rooms, forbidden, ROOM)

    assert [found.code for one in (job, forbidden) if (found := rooms.queue.get(one.id))] == ["E_MIX_PEOPLE"] * 2
    rooms.sharing.share(ana.id, Scope.MEMBER, BEN, mixing="free")
    unasked = put_pictures(rooms, "u", BEN, words=(one, other))
    begun(rooms, unasked, ROOM)
    assert (found := rooms.queue.get(unasked.id))
    assert found.code == "E_MIX_ASK"


@pytest.mark.parametrize("always", [False, True])
def test_leave_that_was_given_for_an_order_counts_until_it_is_taken_back(rooms: Rooms, *, always: bool) -> None:
    concept, version = word_of(rooms)
    rooms.sharing.share(concept.id, Scope.MEMBER, BEN, mixing="ask")
    given = {"answers": [allowed(rooms, concept, always=always)], "is_part": False}
    first = put_pictures(rooms, "a", BEN, words=(version,), given=given)
    second = put_pictures(rooms, "b", BEN, words=(version,), given=given)

    assert begun(rooms, first, ROOM) is not None
    taken = rooms.questions.take_back(concept.id, BEN)

    assert bool(taken) == always  # an answer for one order alone cannot be taken back
    assert (begun(rooms, second, ROOM) is None) == always


def test_an_enlargement_is_part_of_what_was_allowed(rooms: Rooms) -> None:
    concept, version = word_of(rooms)
    rooms.sharing.share(concept.id, Scope.MEMBER, BEN, mixing="ask")
    job = put_pictures(rooms, "k", BEN, words=(version,), given={"answers": [], "is_part": True})

    assert begun(rooms, job, ROOM) is not None


def test_agreement_that_is_gone_ends_pictures_and_sheets(rooms: Rooms) -> None:
    concept, version = word_of(rooms, kind=Kind.PERSON)
    jobs = [put_pictures(rooms, "k", ANA, words=(version,)), put_sheet(rooms, version)]
    rooms.concepts.revoke(concept.id)

    assert [begun(rooms, job, ROOM) for job in jobs] == [None, None]
    assert [found.code for job in jobs if (found := rooms.queue.get(job.id))] == ["E_CONSENT_BACK"] * 2


def test_in_a_direct_message_the_block_of_any_server_holds_and_says_until_when(rooms: Rooms) -> None:
    until = SystemClock().now() + 999.0
    request = {"prompt": "a cup", "words": [], "count": 1, "seed": 1}
    job, _ = rooms.queue.put(
        NewJob(kind=JobKind.IMAGINE, owner=BEN, guild=None, channel=ChannelId(7), key="dm", request=request)
    )
    rooms.moderation.block(GuildId(77), BEN, ANA, until=until)

    assert begun(rooms, job, NOWHERE) is None
    ended = rooms.queue.get(job.id)
    assert ended is not None
    assert (ended.code, ended.facts) == ("E_BLOCKED", {"until": str(int(until))})


@pytest.mark.parametrize(("guild", "code"), [(HOME, "E_BLOCKED"), (EVERYWHERE, "E_BARRED")])
def test_a_block_ends_what_waits_and_what_is_learned_with_its_reason(rooms: Rooms, guild: GuildId, code: str) -> None:
    waiting, training = put_pictures(rooms, "k", ANA), put_training(rooms)
    assert begun(rooms, training, ROOM) is not None

    rooms.moderation.block(guild, ANA, None)

    ended = [found for job in (waiting, training) if (found := rooms.queue.get(job.id))]
    assert [(job.state, job.code, job.facts) for job in ended] == [(JobState.CANCELLED, code, {"until": "none"})] * 2


def test_a_word_that_is_unshared_ends_what_draws_with_it_under_the_name_that_was_written(rooms: Rooms) -> None:
    concept, version = word_of(rooms)
    job = put_pictures(rooms, "k", BEN, words=(version,))
    rooms.concepts.rename(concept, "a-secret")

    rooms.sharing.unshare(concept.id)

    ended = rooms.queue.get(job.id)
    assert ended is not None
    assert (ended.code, ended.facts) == ("E_WORD_CLOSED", {"word": "word-0"})


@pytest.mark.parametrize(("roles", "ends"), [([7], True), ([8], False), ([7, 8], False), (None, False)])
def test_of_several_roles_that_a_word_was_shared_with_those_of_the_member_count(
    rooms: Rooms, roles: list[int] | None, *, ends: bool
) -> None:
    concept, version = word_of(rooms)
    rooms.sharing.unshare(concept.id)
    for role in (7, 8):
        rooms.sharing.share(concept.id, Scope.ROLE, role)
    told = {} if roles is None else {"roles": roles}  # earlier orders have not kept them
    at_once, later = (put_pictures(rooms, key, BEN, words=(version,), **told) for key in ("a", "b"))

    rooms.db.conn.execute("delete from grants where subject = 7")
    begun(rooms, later, ROOM)
    rooms.sharing.unshare(concept.id, Scope.ROLE, 7)

    codes = [found.code for job in (at_once, later) if (found := rooms.queue.get(job.id))]
    assert codes == (["E_WORD_CLOSED"] * 2 if ends else [None, None])


# --- with an engine --------------------------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_pictures_wait_until_discord_has_said_what_their_channel_is_like(tmp_path: Path) -> None:
    scenes: dict[JobId, Scene] = {}
    async with staged(tmp_path, scene_of=lambda job: scenes.get(job.id)) as stage:
        job = await stage.put(put_pictures, "k")
        other = await stage.put(put_pictures, "other")
        scenes[other.id] = ROOM
        stage.scheduler.wake()
        drawn = await stage.end_of(other.id)
        waiting = await stage.job(job.id)
        scenes[job.id] = ROOM
        stage.scheduler.wake()
        ended = await stage.end_of(job.id)

    assert [drawn.state, waiting.state, ended.state] == [JobState.SUCCEEDED, JobState.QUEUED, JobState.SUCCEEDED]


@pytest.mark.asyncio
async def test_what_may_not_begin_is_told_at_once_and_the_next_begins(tmp_path: Path) -> None:
    told = asyncio.Event()
    async with staged(tmp_path, told=told.set) as stage:
        await stage.store.run(lambda rooms: rooms.rules.add_filter(HOME, FilterKind.WORD, "rain", actor=ANA))
        refused: Job = await stage.put(put_pictures, "k", prompt="rain")
        ended = await stage.end_of(refused.id)
        await asyncio.wait_for(told.wait(), 5)
        drawn = await stage.end_of((await stage.put(put_pictures, "other")).id)

    assert (ended.state, ended.code, ended.attempt) == (JobState.CANCELLED, "E_FILTERED", 0)
    assert drawn.state is JobState.SUCCEEDED


@pytest.mark.asyncio
async def test_a_job_whose_row_is_broken_keeps_no_other_from_its_turn(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        broken = await stage.store.run(lambda rooms: put_pictures(rooms, "broken"))
        sql = "update jobs set request = '{}' where id = ?"
        await stage.store.run(lambda rooms: rooms.db.conn.execute(sql, [broken.id]))
        drawn = await stage.end_of((await stage.put(put_pictures, "other", BEN)).id)

    assert drawn.state is JobState.SUCCEEDED
