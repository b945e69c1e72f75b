from __future__ import annotations

import pytest

from tests.bot.commands.stage import PNG, Stage, shown

pytestmark = pytest.mark.asyncio


async def test_without_a_job_there_is_nothing_to_show(stage: Stage) -> None:
    assert "You have no job here yet" in shown(await stage.ana.command("show")).body


async def test_the_latest_job_comes_back_with_working_buttons(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid()

    again = shown(await stage.ana.command("show"))
    varied = shown(await stage.ana.press(again, "Vary 2 (subtle)"))

    assert (again.body, again.is_ephemeral) == (grid.body.replace(" by Ana", ", yours"), True)
    assert [button.custom_id for button in again.buttons] == [button.custom_id for button in grid.buttons]
    assert await again.files[0].read() == PNG + b"grid"
    assert "queued" in varied.body


async def test_a_job_is_found_by_its_id_and_by_a_picture_of_it(stage: Stage) -> None:
    await stage.taught()
    await stage.grid(count=1)
    job = await stage.job()
    image = (await stage.run(lambda rooms: rooms.images.of_job(job.id)))[0]
    await stage.ana.command("imagine", prompt="a cup")

    by_job = shown(await stage.ana.command("show", job=f"`{job.id}`"))
    by_picture = shown(await stage.ana.command("show", job=image.id.upper()))

    assert by_job.body == by_picture.body
    assert await by_job.files[0].read() == PNG + b"image\x01"
    assert [button.label for button in by_job.buttons][:2] == ["Enlarge 1", "Vary 1 (subtle)"]


async def test_every_state_of_a_job_has_its_card(stage: Stage) -> None:
    async def now() -> str:
        return shown(await stage.ana.command("show")).text

    await stage.ana.press(await stage.report(5), "Train")
    job = await stage.job()
    told = [await now()]
    started = await stage.start(job, done=100, total=300)
    told.append(await now())
    await stage.learn(started)
    told.append(await now())
    await stage.ana.command("imagine", prompt="a cup", count=1)
    told.append(await now())
    await stage.start(await stage.job())
    told.append(await now())
    job = await stage.job()
    await stage.fail(job, "E_IMAGE_TOO_BIG", limit_kib=10)
    told.append(await now())
    await stage.ana.command("imagine", prompt="a cup")
    await stage.forge(stage.ana, f"t1:cancel:{(await stage.job()).id}")
    told.append(await now())

    expected = [
        "Starting now", "Step 100 of 300", "is learned", "Your picture is queued", "is being drawn",
        "does not fit into 10 KiB", "Cancelled",
    ]  # fmt: skip
    assert [part in one for part, one in zip(expected, told, strict=True)] == [True] * len(expected), told


async def test_jobs_are_completed_by_what_they_are(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("imagine", prompt="a cup " * 40)

    choices = await stage.ana.complete("show", job="")
    dogs = await stage.ana.complete("show", job="dog")
    foreign = await stage.ben.complete("show", job="")

    assert [value for _, value in choices] == [job.id for job in await stage.jobs()]
    assert choices[0][0].startswith("a cup a cup")
    assert dogs[0][0] == "learn <ana-dog> · done"
    assert foreign == []


@pytest.mark.parametrize("wanted", ["nonsense", "0" * 16, "@everyone", "../../etc/passwd"])
async def test_what_does_not_exist_is_not_found(stage: Stage, wanted: str) -> None:
    assert "There is no such thing of yours" in shown(await stage.ana.command("show", job=wanted)).body


async def test_a_grid_of_the_same_server_can_be_looked_at_but_a_training_cannot(stage: Stage) -> None:
    await stage.taught()
    training = (await stage.job()).id
    await stage.grid()
    drawing = (await stage.job()).id

    grid = shown(await stage.ben.command("show", job=drawing))
    private = shown(await stage.ben.command("show", job=training))

    assert grid.is_ephemeral
    assert grid.files
    assert "belongs to another member" in private.body


async def test_another_server_sees_nothing(stage: Stage) -> None:
    await stage.taught()
    await stage.grid()
    job = (await stage.job()).id
    elsewhere = stage.box.add_guild("Elsewhere", ("lobby", False))
    elsewhere.members.add(stage.id_of(stage.ben))
    await stage.run(lambda rooms: rooms.guilds.allow(elsewhere.id))

    told = [shown(await stage.ben.command("show", job=job, channel=channel)).body for channel in ("lobby", "dm")]

    assert all("There is no such thing of yours" in one for one in told)


async def test_a_grid_is_posted_for_all_by_its_owner_only(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("imagine", prompt="<ana-dog>")
    await stage.draw(await stage.job())
    job = (await stage.job()).id

    foreign = shown(await stage.ben.command("show", job=job, public=True))
    answer = shown(await stage.ana.command("show", job=job, public=True))
    seen = await stage.ben.read()

    assert "belongs to another member" in foreign.body
    assert (answer.body, answer.is_ephemeral) == ("Posted in this channel.", True)
    assert [message.is_ephemeral for message in seen if message.files] == [False]


async def test_a_persons_picture_is_for_its_owner_and_public_only_by_them(stage: Stage) -> None:
    version = await stage.taught("ana-me", "person")
    await stage.ana.command("imagine", prompt="<ana-me>")
    await stage.draw(await stage.job())
    job = (await stage.job()).id

    assert "belongs to another member" in shown(await stage.ben.command("show", job=job)).body
    assert (
        "never used in an age-restricted" in shown(await stage.ana.command("show", job=job, channel="after-dark")).body
    )
    assert shown(await stage.ana.command("show", job=job)).files
    assert "Posted" in shown(await stage.ana.command("show", job=job, public=True)).body

    await stage.run(lambda rooms: rooms.concepts.revoke(version.concept))

    assert "took their agreement back" in shown(await stage.ana.command("show", job=job, public=True)).body


async def test_where_nothing_can_be_posted_the_card_stays_private(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup")
    stage.box.channels[stage.channel()].permissions = 1 << 10 | 1 << 16

    refused = shown(await stage.ana.command("show", public=True))
    private = shown(await stage.ana.command("show"))

    assert "Tintype may not post in this channel" in refused.body
    assert "queued" in private.body


async def test_in_a_direct_message_ones_own_job_is_shown(stage: Stage) -> None:
    await stage.taught()
    await stage.grid()

    assert shown(await stage.ana.command("show", channel="dm")).files


async def test_photos_that_discord_has_let_go_of_come_back_with_their_report(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup")
    report = await stage.report(5)
    await stage.ana.dismiss(report)

    choices = await stage.ana.complete("show", job="photos")
    by_choice = shown(await stage.ana.command("show", job=choices[0][1]))
    newest = shown(await stage.ana.command("show"))
    foreign = shown(await stage.ben.command("show", job=choices[0][1]))
    public = shown(await stage.ana.command("show", job=choices[0][1], public=True))

    assert choices[0][0] == "photos for <ana-dog> · not trained yet"
    assert by_choice.body == newest.body == report.body
    assert len(newest.files) == 5
    assert "There is no such thing of yours" in foreign.body
    assert "Photos are never posted in a channel" in public.body


async def test_a_training_begun_from_a_report_shown_elsewhere_is_told_there(stage: Stage) -> None:
    await stage.report(5)

    report = shown(await stage.ana.command("show", channel="after-dark"))
    await stage.ana.press(report, "Train")

    assert (await stage.job()).channel == stage.channel("after-dark")


async def test_what_was_made_for_adults_is_not_posted_outside_of_their_channels(stage: Stage) -> None:
    await stage.ana.command("imagine", prompt="a cup", count=1, channel="after-dark")
    job = await stage.job()
    await stage.draw(job)

    elsewhere = shown(await stage.ana.command("show", job=job.id, public=True))
    alone = shown(await stage.ana.command("show", job=job.id))
    there = shown(await stage.ana.command("show", job=job.id, public=True, channel="after-dark"))

    assert "made in an age-restricted channel" in elsewhere.body
    assert (elsewhere.files, len(alone.files), alone.is_ephemeral) == ([], 1, True)
    assert "Posted" in there.body or "posted" in there.body


async def test_a_words_present_name_is_told_to_those_alone_who_may_use_it(stage: Stage) -> None:
    await stage.taught()
    await stage.ana.command("words share", word="ana-dog", **{"with": "member"}, member="ben")
    await stage.ben.command("imagine", prompt="<ana-dog> on the beach", count=1)
    job = await stage.job("ben")
    await stage.draw(job)
    await stage.ana.command("words rename", word="ana-dog", name="rex")
    before = shown(await stage.ben.command("show", job=job.id))
    await stage.ana.command("words unshare", word="rex", **{"with": "member"}, member="ben")
    await stage.ana.command("words rename", word="rex", name="secret-name")

    after = shown(await stage.ben.command("show", job=job.id)).body
    told = [after, (await stage.post(job.id)).body, await stage.forge(stage.ben, f"t1:recipe:{job.id}")]
    told += [name for name, _ in await stage.ben.complete("show", job="dog")]

    assert "rex" in before.body
    assert "ana-dog" in after.replace("\\", "")
    assert len(told) == 4
    assert not [text for text in told if "secret" in text]
