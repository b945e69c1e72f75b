from __future__ import annotations

import re

import discord
import pytest

from storage.records import JobState, Relation
from tests.bot.commands.stage import PNG, Stage, custom_id_of, opened, shown

pytestmark = pytest.mark.asyncio


async def test_a_prompt_is_queued_and_its_place_told_to_the_member_alone(stage: Stage) -> None:
    version = await stage.taught()

    answer = shown(await stage.ana.command("imagine", prompt="<ana-dog:0.8> on the beach", count=2, seed=7))
    job = await stage.job()

    assert answer.is_ephemeral
    assert "Your 2 pictures are queued" in answer.body
    assert job.request["words"] == [{"version": version.id, "name": "ana-dog", "strength": 0.8}]
    assert (job.request["seed"], job.request["count"], job.request["shape"]) == (7, 2, "square")


async def test_words_from_options_are_put_before_the_prompt(stage: Stage) -> None:
    await stage.taught("ana-dog")
    await stage.taught("ana-cup")

    await stage.ana.command("imagine", prompt="on the beach", word="ana-dog", word2="<ana-cup>")

    assert (await stage.job()).request["prompt"] == "<ana-dog> and <ana-cup> on the beach"


async def test_words_are_completed_in_the_prompt_and_in_their_options(stage: Stage) -> None:
    await stage.taught("ana-dog")

    assert await stage.ana.complete("imagine", prompt="a photo of <an") == [
        ("a photo of <ana-dog>", "a photo of <ana-dog> ")
    ]
    assert await stage.ana.complete("imagine", prompt="x", word="") == [("<ana-dog>", "ana-dog")]
    assert await stage.ben.complete("imagine", prompt="a <") == []
    assert await stage.ben.complete("imagine", prompt="x", word="") == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"prompt": "<no-such> on the beach"}, "There is no word <no-such> that you can use here"),
        ({"prompt": "<ana-dgo> on the beach"}, "Did you mean <ana-dog>?"),
        ({"prompt": "<ana-dog:9> on the beach"}, "A strength goes up to 2"),
        ({"prompt": " "}, "The prompt is empty"),
        ({"prompt": "<aaa> <bbb> <ccc> <ddd> <eee>"}, "names 5 words; at most 4"),
        ({"prompt": "a cup", "word": "@everyone"}, "There is no word"),
    ],
)
async def test_a_prompt_that_cannot_be_drawn_is_answered_with_the_reason(
    stage: Stage, options: dict[str, str], told: str
) -> None:
    await stage.taught()

    answer = shown(await stage.ana.command("imagine", **options))

    assert told in answer.body
    assert len(await stage.jobs()) == 1  # the training


async def test_a_word_that_is_still_learned_is_told_so(stage: Stage) -> None:
    await stage.ana.press(await stage.report(5), "Train")

    answer = shown(await stage.ana.command("imagine", prompt="<ana-dog>"))

    assert "<ana-dog> is not learned yet" in answer.body


