from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.client import Message
from storage.points import POINT_S
from storage.records import BlobId, Job, JobKind, JobState, Point, Version
from tests.bot.commands.stage import FACTS, PNG, Stage, custom_id_of, label_of, shown

pytestmark = pytest.mark.asyncio


async def two_versions(stage: Stage) -> tuple[Version, Version]:
    """A word of ana's, learned twice."""
    return await stage.taught(), await stage.taught()


async def word_card(stage: Stage) -> Message:
    return shown(await stage.ana.command("words card", word="ana-dog"))


async def drawn_with(stage: Stage, prompt: str) -> list[dict[str, object]]:
    """The words of the pictures that ana asks for."""
    await stage.ana.command("imagine", prompt=prompt)
    words: list[dict[str, object]] = (await stage.job()).request["words"]
    return words


async def with_points(stage: Stage, version: Version, *scores: float) -> None:
    """Sample points of a version's training that wait to be chosen, at steps 100, 200, …"""

    def work(rooms: object) -> None:
        for n, score in enumerate(scores, 1):
            blob = rooms.vault.put(stage.id_of(stage.ana), b"point %d" % n)  # type: ignore[attr-defined]
            point = Point(
                job=version.job, number=n, done=100 * n, score=score, blob=blob, sha256="0" * 64, bytes=7,
                expires_at=stage.bot.studio.clock.now() + POINT_S,
            )  # fmt: skip
            rooms.points.keep(point)  # type: ignore[attr-defined]

    await stage.run(work)


async def contact_sheet(stage: Stage, version: Version) -> Message:
    """The contact sheet of a version, asked for and drawn, as it stands in the channel."""
    await stage.forge(stage.ana, f"t1:compare:{version.id}")
    job = await stage.start(await stage.job())
    await stage.run(
        lambda rooms: rooms.queue.commit(job.id, job.attempt, {"sheet": rooms.vault.put(job.owner, PNG + b"contact")})
    )
    return await stage.post(job.id)


# --- versions --------------------------------------------------------------------------------------------------------


async def test_a_words_versions_are_listed_with_what_can_be_done_with_each(stage: Stage) -> None:
    await two_versions(stage)

    card = await word_card(stage)

    assert "▶ Version 2 · in use · LoRA · 1 KB · for miniature" in card.body
    assert "\nVersion 1 · LoRA" in card.body
    assert [button.label for button in card.buttons] == [
        "Try it", "Train a new version", "Compare", "Delete", "Use version 2", "Drop 2", "Use version 1", "Drop 1",
    ]  # fmt: skip
    assert [button.is_disabled for button in card.buttons[-4:]] == [True, False, False, False]


async def test_another_version_is_used_from_then_on_and_pictures_keep_theirs(stage: Stage) -> None:
    first, second = await two_versions(stage)
    grid = await stage.grid("<ana-dog> on the beach")

    told = shown(await stage.ana.press(await word_card(stage), "Use version 1"))
    new = await drawn_with(stage, "<ana-dog> in the snow")
    await stage.ana.press(grid, "Again")
    again = (await stage.job()).request["words"]
    recipe = shown(await stage.ana.press(grid, "Recipe"))

    assert "<ana-dog> means version 1 from now on. Pictures that are there keep theirs." in told.body
    assert [word["version"] for word in new] == [first.id]
    assert [word["version"] for word in again] == [second.id]
    assert "version 2" in recipe.body


async def test_a_version_is_dropped_after_a_question_and_its_pictures_stay(stage: Stage) -> None:
    first, second = await two_versions(stage)
    old = await stage.grid("<ana-dog> on the beach")
    await stage.ana.command("imagine", prompt="<ana-dog> waits")
    waiting = await stage.job()

    question = shown(await stage.ana.press(await word_card(stage), "Drop 2"))
    dropped = shown(await stage.ana.press(question, "Drop version 2 for good"))
    again = await stage.forge(stage.ana, custom_id_of(question, "drop_version"))
    followed = shown(await stage.ana.press(old, "Again"))
    edited = await stage.ana.press(old, "Edit prompt")
    new = await drawn_with(stage, "<ana-dog> in the snow")

    assert "Pictures made with it stay" in question.body
    assert dropped.body == "Version 2 of <ana-dog> is deleted; the word means version 1 now."
    for told in (again, followed.body):
        assert "That version of <ana-dog> was dropped by its owner" in told
    assert not isinstance(edited, Message)
    assert [word["version"] for word in new] == [first.id]
    assert "Use version" not in str([button.label for button in (await word_card(stage)).buttons])
    assert "version 2, dropped since" in shown(await stage.ana.press(old, "Recipe")).body
    assert await stage.run(lambda rooms: rooms.vault.size_bytes(second.blob)) == 0
    assert (await stage.run(lambda rooms: rooms.queue.get(waiting.id))).state is JobState.QUEUED


async def test_the_last_version_is_not_dropped_but_deleted_with_its_word(stage: Stage) -> None:
    only = await stage.taught()

    told = await stage.forge(stage.ana, f"t1:drop_version:{only.id}")

    assert "This is the only version of the word" in told
    assert (await word_card(stage)).buttons


async def test_a_version_for_another_base_model_is_passed_over(stage: Stage) -> None:
    await stage.taught()
    stage.facts = replace(FACTS, base_revision="2")
    second = await stage.taught()
    stage.facts = FACTS

    card = await word_card(stage)
    words = await drawn_with(stage, "<ana-dog>")

    assert "Version 2 was made for miniature" in card.body
    assert [word["version"] for word in words] != [second.id]


