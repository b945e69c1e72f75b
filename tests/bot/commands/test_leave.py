"""Ask me first: an order with such a word waits for its owner, who allows it once, from then on, or not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.client import Member
from storage.questions import TERMS, QuestionKind, QuestionState
from storage.records import JobState, VersionId
from tests.bot.commands.leaves import ask_first, delivered, pressed, seen, wanted
from tests.bot.commands.stage import Stage, custom_id_of, shown

pytestmark = pytest.mark.asyncio
WAIT = TERMS[QuestionKind.PERMISSION].open_s


@pytest_asyncio.fixture
async def eve(stage: Stage) -> AsyncIterator[Member]:
    async with Member.connect(stage.url, "eve") as eve:
        await eve.command("help")
        yield eve


async def test_allow_once_queues_the_order_as_it_was_typed_where_it_was_asked(stage: Stage) -> None:
    concept = await ask_first(stage, stage.ana)

    answer = await wanted(stage, count=2, seed=9, negative="rain")
    card = await seen(stage.ana, "to use your word")
    before = await stage.jobs("ben")
    left = await pressed(stage, stage.ana, "Allow once")
    told = await seen(stage.ben, "allowed you to use")

    assert answer.is_ephemeral
    assert "· Ana, for <ana-dog>" in answer.body
    assert "**Ben asks to use your word <ana-dog> in a picture.**" in card.body
    assert r"The prompt: \<ana-dog\:0.8\> in the snow" in card.body
    assert [one.label for one in card.buttons] == ["Allow once", "Always", "No"]
    assert before == []
    assert "You allowed Ben to use <ana-dog> once." in left.body
    assert "Ana allowed you to use <ana-dog>. Your pictures are queued" in told.body
    (job,) = await stage.jobs("ben")
    assert (job.channel, job.guild, job.state) == (stage.channel(), stage.guild, JobState.QUEUED)
    assert {name: job.request[name] for name in ("count", "seed", "negative_prompt")} == {
        "count": 2, "seed": 9, "negative_prompt": "rain",
    }  # fmt: skip
    version = await stage.run(lambda rooms: rooms.concepts.versions(concept.id)[0].id)
    assert job.request["words"] == [{"version": version, "name": "ana-dog", "strength": 0.8}]
    assert "· Ana, for <ana-dog>" in (await wanted(stage)).body


async def test_an_enlargement_is_part_of_what_was_allowed_and_a_variation_is_not(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    await pressed(stage, stage.ana, "Allow once")
    await stage.draw(await stage.job("ben"))
    grid = await stage.post((await stage.job("ben")).id)

    enlarged = shown(await stage.ben.press(grid, "Enlarge 1"))
    varied = shown(await stage.ben.press(grid, "Vary 1 (subtle)"))
    by_owner = shown(await stage.ana.press(grid, "Vary 2 (subtle)"))

    assert "queued" in enlarged.body
    assert "has to allow it" in varied.body
    assert "queued" in by_owner.body


async def test_no_is_told_and_rests_for_a_day(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)

    left = await pressed(stage, stage.ana, "No")
    told = await seen(stage.ben, "did not allow")
    again = await wanted(stage)

    assert "You did not allow Ben to use <ana-dog>" in left.body
    assert "Ana did not allow <ana-dog> for your pictures" in told.body
    assert "Ana does not want that, and is asked again by you at the earliest" in again.body
    assert await stage.jobs("ben") == []
    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) == []


async def test_who_wants_no_questions_is_never_asked(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana)
    await ask_first(stage, eve, "eve-cat")
    settings = shown(await stage.ana.command("settings show"))
    settings = shown(await stage.ana.press(settings, "Others may ask me: Yes"))

    refused = await wanted(stage)
    both = await wanted(stage, "<eve-cat> and <ana-dog>")
    asked = await stage.run(lambda rooms: rooms.questions.open())
    own = shown(await stage.ana.command("imagine", prompt="<ana-dog>"))
    await stage.ana.press(settings, "Others may ask me: No")
    again = await wanted(stage)

    assert "you are never asked" in settings.body
    assert "This needs leave of Ana, who takes no such questions" in refused.text
    assert "who takes no such questions" in both.text
    assert asked == []
    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) != []
    assert "queued" in own.body
    assert "· Ana, for <ana-dog>" in again.body


async def test_what_was_allowed_for_good_stays_so_for_who_wants_no_more_questions(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    await pressed(stage, stage.ana, "Always")
    await stage.ana.press(shown(await stage.ana.command("settings show")), "Others may ask me: Yes")

    assert "queued" in (await wanted(stage)).body


async def test_always_asks_no_more_until_the_owner_takes_it_back(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    left = await pressed(stage, stage.ana, "Always")
    second = await wanted(stage)
    card = shown(await stage.ana.command("words card", word="ana-dog"))

    await stage.ana.command("words unshare", word="ana-dog", **{"with": "member"}, member="ben")
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"}, mixing="ask")
    await delivered(stage)
    told = await seen(stage.ben, "wants to be asked again")
    third = await wanted(stage)

    assert "allowed Ben to use <ana-dog> without asking" in left.body
    assert "queued" in second.body
    assert f"Without asking each time: <@{stage.id_of('ben')}>" in card.body
    assert "Ana wants to be asked again before you use <ana-dog>" in told.body
    assert "· Ana, for <ana-dog>" in third.body


async def test_what_was_withdrawn_filtered_or_limited_meanwhile_is_told_instead_of_drawn(stage: Stage) -> None:
    concept = await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    await stage.run(lambda rooms: rooms.sharing.unshare(concept.id))

    left = shown(await stage.ana.press(card, "Allow once"))
    await delivered(stage)
    told = await seen(stage.ben, "could not be queued")

    assert "You allowed Ben to use <ana-dog> once." in left.body
    assert "Nothing came of it: these pictures are not drawn, and Ben knows why." in left.body
    assert "There is no word <ana-dog> that you can use here" in told.body
    assert await stage.jobs("ben") == []


async def test_leave_for_good_to_a_word_that_was_closed_meanwhile_is_told_as_what_it_is(stage: Stage) -> None:
    concept = await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    await stage.run(lambda rooms: rooms.sharing.unshare(concept.id))

    left = shown(await stage.ana.press(card, "Always"))
    await stage.ana.command("words share", word="ana-dog", **{"with": "server"}, mixing="ask")

    assert "but they cannot: it is not open to them now" in left.body
    assert "There is nothing for you to do." in left.body
    assert "queued" in (await wanted(stage)).body


async def test_a_blocked_asker_is_not_drawn_for(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    await stage.run(lambda rooms: rooms.moderation.block(stage.guild, stage.id_of("ben"), None))
    await stage.bot.studio.door.look()

    left = shown(await stage.ana.press(card, "Always"))
    await delivered(stage)

    assert "Nothing came of it: these pictures are not drawn, and Ben knows why. What you allowed stands" in left.body
    assert "block" not in left.body
    assert "have blocked you" in (await seen(stage.ben, "could not be queued")).body
    assert await stage.jobs("ben") == []


async def test_a_deleted_word_ends_the_question(stage: Stage) -> None:
    concept = await ask_first(stage, stage.ana)
    await wanted(stage)

    await stage.run(lambda rooms: rooms.privacy.forget_word(concept.id))
    await delivered(stage)

    assert "was deleted before anybody answered" in (await seen(stage.ben, "Nothing is drawn")).body
    assert await stage.run(lambda rooms: rooms.questions.open()) == []


async def test_after_a_day_without_an_answer_the_asker_is_told(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    old = "update questions set created_at = created_at - :age"
    await stage.run(lambda rooms: rooms.db.conn.execute(old, {"age": WAIT + 1}))
    await stage.run(lambda rooms: rooms.questions.expire())
    await delivered(stage)

    late = await stage.forge(stage.ana, custom_id_of(card, "agree"), card)

    assert "did not answer about <ana-dog> within 24 hours" in (await seen(stage.ben, "24 hours")).body
    assert "nobody answered it in time" in late
    assert await stage.jobs("ben") == []


async def test_the_asker_takes_the_question_back(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    answer = await wanted(stage)

    await stage.ben.press(answer, "Take the question back")
    await delivered(stage)

    assert await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben"))) == []
    assert "That is over" in (await seen(stage.ana, "That is over")).body


async def test_only_the_owner_answers_and_only_once(stage: Stage, eve: Member) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    custom_id = custom_id_of(card, "agree")

    foreign = [await stage.forge(other, custom_id, card) for other in (stage.ben, eve)]
    await stage.ana.press(card, "Allow once")
    again = await stage.forge(stage.ana, custom_id, card)

    assert all("asked of another member" in text for text in foreign)
    assert "you said yes" in again
    assert len(await stage.jobs("ben")) == 1


async def test_a_second_prompt_while_a_question_is_open_is_refused(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)

    second = await wanted(stage, "<ana-dog> on the moon")

    assert "Ana has a question of yours to answer already" in second.body
    assert len(await stage.run(lambda rooms: rooms.pending.of_owner(stage.id_of("ben")))) == 1


async def test_an_owner_in_another_server_is_asked_too(stage: Stage, eve: Member) -> None:
    await ask_first(stage, eve, "eve-cat")
    await wanted(stage, "<eve-cat>")
    card = await seen(eve, "to use your word")
    stage.box.guilds[stage.guild].members.discard(stage.id_of(eve))

    await eve.press(card, "Allow once")

    assert (await stage.job("ben")).state is JobState.QUEUED


async def test_who_is_forgotten_is_asked_no_more_and_named_nowhere(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    await seen(stage.ana, "to use your word")

    await stage.forge(stage.ana, f"t1:forget_all:{stage.id_of('ana'):016x}")
    await delivered(stage)

    told = await seen(stage.ben, "The word that you asked for was deleted before anybody answered")
    assert "Ana" not in told.body
    assert await stage.run(lambda rooms: rooms.questions.open()) == []
    assert await stage.run(lambda rooms: rooms.names.all_of(stage.id_of("ana"))) == []


async def test_an_answer_that_is_lost_in_a_crash_is_asked_for_again_and_queues_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask_first(stage, stage.ana)
    await wanted(stage)
    card = await seen(stage.ana, "to use your word")
    drop = await stage.run(lambda rooms: rooms.pending.drop)

    def crash(_: str) -> None:
        raise RuntimeError("kill -9")

    await stage.run(lambda rooms: monkeypatch.setattr(rooms.pending, "drop", crash))
    await stage.forge(stage.ana, custom_id_of(card, "agree"), card)
    lost = await stage.jobs("ben"), [one.state for one in await stage.run(lambda rooms: rooms.questions.open())]
    await stage.run(lambda rooms: monkeypatch.setattr(rooms.pending, "drop", drop))
    await stage.ana.press(card, "Allow once")

    assert lost == ([], [QuestionState.OPEN])
    assert len(await stage.jobs("ben")) == 1
    assert VersionId((await stage.job("ben")).request["words"][0]["version"])


async def test_where_direct_messages_are_closed_the_channel_reads_neither_prompt_nor_answer(stage: Stage) -> None:
    await ask_first(stage, stage.ana)
    for person in stage.box.people.values():
        person.dms_open = False
    await wanted(stage, "<ana-dog> in the secret garden")
    card = await seen(stage.ben, "asks to use your word")
    await stage.ana.press(card, "No")
    await delivered(stage)

    told = await seen(stage.ben, "there is news about the word")
    over = await seen(stage.ben, "That question is over")
    assert "secret" not in card.body
    assert "Ana" not in told.body
    assert "not allow" not in over.body