async def test_a_grid_shows_its_recipe_and_all_its_buttons(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid(seed=7)

    recipe = shown(await stage.ana.press(grid, "Recipe"))

    assert [button.label for button in grid.buttons] == [
        *(f"Enlarge {n}" for n in range(1, 5)), *(f"Vary {n} (subtle)" for n in range(1, 5)),
        *(f"Vary {n} (strong)" for n in range(1, 5)), *(f"★ {n}" for n in range(1, 5)),
        "Again", "Edit prompt", "Recipe", "Report", "Delete",
    ]  # fmt: skip
    assert grid.alt_texts == ["4 pictures, numbered from left to right and top to bottom: <ana-dog> on the beach"]
    assert await grid.files[0].read() == PNG + b"grid"
    assert "**Seed:** 7 · **Size:** 64×64" in recipe.body
    assert "**Settings:** 20 steps · guidance (CFG) 5 · shape: Square" in recipe.body
    assert recipe.is_ephemeral


async def test_pictures_are_enlarged_varied_and_drawn_again(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid(seed=7)
    images = await stage.run(lambda rooms: rooms.images.of_owner(stage.id_of(stage.ana)))
    third = next(image for image in images if image.position == 3)

    for label in ("Enlarge 3", "Vary 3 (subtle)", "Vary 3 (strong)", "Again"):
        assert "queued" in shown(await stage.ana.press(grid, label)).body
    again, strong, vary, enlarge = (job.request for job in (await stage.jobs())[:4])

    assert (enlarge["relation"]["kind"], enlarge["relation"]["parent"]) == (Relation.ENLARGE, third.id)
    assert (enlarge["seed"], enlarge["count"]) == (third.seed, 1)
    assert (vary["relation"]["kind"], vary["relation"]["parent"], vary["count"]) == (Relation.VARY, third.id, 4)
    assert (vary["relation"]["amount"], strong["relation"]["amount"]) == ("subtle", "strong")
    assert (again["relation"]["kind"], again["relation"]["parent"]) == (Relation.AGAIN, None)
    assert again["prompt"] == "<ana-dog> on the beach"


async def test_the_prompt_is_edited_in_a_form_that_holds_it(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid(seed=7, negative="rain")

    form = opened(await stage.ana.press(grid, "Edit prompt"))
    await stage.ana.submit(form, {"prompt": "<ana-dog> in the snow", "negative": "fog"})
    job = await stage.job()

    assert [component["value"] for _, component in form.fields] == ["<ana-dog> on the beach", "rain"]
    assert (job.request["prompt"], job.request["negative_prompt"]) == ("<ana-dog> in the snow", "fog")
    assert (job.request["seed"], job.request["relation"]["kind"]) == (7, Relation.EDIT)


async def test_a_learned_word_is_tried_from_its_result_card(stage: Stage) -> None:
    await stage.taught()
    result = await stage.post((await stage.job()).id)

    form = opened(await stage.ana.press(result, "Try it"))
    await stage.ana.submit(form, {"prompt": "<ana-dog> on the moon"})

    assert "LoRA · 300 steps · about 35 seconds · 1 KB" in result.body
    assert [await one.read() for one in result.files] == [PNG + b"sheet", PNG + b"curve"]
    assert (await stage.job()).request["prompt"] == "<ana-dog> on the moon"


async def test_a_prompt_keeps_its_word_when_that_is_renamed(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid("<ana-dog:0.5> on the beach")
    await stage.ana.command("words rename", word="ana-dog", name="rex")

    form = opened(await stage.ana.press(grid, "Edit prompt"))
    recipe = shown(await stage.ana.press(grid, "Recipe"))
    shown_again = shown(await stage.ana.command("show"))
    await stage.ana.press(grid, "Again")

    assert r"**Words:** <rex\:0.5>, yours (version 1)" in recipe.body
    assert "Words: <rex>, yours" in shown_again.body
    assert form.fields[0][1]["value"] == "<rex:0.5> on the beach"
    assert (await stage.job()).state is JobState.QUEUED


async def test_a_word_whose_bracket_is_not_closed_is_pointed_to(stage: Stage) -> None:
    await stage.taught()
    told = [
        shown(await stage.ana.command("imagine", prompt=prompt)).body
        for prompt in ("<ana-dog on the beach", "<ana-dog:0.8 on the beach", "a dog on <ana-dog")
    ]
    other = shown(await stage.ana.command("imagine", prompt="hearts <three of them"))

    assert all("Write <ana-dog>" in text for text in told)
    assert "queued" in other.body


async def test_deleted_pictures_are_gone_everywhere_and_their_buttons_say_so(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid()
    other = await stage.ana.wait_for(lambda message: "Posted" in message.text or message.id == grid.id)
    shown(await stage.ana.command("show", public=True))
    public = [message for message in await stage.ben.read() if message.files]
    enlarge = custom_id_of(grid, "enlarge")

    await stage.ana.press(other, "Delete")

    now = [await stage.ana.wait_for(lambda now, old=m.id: now.id == old and "were deleted" in now.text) for m in public]
    assert len(now) == 2
    assert all("These pictures were deleted." in message.body and not message.files for message in now)
    assert "These pictures were deleted" in await stage.forge(stage.ana, enlarge)
    held = await stage.run(lambda rooms: [rooms.vault.open(blob) for blob in rooms.vault.held(stage.id_of("ana"))])
    assert all(b"image" not in content and b"grid" not in content for content in held)


async def test_pictures_with_a_deleted_word_cannot_be_drawn_again(stage: Stage) -> None:
    await stage.taught()
    grid = await stage.grid()
    question = shown(await stage.ana.command("words delete", word="ana-dog"))
    await stage.ana.press(question, "Delete <ana-dog> for good")

    answer = shown(await stage.ana.press(grid, "Again"))

    assert "A word in these pictures was deleted" in answer.body


async def test_too_many_waiting_prompts_of_one_member_are_refused(stage: Stage) -> None:
    for _ in range(20):
        await stage.ana.command("imagine", prompt="a cup")

    answer = shown(await stage.ana.command("imagine", prompt="a cup"))

    assert "You already have 20 of these waiting or running" in answer.body
    assert re.search(r"<t:\d{10}:R>", answer.body)
    assert len(await stage.jobs()) == 20


async def test_where_no_card_could_be_posted_nothing_is_queued(stage: Stage) -> None:
    stage.box.channels[stage.channel()].permissions = 1 << 10 | 1 << 16  # looking, no talking

    answers = [
        shown(await stage.ana.command("imagine", prompt="a cup")),
        shown(await stage.ana.command("train", word="ana-dog")),
    ]

    assert all(
        "Tintype may not post in this channel: it lacks Send Messages and Attach Files" in a.body for a in answers
    )
    assert await stage.jobs() == []


async def test_a_persons_word_stays_with_that_person_and_out_of_adult_channels(stage: Stage) -> None:
    await stage.taught("ana-me", "person")

    adult = shown(await stage.ana.command("imagine", prompt="<ana-me>", channel="after-dark"))
    foreign = shown(await stage.ben.command("imagine", prompt="<ana-me>"))
    mine = shown(await stage.ana.command("imagine", prompt="<ana-me>"))

    assert "never used in an age-restricted channel" in adult.body
    assert "There is no word <ana-me> that you can use here" in foreign.body
    assert "queued" in mine.body
    assert await stage.ana.complete("imagine", prompt="x", word="ana", channel="after-dark") == []


async def test_a_thread_in_an_adult_channel_is_one_too(stage: Stage) -> None:
    await stage.taught("ana-me", "person")
    channel = stage.bot.get_channel(stage.channel("after-dark"))
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="darker", type=discord.ChannelType.public_thread)

    told = shown(await stage.ana.command("imagine", prompt="<ana-me>", channel="darker"))

    assert "never used in an age-restricted channel" in told.body


async def test_a_person_who_took_their_agreement_back_is_not_drawn(stage: Stage) -> None:
    version = await stage.taught("ana-me", "person")
    await stage.run(lambda rooms: rooms.concepts.revoke(version.concept))

    answer = shown(await stage.ana.command("imagine", prompt="<ana-me>"))

    assert len(await stage.jobs()) == 1
    assert "The person behind <ana-me> took their agreement back" in answer.body
    assert await stage.ana.complete("imagine", prompt="x", word="ana") == []
