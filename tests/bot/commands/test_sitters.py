"""Another member's likeness: asked before anything is learned, learned when they agree, out of use when they do not."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from bot.attempts import plan_of
from bot.letters import Letters
from bot.sandbox.client import Member, Message
from storage.clock import SystemClock
from storage.errors import TintypeError
from storage.questions import Question, QuestionState
from storage.records import JobState
from tests.bot.commands.stage import FACTS, Stage, custom_id_of, label_of, photos, shown

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def letters(stage: Stage) -> Letters:
    return Letters(stage.store, stage.bot, SystemClock())


async def handed_in(stage: Stage, count: int = 3, word: str = "ben-face", **options: Any) -> Message:
    named = {"who": "member", "member": str(stage.id_of("ben"))} | options
    return shown(await stage.ana.command("train", word=word, **named, **photos(count)))


async def asked(stage: Stage, letters: Letters) -> tuple[Question, Message]:
    """Ana has asked ben; the question, and its card as ben sees it."""
    await stage.ana.press(await handed_in(stage), "Ask them")
    await letters.deliver()
    return await question_of(stage), await seen(stage.ben, "may this be learned", "May this be learned")


async def question_of(stage: Stage) -> Question:
    ana = stage.id_of("ana")
    found: Question = (await stage.run(lambda rooms: rooms.questions.of_member(ana)))[-1]
    return found


async def seen(member: Member, *texts: str) -> Message:
    return await member.wait_for(lambda message: any(text in message.text for text in texts), 5)


async def told(stage: Stage, letters: Letters, member: Member, text: str) -> Message:
    await letters.deliver()
    return await seen(member, text)


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


async def test_a_no_deletes_the_photos_and_leaves_that_member_in_peace(stage: Stage, letters: Letters) -> None:
    question, card = await asked(stage, letters)

    answer = shown(await stage.ben.press(card, "No"))
    reply = await told(stage, letters, stage.ana, "does not want that")
    again = shown(await stage.ana.press(await handed_in(stage, word="other"), "Ask them"))

    assert "**You said no.**" in answer.body
    assert "Nothing was learned as <ben-face>" in reply.body
    assert "does not want that, and is asked again by you at the earliest" in again.text
    assert await stage.jobs() == []
    assert await stage.run(lambda rooms: rooms.photos.draft(question.draft)) is None
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) != []  # those of the other word


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

    assert "The training has not begun yet" in answer.body
    assert "could not begin" in reply.body
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


# --- taken back ------------------------------------------------------------------------------------------------------


async def learned(stage: Stage, letters: Letters) -> None:
    """Ana has a word that shows ben, who agreed, and shares it with him."""
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    await stage.learn(await stage.job())
    await stage.ana.command("words share", word="ben-face", **{"with": "member"}, member=str(stage.id_of("ben")))


async def test_who_is_shown_takes_the_word_out_of_use_at_once(stage: Stage, letters: Letters) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    await stage.ana.command("imagine", prompt="<ben-face> in the snow")
    waiting = await stage.job()

    back = shown(await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>"))
    reply = await told(stage, letters, stage.ana, "has taken their agreement back")
    cancelled = await stage.run(lambda rooms: rooms.queue.get(waiting.id))
    again = shown(await stage.ana.command("imagine", prompt="<ben-face> at night"))
    recalled = shown(await stage.ana.command("show", job=(await stage.jobs())[1].id))
    concept = await stage.concept("ben-face")

    assert "Nobody can use it from now on, its owner included" in back.body
    assert "**Ben has taken their agreement back.** <ben-face> is refused everywhere" in reply.body
    assert (cancelled.state, cancelled.code) == (JobState.CANCELLED, "E_CONSENT_BACK")
    assert "took their agreement back" in (await stage.post(waiting.id)).body
    assert "took their agreement back" in again.text
    assert "took their agreement back, so they are not shown any more" in recalled.text
    assert await stage.run(lambda rooms: rooms.concepts.grants(concept.id)) == []
    assert "The pictures are not shown any more" in (await seen(stage.ana, "pictures are not shown any more.")).body


async def test_a_training_under_way_is_cancelled_and_says_why(stage: Stage, letters: Letters) -> None:
    _, card = await asked(stage, letters)
    await stage.ben.press(card, "Agree")
    job = await stage.start(await stage.job(), done=1, total=9)
    draft = job.request["draft"]

    await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>")
    over = await stage.post(job.id)

    assert (await stage.job()).state is JobState.CANCELLED
    assert "The person whom <ben-face> shows took their agreement back, so it is not learned" in over.body
    assert await stage.run(lambda rooms: rooms.photos.draft(draft)) is None
    assert "nothing of yours" not in over.body.lower()


async def test_pictures_of_who_took_it_back_are_kept_from_all_others_but_from_who_is_shown(
    stage: Stage, letters: Letters
) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    mine, ana, ben = await stage.job(), stage.id_of("ana"), stage.id_of("ben")
    image = (await stage.run(lambda rooms: rooms.images.of_job(mine.id)))[0]
    await stage.run(lambda rooms: rooms.wishes.star(ana, image.id))
    concept = await stage.concept("ben-face")
    assert concept is not None

    await stage.forge(stage.ben, f"t1:take_back:{concept.id}")

    told = [await stage.forge(stage.ana, f"t1:{verb}:{mine.id}:1") for verb in ("enlarge", "vary", "again", "recipe")]
    training = (await stage.jobs())[-1]
    told.append(await stage.forge(stage.ana, f"t1:show_me:{training.id}"))
    shows_me = await stage.forge(stage.ben, f"t1:show_me:{training.id}")
    stars = shown(await stage.ana.command("favourites"))
    handed = await stage.run(lambda rooms: rooms.privacy.contents(ana))
    assert ["took their agreement back" in text for text in told] == [True] * 5
    assert shows_me == ""  # pictures alone
    assert image.id not in stars.text
    assert [name for name, _ in handed if not name.startswith("photos/")] == []
    seen_by = [await stage.run(lambda rooms, who=who: rooms.images.is_withdrawn(mine.id, who)) for who in (ana, ben)]
    assert seen_by == [True, False]


async def test_who_is_shown_may_delete_the_word_for_good(stage: Stage, letters: Letters) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    concept = await stage.concept("ben-face")
    assert concept is not None
    back = shown(await stage.ben.press(shown(await stage.ben.command("privacy")), "Take back <ben-face>"))

    receipt = shown(await stage.ben.press(back, label_of(back, "forget_word")))

    assert "Deleted" in receipt.body
    assert await stage.concept("ben-face") is None
    assert await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of("ana"))) == []
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []


async def test_when_who_is_shown_is_forgotten_the_word_goes_with_its_files_and_its_owner_is_told(
    stage: Stage, letters: Letters
) -> None:
    await learned(stage, letters)
    await stage.grid("<ben-face> on the beach")
    await stage.ana.command("imagine", prompt="<ben-face> in the snow")

    await stage.forge(stage.ben, f"t1:forget_all:{stage.id_of('ben'):016x}")
    reply = await told(stage, letters, stage.ana, "has taken their agreement back")

    assert "The member whom" in reply.body
    assert "en" + "-face" not in reply.body
    assert await stage.concept("ben-face") is None
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []
    assert [job.state for job in await stage.jobs() if not job.state.is_over] == []


async def test_when_who_is_asked_is_forgotten_the_photos_go(stage: Stage, letters: Letters) -> None:
    question, _ = await asked(stage, letters)

    await stage.forge(stage.ben, f"t1:forget_all:{stage.id_of('ben'):016x}")
    reply = await told(stage, letters, stage.ana, "the account of who was asked, is gone")

    assert "A question of yours is over" in reply.body
    assert await stage.run(lambda rooms: rooms.photos.draft(question.draft)) is None
    assert await stage.run(lambda rooms: rooms.vault.held(stage.id_of("ana"))) == []