# --- contact sheets --------------------------------------------------------------------------------------------------


async def test_sample_points_are_compared_by_strengths_on_demand(stage: Stage) -> None:
    version = await stage.taught()
    await with_points(stage, version, 0.41, 0.62)
    result = await stage.post(version.job)

    queued = shown(await stage.ana.press(result, "Compare"))
    job = await stage.job()

    assert "The contact sheet of <ana-dog> is queued" in queued.body
    assert (job.kind, job.request["strengths"]) == (JobKind.SHEET, [0.6, 0.8, 1.0, 1.2])
    assert [(row["label"], row["note"], row["is_marked"]) for row in job.request["rows"]] == [
        ("step 100", "41%", False), ("step 200", "", True), ("step 200", "62%", False),
    ]  # fmt: skip
    assert "comparing <ana-dog> (yours)" in shown(await stage.ana.command("queue")).body
    assert shown(await stage.ben.press(result, "Compare")).text.startswith("There is no such thing")


async def test_what_is_pressed_below_the_sheet_is_what_the_word_means(stage: Stage) -> None:
    version = await stage.taught()
    await with_points(stage, version, 0.4)
    sheet = await contact_sheet(stage, version)

    foreign = shown(await stage.ben.press(sheet, "step 100 · 0.8"))
    chosen = shown(await stage.ana.press(sheet, "step 100 · 0.8"))
    plain, said = [await drawn_with(stage, prompt) for prompt in ("<ana-dog>", "<ana-dog:1.0>")]
    back = shown(await stage.ana.press(stage.ana.newest(sheet), "step 200 · 1"))
    again = shown(await stage.ana.press(stage.ana.newest(sheet), "step 100 · 0.6"))

    assert len([button for button in sheet.buttons if "step" in button.label]) == 8
    assert "✔ step 200 · 1" in [button.label for button in sheet.buttons]
    assert "belongs to another member" in foreign.text
    assert "Now it means version 2, with strength 0.8 where a prompt says none." in chosen.body
    assert chosen.id == sheet.id
    assert [await one.read() for one in chosen.files] == [PNG + b"contact"]
    assert [(word["strength"], word.get("multiplier")) for word in (*plain, *said)] == [(0.8, 0.8), (1.0, None)]
    assert "Now it means version 1, with strength 1" in back.body
    assert "Now it means version 2, with strength 0.6" in again.body
    versions = await stage.run(lambda rooms: rooms.concepts.versions(version.concept))
    assert [(one.n, one.point, one.strength) for one in versions] == [(2, 1, 0.6), (1, None, 1.0)]
    assert await stage.run(lambda rooms: rooms.vault.open(versions[0].blob)) == b"point 1"
    await contact_sheet(stage, versions[0])
    rows = (await stage.job()).request["rows"]
    assert [(row["label"], row["is_marked"]) for row in rows] == [("step 100", True), ("step 200", False)]


async def test_a_sample_point_that_was_not_chosen_within_a_week_is_gone(stage: Stage) -> None:
    version = await stage.taught()
    await with_points(stage, version, 0.4)
    sheet = await contact_sheet(stage, version)
    await stage.run(lambda rooms: rooms.points.drop(version.job))

    told = shown(await stage.ana.press(sheet, "step 100 · 1.2"))

    assert "kept for a week, and is gone now" in told.body
    for n in (0, 9, 999):
        assert "There is no such thing of yours" in await stage.forge(
            stage.ana, f"{custom_id_of(sheet, 'choose').rsplit(':', 1)[0]}:{n}"
        )


async def test_of_a_person_the_channel_sees_no_contact_sheet(stage: Stage) -> None:
    card = await stage.report(5, word="ana-me", kind="person")
    await stage.ana.press(card, label_of(card, "train"))
    version = await stage.learn(await stage.job())

    sheet = await contact_sheet(stage, version)
    samples = shown(await stage.ana.press(sheet, "Show me"))

    assert sheet.files == []
    assert samples.is_ephemeral
    assert [await one.read() for one in samples.files] == [PNG + b"contact"]
    assert "belongs to another member" in shown(await stage.ben.press(sheet, "Show me")).text


async def test_a_sheet_that_fails_or_is_cancelled_says_so_and_is_shown_again_by_its_id(stage: Stage) -> None:
    version = await stage.taught()
    told = []
    for deed in ("fail", "cancel"):
        await stage.forge(stage.ana, f"t1:compare:{version.id}")
        job: Job = await stage.job()
        await (stage.fail(job, "E_NO_MEMORY", device="cpu", free_mib=12) if deed == "fail" else stage.run(
            lambda rooms, job=job: rooms.queue.cancel(job.id)
        ))  # fmt: skip
        told.append((await stage.post(job.id)).body)

    assert "<ana-dog> could not be compared" in told[0]
    assert "Comparing <ana-dog> was cancelled" in told[1]
    titles = [name for name, _ in await stage.ana.complete("show", job="compare")]
    assert titles == ["compare <ana-dog> · cancelled", "compare <ana-dog> · failed"]


async def test_the_files_of_a_contact_sheet_go_with_a_forgotten_word(stage: Stage) -> None:
    version = await stage.taught()
    await with_points(stage, version, 0.4)
    await contact_sheet(stage, version)

    await stage.run(lambda rooms: rooms.privacy.forget_word(version.concept))

    held: list[BlobId] = await stage.run(lambda rooms: rooms.vault.held(stage.id_of(stage.ana)))
    assert held == []
