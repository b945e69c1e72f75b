"""Letters about questions: one card to who is asked, one reply to who asked, whatever breaks in between."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from bot import asking, presses
from bot.asking import Face, Yes
from bot.cards import Card, layout
from bot.letters import Letters
from bot.sandbox.client import Message
from bot.texts import say
from storage.clock import SystemClock
from storage.questions import NewQuestion, Question, QuestionKind, QuestionState
from storage.records import DraftId
from tests.bot.commands.stage import Stage

pytestmark = pytest.mark.asyncio
presses.load()  # the true faces, before the toy
KIND = QuestionKind.CONSENT


def told(text: str, *buttons: Any) -> Card:
    return layout.card(layout.text(text), *layout.rows(list(buttons)))


def asks(rooms: Any, question: Question, is_alone: bool) -> Card:
    verbs = {"agree": "Agree", "decline": "No"}
    buttons = [layout.button(verb, question.id, label) for verb, label in verbs.items()]
    return told(f"{question.person_name}, {question.asker_name} asks {'alone' if is_alone else 'here'}", *buttons)


def over(rooms: Any, question: Question, is_alone: bool) -> Card:
    return told(f"It is over: {question.state}.")


def reply(rooms: Any, question: Question, state: QuestionState, is_alone: bool) -> Card:
    return told(f"{question.asker_name}: the answer is {state} {question.why}, {'alone' if is_alone else 'here'}.")


def agreed(rooms: Any, yes: Yes) -> None:
    rooms.questions.note(yes.question.id, came=yes.asker.key)


def declined(rooms: Any, question: Question) -> None:
    rooms.questions.note(question.id, came="no")


@pytest.fixture(autouse=True)
def toy_face(monkeypatch: pytest.MonkeyPatch) -> None:
    face = Face(ask=asks, over=over, reply=reply, agreed=agreed, declined=declined)
    monkeypatch.setitem(asking.FACES, KIND, face)


@pytest_asyncio.fixture
async def letters(stage: Stage) -> Letters:
    return Letters(stage.store, stage.bot, SystemClock())


async def asked(stage: Stage, draft: str | None = None) -> Question:
    new = NewQuestion(
        kind=KIND, asker=stage.id_of("ana"), person=stage.id_of("ben"), asker_name="ana", person_name="ben",
        guild=stage.guild, channel=stage.channel(), draft=DraftId(draft) if draft else None,
    )  # fmt: skip
    question: Question = (await stage.run(lambda rooms: rooms.questions.ask(new)))[0]
    return question


async def now(stage: Stage, question: Question) -> Question:
    found: Question = await stage.run(lambda rooms: rooms.questions.get(question.id))
    return found


def posts(stage: Stage) -> list[str]:
    """Every message of the bot that stands in a channel, as its text."""
    return [
        "\n".join(part["content"] for part in _walk(message.components) if part.get("content"))
        for message in stage.box.messages.values()
        if message.author == stage.box.bot.id and message.visible_to is None and not message.is_deleted
    ]


def _walk(parts: Any) -> list[dict[str, Any]]:
    found = []
    for part in parts:
        found += [part, *_walk(part.get("components", []))]
    return found


async def seen(stage: Stage, name: str, text: str) -> Message:
    member = stage.ana if name == "ana" else stage.ben
    return await member.wait_for(lambda message: text in message.text, 5)


async def test_who_is_asked_is_written_to_alone_and_who_asked_hears_the_answer(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    await letters.deliver()
    card = await seen(stage, "ben", "ana asks alone")
    answer = await stage.ben.press(card, "Agree")
    await letters.deliver()
    await letters.deliver()

    assert "It is over: yes." in answer.text
    assert (await now(stage, question)).request == {"came": f"q{question.id}"}
    assert posts(stage) == ["It is over: yes.", "ana: the answer is yes , alone."]


async def test_where_direct_messages_are_closed_the_question_stands_where_it_was_asked_and_mentions_nobody(
    stage: Stage, letters: Letters
) -> None:
    for person in stage.box.people.values():
        person.dms_open = False
    question = await asked(stage)
    await letters.deliver()
    card = await seen(stage, "ana", "ben, ana asks here")
    foreign = [await stage.forge(stage.ana, f"t1:{verb}:{question.id}", card) for verb in ("agree", "decline")]
    await stage.ben.press(card, "No")
    await letters.deliver()

    assert ["asked of another member" in text for text in foreign] == [True, True]
    assert posts(stage) == ["It is over: no.", "ana: the answer is no , here."]
    assert (await now(stage, question)).request == {"came": "no"}
    allowed = [one.allowed_mentions for one in stage.box.messages.values() if one.author == stage.box.bot.id]
    assert all(one == {"parse": []} for one in allowed)


async def test_an_answer_is_given_once(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    await letters.deliver()
    card = await seen(stage, "ben", "ana asks")
    await stage.ben.press(card, "No")

    late = await stage.forge(stage.ben, f"t1:agree:{question.id}")

    assert "you said no, and it stays at that" in late
    assert (await now(stage, question)).state is QuestionState.NO


async def test_a_card_that_arrived_though_its_sending_failed_is_found_again(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    lost = {"action": "drop", "method": "POST", "path": "/channels/.*/messages", "has_effect": True}
    stage.box.faults.add(lost)
    await letters.deliver()
    for message in stage.box.messages.values():
        message.nonce = None  # Discord remembers them for minutes only

    await Letters(stage.store, stage.bot, SystemClock()).deliver()

    assert len(posts(stage)) == 1
    assert await stage.run(lambda rooms: rooms.questions.due()) == []
    assert (await now(stage, question)).is_open


async def test_a_question_that_ended_before_its_card_was_known_is_redrawn(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    stage.box.faults.add({"action": "drop", "method": "POST", "path": "/channels/.*/messages", "has_effect": True})
    await letters.deliver()
    await stage.run(lambda rooms: rooms.questions.close(question.id, QuestionState.EXPIRED))

    later = Letters(stage.store, stage.bot, SystemClock())
    for _ in range(2):
        await later.deliver()

    assert sorted(posts(stage)) == ["It is over: expired.", "ana: the answer is expired , alone."]
    assert await stage.run(lambda rooms: rooms.questions.due()) == []


async def test_an_outage_is_waited_out(stage: Stage, letters: Letters) -> None:
    await asked(stage)
    stage.box.faults.add({"action": "status", "status": 503, "method": "POST", "path": "/users/@me/channels"})

    pause_s = await letters.deliver()

    assert 0.5 < pause_s < 3
    assert posts(stage) == []
    assert len(await stage.run(lambda rooms: rooms.questions.due())) == 1


async def test_a_question_that_reaches_nobody_is_told_to_who_asked(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    stage.box.people[stage.id_of("ben")].dms_open = False
    stage.box.faults.add(
        {"action": "status", "status": 403, "method": "POST", "path": f"/channels/{stage.channel()}/messages"}
    )

    await letters.deliver()
    await letters.deliver()

    assert (await now(stage, question)).state is QuestionState.UNREACHABLE
    assert posts(stage) == ["ana: the answer is unreachable , alone."]


@pytest.mark.parametrize(("who", "why"), [("ana", "asker-left"), ("ben", "person-left")])
async def test_when_one_of_the_two_leaves_the_server_the_question_is_over(
    stage: Stage, letters: Letters, who: str, why: str
) -> None:
    question = await asked(stage)
    await letters.deliver()
    card = await seen(stage, "ben", "ana asks")
    stage.box.guilds[stage.guild].members.discard(stage.id_of(who))

    answer = await stage.ben.press(card, "Agree")

    found = await now(stage, question)
    assert (found.state, found.why) == (QuestionState.WITHDRAWN, why)
    assert "any more" in answer.text
    assert "came" not in found.request


async def test_while_discord_is_away_nobody_has_left(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    away = {"action": "status", "status": 503, "method": "GET", "path": "/guilds/.*/members/.*", "times": 2}
    stage.box.faults.add(away)

    await letters.deliver()
    late = await stage.forge(stage.ben, f"t1:agree:{question.id}")
    known = await now(stage, question)
    again = await stage.forge(stage.ben, f"t1:agree:{question.id}")

    assert "Discord does not say just now" in late
    assert known.is_open
    assert "It is over: yes." in again


async def test_who_left_is_seen_without_an_answer_too(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    stage.box.guilds[stage.guild].members.discard(stage.id_of("ben"))

    await letters.deliver()

    assert (await now(stage, question)).why == "person-left"
    assert posts(stage) == ["ana: the answer is withdrawn person-left, alone."]


async def test_only_who_asked_takes_a_question_back(stage: Stage, letters: Letters) -> None:
    question = await asked(stage)
    await letters.deliver()

    foreign = await stage.forge(stage.ben, f"t1:withdraw:{question.id}")
    mine = await stage.forge(stage.ana, f"t1:withdraw:{question.id}")
    await letters.deliver()

    assert "asked of another member" in foreign
    assert mine == say("question-taken-back")
    assert posts(stage) == ["It is over: withdrawn."]


async def test_who_is_forgotten_while_a_question_waits_leaves_no_letter(stage: Stage, letters: Letters) -> None:
    await asked(stage)
    await letters.deliver()
    card = await seen(stage, "ben", "ana asks alone")

    await stage.forge(stage.ben, f"t1:forget_all:{stage.id_of('ben'):016x}")
    await letters.deliver()

    assert posts(stage) == ["ana: the answer is withdrawn gone, alone."]
    assert card.id not in stage.ben.messages
