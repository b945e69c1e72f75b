"""Another member's likeness: asked before anything is learned, learned when they agree, out of use when they do not."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from bot.attempts import plan_of
from bot.letters import Letters
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.questions import DAY_S, QuestionState
from storage.records import JobState
from tests.bot.commands.sitting import asked, handed_in, question_of, seen, told
from tests.bot.commands.stage import FACTS, PNG, Stage, custom_id_of, label_of, opened, photos, shown

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def letters(stage: Stage) -> Letters:
    return Letters(stage.store, stage.bot, SystemClock())


async def test_nothing_is_learned_before_the_member_who_is_shown_has_agreed(stage: Stage, letters: Letters) -> None:
    report = await handed_in(stage)
    waits = shown(await stage.ana.press(report, "Ask them"))
    await letters.deliver()
    card = await seen(stage.ben, "May this be learned?")
    before = await stage.jobs()
    answer = shown(await stage.ben.press(card, "Agree"))
    job = await stage.job()
    consent = await stage.run(lambda rooms: rooms.concepts.consent(job.concept))

    assert "nothing is learned before they have agreed" in report.text
    assert "**Ben is being asked**" in waits.body
    assert "**Ana** has 3 photos that show you" in card.body
    assert "I am 18 years or older" in card.text
    assert card.files == []
    assert before == []
    assert "**You agreed.**" in answer.body
    assert (job.state, job.owner, job.channel) == (JobState.QUEUED, stage.id_of("ana"), stage.channel())
    assert (consent.person, consent.text_version) == (stage.id_of("ben"), "member-1")
    concept = await stage.concept("ben-face")
    assert concept is not None
    assert (concept.owner, concept.person) == (stage.id_of("ana"), stage.id_of("ben"))
    assert (
        "**Ben agreed.** The training of <ben-face> is in line"
        in (await told(stage, letters, stage.ana, "Ben agreed")).body
    )


async def test_the_photos_are_shown_to_that_member_alone(stage: Stage, letters: Letters) -> None:
    question, card = await asked(stage, letters)

    mine = shown(await stage.ben.press(card, "Show me the photos"))
    foreign = await stage.forge(stage.ana, f"t1:see_photos:{question.id}:1")

    assert mine.is_ephemeral
    assert len(mine.files) == 3
    assert "3 photos would be learned from" in mine.body
    assert "asked of another member" in foreign


async def test_more_than_ten_photos_come_on_pages(stage: Stage, letters: Letters) -> None:
    await handed_in(stage, 10)
    two = {f"photo{n}": (f"more-{n}.png", PNG + bytes([100 + n])) for n in (1, 2)}
    await stage.ana.press(shown(await stage.ana.command("train", word="ben-face", **two)), "Ask them")
    await letters.deliver()
    card = await seen(stage.ben, "May this be learned?")

    first = shown(await stage.ben.press(card, "Show me the photos"))
    second = shown(await stage.ben.press(first, label_of(first, "see_photos")))
    beyond = await stage.forge(stage.ben, custom_id_of(card, "see_photos")[:-1] + "3", card)

    assert (len(first.files), len(second.files)) == (10, 2)
    assert second.id == first.id
    assert second.alt_texts[0] == "Photo 11 of 12 that may show you"
    assert "There is no such thing of yours" in beyond


async def test_a_no_deletes_the_photos_and_leaves_that_member_in_peace(stage: Stage, letters: Letters) -> None:
    question, card = await asked(stage, letters)

    answer = shown(await stage.ben.press(card, "No"))
    reply = await told(stage, letters, stage.ana, "does not want that")
    kept = await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana")))
    again = await handed_in(stage, word="other")
    form = await stage.ana.command("train", word="other", who="member", member=str(stage.id_of("ben")))
    others = shown(await stage.ana.command("train", word="ana-cup", kind="object", **photos(3)))

    assert "**You said no.**" in answer.body
    assert "Nothing was learned as <ben-face>" in reply.body
    assert "Ben does not want that, and is asked again by you at the earliest" in again.text
    assert "Ben does not want that, and is asked again by you at the earliest" in shown(form).text
    assert "Photos for <ana-cup>" in others.text
    assert await stage.jobs() == []
    assert await stage.run(lambda rooms: rooms.photos.draft(question.draft)) is None
    assert kept == []
    assert [one.word for one in await stage.run(lambda rooms: rooms.photos.drafts(stage.id_of("ana")))] == ["ana-cup"]


async def test_while_the_question_waits_the_photos_stay_as_they_are(stage: Stage, letters: Letters) -> None:
    report = await handed_in(stage)
    await stage.ana.press(report, "Ask them")

    told = [
        await stage.forge(stage.ana, custom_id_of(report, verb), report) for verb in ("train", "add", "word", "remove")
    ]
    more = shown(await stage.ana.command("train", word="ben-face", **photos(1)))

    assert ["is being asked about just these" in text for text in [*told, more.text]] == [True] * 5
    assert await stage.jobs() == []


async def test_a_question_taken_back_leaves_the_draft_and_can_be_asked_again(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    waits = shown(await stage.ana.command("train", word="ben-face"))

    report = shown(await stage.ana.press(waits, "Take the question back"))
    await letters.deliver()
    late = await stage.forge(stage.ben, custom_id_of(card, "agree"), card)

    assert label_of(report, "train") == "Ask them"
    assert "it was taken back before there was an answer" in late
    assert "This question was taken back" in (await seen(stage.ben, "This question was taken back")).body
    assert await stage.jobs() == []


async def test_cancelling_the_draft_takes_the_question_back(stage: Stage, letters: Letters) -> None:
    question, _ = await asked(stage, letters)
    waits = shown(await stage.ana.command("train", word="ben-face"))

    await stage.ana.press(waits, "Cancel")
    await letters.deliver()

    assert (await question_of(stage)).state is QuestionState.WITHDRAWN
    assert "This question was taken back" in (await seen(stage.ben, "This question was taken back")).body
    assert await stage.run(lambda rooms: rooms.photos.draft(question.draft)) is None


async def test_a_draft_that_goes_by_itself_ends_the_question(stage: Stage, letters: Letters) -> None:
    question, card = await asked(stage, letters)
    await stage.run(lambda rooms: rooms.photos.discard(question.draft))

    late = await stage.forge(stage.ben, custom_id_of(card, "agree"), card)

    assert "it was taken back before there was an answer" in late
    assert "the account of who was asked, is gone" in (await told(stage, letters, stage.ana, "The question about")).body
    assert await stage.jobs() == []


async def test_what_the_training_lacks_is_told_to_both_and_nobody_is_asked_again(
    stage: Stage, letters: Letters
) -> None:
    _, card = await asked(stage, letters)
    stage.facts = None

    answer = shown(await stage.ben.press(card, "Agree"))
    reply = await told(stage, letters, stage.ana, "Ben agreed")
    stage.facts = FACTS
    report = shown(await stage.ana.command("train", word="ben-face"))
    await stage.ana.press(report, "Train")

    assert "who asked you has something to settle first, and was told what" in answer.body
    assert "could not begin" in reply.body
    assert "No engine is awake" in reply.body
    assert "No engine is awake" not in answer.body
    assert "nobody is asked again" in reply.body.lower()
    assert "agreed <t:" in report.body
    assert (await stage.job()).state is JobState.QUEUED


async def test_other_photos_need_another_yes(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    stage.facts = None
    await stage.ben.press(card, "Agree")
    stage.facts = FACTS

    more = {"photo1": ("more.png", photos(9)["photo9"][1])}
    report = shown(await stage.ana.command("train", word="ben-face", **more))
    label = label_of(report, "train")
    pressed = shown(await stage.ana.press(report, label))

    assert label == "Ask them"
    assert "is being asked" in pressed.body
    assert await stage.jobs() == []


async def test_a_retry_after_a_failure_asks_nobody_again(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    job = await stage.job()
    await stage.fail(job)

    report = await stage.forge(stage.ana, f"t1:retry:{job.id}")
    await stage.ana.press(await seen(stage.ana, report), "Train")

    assert (await stage.job()).id != job.id
    consent = await stage.run(lambda rooms: rooms.concepts.consent((rooms.queue.of_owner(job.owner))[0].concept))
    assert consent.person == stage.id_of("ben")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"who": "member", "member": None}, "Name the member whom the photos show"),
        ({"who": "me"}, "Leave one of the two out"),
        ({"kind": "animal"}, "only for photos of a person"),
    ],
)
async def test_who_is_shown_must_make_sense(stage: Stage, options: dict[str, Any], text: str) -> None:
    assert text in (await handed_in(stage, **options)).text
    assert await stage.run(lambda rooms: rooms.photos.drafts(stage.id_of("ana"))) == []


async def test_neither_bots_nor_strangers_can_be_named(stage: Stage) -> None:
    stranger = stage.box.add_person("eve")
    robot = await handed_in(stage, member=str(stage.box.bot.id))
    foreign = await handed_in(stage, member=str(stranger.id))
    left = await handed_in(stage)
    stage.box.guilds[stage.guild].members.discard(stage.id_of("ben"))
    gone = shown(await stage.ana.press(left, "Ask them"))

    assert "A bot cannot agree" in robot.text
    assert "cannot be learned: only a member of it can be asked" in foreign.text
    assert "is not in this server any more" in gone.text


async def test_naming_oneself_is_me(stage: Stage) -> None:
    report = await handed_in(stage, member=str(stage.id_of("ana")))

    assert label_of(report, "train") == "I agree, train"
    assert "I agree that Tintype learns my likeness" in report.text


async def test_the_next_version_of_that_word_asks_again(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    await stage.learn(await stage.job())

    report = shown(await stage.ana.command("train", word="ben-face", **photos(3)))
    mine = shown(await stage.ana.command("train", word="ben-face", who="me", **photos(4)))

    assert label_of(report, "train") == "Ask them"
    assert f"show <@{stage.id_of('ben')}>" in report.text
    assert label_of(mine, "train") == "Ask them"


async def test_the_engine_is_given_that_members_agreement_and_no_other(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    job = await stage.job()

    plan = await stage.run(lambda rooms: plan_of(rooms, job, FACTS))
    await stage.run(lambda rooms: rooms.db.conn.execute("update consents set person = ?", [stage.id_of("ana")]))
    with pytest.raises(TintypeError, match="E_NO_CONSENT"):
        await stage.run(lambda rooms: plan_of(rooms, job, FACTS))

    assert plan.order["consent"]["person"] == str(stage.id_of("ben"))
    assert plan.order["consent"]["text_version"] == "member-1"


async def test_the_form_for_another_member_asks_for_no_consent_of_ones_own(stage: Stage) -> None:
    named = {"who": "member", "member": str(stage.id_of("ben"))}
    form = opened(await stage.ana.command("train", word="ben-face", **named))
    mine = opened(await stage.ana.command("train", word="ana-face", who="me"))

    report = shown(await stage.ana.submit(form, {"word": "ben-face"}, {"photos": list(photos(3).values())}))

    assert "Only for photos of a person" not in [label for label, _ in form.fields]
    assert "Only for photos of a person" in [label for label, _ in mine.fields]
    assert label_of(report, "train") == "Ask them"


async def test_after_a_week_the_question_is_over_and_the_photos_stay_one_more_day(
    stage: Stage, letters: Letters
) -> None:
    question, card = await asked(stage, letters)
    aged = "update questions set created_at = created_at - ?"
    await stage.run(lambda rooms: rooms.db.conn.execute(aged, [question.ends_at - question.created_at + 1]))
    await stage.run(lambda rooms: rooms.questions.expire())

    reply = await told(stage, letters, stage.ana, "has not answered within a week")
    late = await stage.forge(stage.ben, custom_id_of(card, "agree"), card)
    report = shown(await stage.ana.command("train", word="ben-face"))
    draft = await stage.run(lambda rooms: rooms.photos.draft(question.draft))
    until = await stage.run(lambda rooms: rooms.photos.until(draft))

    assert "The photos stay for one more day" in reply.body
    assert "nobody answered it in time" in late
    assert until == question.ends_at + DAY_S
    assert label_of(report, "train") == "Ask them"


async def test_who_wants_no_questions_is_not_asked_about_photos_either(stage: Stage, letters: Letters) -> None:
    await stage.ben.press(shown(await stage.ben.command("settings show")), "Others may ask me: Yes")

    refused = await handed_in(stage)
    await letters.deliver()

    assert "This needs leave of Ben, who takes no such questions" in refused.text
    assert await stage.run(lambda rooms: rooms.questions.of_member(stage.id_of("ben"))) == []
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []
    assert [one for one in await stage.ben.read("dm") if "learn" in one.text] == []
