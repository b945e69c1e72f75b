"""Looking through what others share: from the member's side, with the member who may not, and after a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.sandbox.client import Member, Message
from storage.database import rows
from storage.records import ConceptId, Kind, Scope, Version
from tests.bot.commands.stage import PNG, Stage, custom_id_of, label_of, opened, shown

pytestmark = pytest.mark.asyncio

GONE = "This style cannot be used here any more"


async def shared(stage: Stage, name: str = "ana-dog", kind: str = "animal", **more: Any) -> Version:
    """A word of ana's, learned and shared with her server."""
    version = await stage.taught(name, kind)
    await share(stage, version.concept, **more)
    return version


async def share(stage: Stage, concept: ConceptId, scope: Scope = Scope.GUILD, subject: int | None = None) -> None:
    place = stage.guild if subject is None else subject
    await stage.run(lambda rooms: rooms.sharing.share(concept, scope, place))


async def unshare(stage: Stage, concept: ConceptId) -> None:
    await stage.run(lambda rooms: rooms.sharing.unshare(concept))


async def browse(member: Member, order: str = "browse", **options: Any) -> Message:
    return shown(await member.command(f"styles {order}", **options))


def button(message: Message, verb: str, concept: ConceptId) -> str:
    """The custom_id of the button with this verb about this style."""
    wanted = f"t1:{verb}:{concept}"
    assert wanted in [one.custom_id for one in message.buttons], message.text
    return wanted


@asynccontextmanager
async def eve_elsewhere(stage: Stage) -> AsyncIterator[Member]:
    """A third member, in another approved server."""
    elsewhere = stage.box.add_guild("Elsewhere", ("lobby", False))
    await stage.run(lambda rooms: rooms.guilds.allow(elsewhere.id))
    async with Member.connect(stage.url, "eve", guilds=["Elsewhere"], channel="lobby") as eve:
        yield eve


async def test_a_second_member_finds_a_style_likes_it_and_tries_it(stage: Stage) -> None:
    version = await shared(stage)

    page = await browse(stage.ben)
    liked = shown(await stage.ben.press(page, "Like"))
    form = opened(await stage.ben.press(liked, "Try it"))
    queued = shown(await stage.ben.submit(form, {"prompt": "<ana-dog> on the moon"}))

    assert page.is_ephemeral
    assert "One style you may use here" in page.body
    assert "**<ana-dog>** · an animal, a kind of *dog*" in page.body
    assert f"By <@{stage.id_of(stage.ana)}>" in page.body
    assert "Not used by others yet · no likes yet" in page.body
    assert [await one.read() for one in page.files] == [PNG + b"sheet"]
    assert page.alt_texts == ["Samples of ana-dog, drawn when it was learned"]
    assert liked.id == page.id
    assert "one like" in liked.body
    assert form.fields[0][1]["value"] == "<ana-dog> on the beach"
    assert "Your 4 pictures are queued" in queued.body
    assert (await stage.job(stage.ben)).request["words"][0]["version"] == version.id


async def test_a_style_is_tried_though_the_member_has_a_word_of_that_name(stage: Stage) -> None:
    version = await shared(stage)
    await stage.run(
        lambda rooms: rooms.concepts.create(stage.id_of(stage.ben), stage.guild, "ana-dog", "animal", "dog")
    )

    form = opened(await stage.ben.press(await browse(stage.ben), "Try it"))
    queued = shown(await stage.ben.submit(form, {"prompt": "<ana-dog> on the moon"}))
    by_name = shown(await stage.ben.command("imagine", prompt="<ana-dog> on the moon"))

    assert "Your 4 pictures are queued" in queued.body
    assert (await stage.job(stage.ben)).request["words"][0]["version"] == version.id
    assert "<ana-dog> is not learned yet" in by_name.body


async def test_a_like_is_taken_back_on_the_page_it_was_given_on(stage: Stage) -> None:
    concepts = [(await shared(stage, f"ana-dog-{n}")).concept for n in range(6)]
    first = await browse(stage.ben, "new")
    second = shown(await stage.ben.press(first, "Next ›"))

    liked = shown(await stage.ben.press(second, custom_id=button(second, "like", concepts[0])))
    back = shown(await stage.ben.press(liked, custom_id=button(liked, "unlike", concepts[0])))

    assert first.id == second.id == liked.id
    assert [label_of(page, "styles") for page in (first, second)] == ["‹ Back", "‹ Back"]
    assert all("Page 2 of 2" in page.text for page in (second, liked, back))
    assert "one like" in liked.body
    assert "one like" not in back.body
    assert "<ana-dog-5>" in first.body
    assert "<ana-dog-5>" not in second.body


async def test_a_styles_card_shows_what_it_became_part_of(stage: Stage) -> None:
    dog, cup = await shared(stage, "ana-dog"), await shared(stage, "ana-cup", "object")
    await stage.ben.command("imagine", prompt="<ana-dog> and <ana-cup>", count=2)
    job = await stage.job(stage.ben)
    await stage.draw(job)
    page = await browse(stage.ana)

    card = shown(await stage.ana.press(page, custom_id=button(page, "style", dog.concept)))

    bens = await browse(stage.ben)
    seen_by_ben = shown(await stage.ben.press(bens, custom_id=button(bens, "style", dog.concept)))
    assert card.id != page.id
    assert card.is_ephemeral
    assert "In 2 pictures of others" in card.body
    assert f"`{job.id}` · 2 pictures by <@{stage.id_of(stage.ben)}>" in card.body
    assert card.body.endswith("with <ana-cup>, yours")
    assert seen_by_ben.body.endswith("with <ana-cup> by Ana")
    assert [one.label for one in card.buttons] == ["Try it"]
    assert "queued" in shown(await stage.ben.command("imagine", prompt="<ana-cup>")).body
    assert cup.concept in page.text or "<ana-cup>" in page.body


async def test_a_style_is_liked_on_its_card(stage: Stage) -> None:
    await shared(stage)
    page = await browse(stage.ben)
    card = shown(await stage.ben.press(page, "Card"))

    liked = shown(await stage.ben.press(card, "Like"))

    assert liked.id == card.id
    assert "one like" in liked.body
    assert "Look again" not in liked.text
    assert label_of(liked, "unlike") == "Liked"


async def test_a_third_member_in_another_server_sees_nothing(stage: Stage) -> None:
    version = await shared(stage)

    async with eve_elsewhere(stage) as eve:
        there = [await browse(eve, order) for order in ("browse", "top", "new", "random")]
        completed = await eve.complete("styles search", text="")
        forged = await stage.run(lambda rooms: rooms.styles.lists.knows(stage.id_of("eve"), "0" * 16))
        await share(stage, version.concept, Scope.INSTANCE, 0)
        everywhere = await browse(eve)

    assert all("There is no style that you may use here yet" in page.body and page.files == [] for page in there)
    assert completed == []
    assert forged is False
    assert "<ana-dog>" in everywhere.body


async def test_what_is_invisible_and_what_does_not_exist_are_answered_alike(stage: Stage) -> None:
    await stage.taught("ana-secret")
    version = await stage.taught("ana-there")
    await share(stage, version.concept, Scope.GUILD, 1)

    answers = [await browse(stage.ben, "search", text=text) for text in ("ana-secret", "ana-there", "ana-absent")]
    completed = [await stage.ben.complete("styles search", text=text) for text in ("ana-s", "ana-t", "ana-a")]
    pressed = [
        await stage.forge(stage.ben, f"t1:{verb}:{concept}")
        for verb in ("like", "style")
        for concept in (version.concept, (await stage.concept("ana-secret")).id, "0" * 16)  # type: ignore[union-attr]
    ]

    said = [
        page.text.replace(text, "…")
        for page, text in zip(answers, ("ana-secret", "ana-there", "ana-absent"), strict=True)
    ]
    assert len({one.replace("\\", "") for one in said}) == 1
    assert "No style that you may use here has that" in answers[0].body
    assert [len(page.files) for page in answers] == [0, 0, 0]
    assert completed == [[], [], []]
    assert len(set(pressed)) == 1
    assert GONE in pressed[0]


async def test_a_search_is_completed_and_finds_by_name_kind_and_word(stage: Stage) -> None:
    await shared(stage, "ana-dog")
    await shared(stage, "ana-cup", "object")

    completed = await stage.ben.complete("styles search", text="<ANA")
    by_class = await browse(stage.ben, "search", text="DOG")
    by_kind = await browse(stage.ben, kind="object")

    assert completed == [("ana-cup", "ana-cup"), ("ana-dog", "ana-dog")]
    assert "## Styles with “DOG”" in by_class.body
    assert "<ana-dog>" in by_class.body
    assert "<ana-cup>" not in by_class.body
    assert "<ana-cup>" in by_kind.body
    assert "<ana-dog>" not in by_kind.body


async def test_the_best_liked_come_first(stage: Stage) -> None:
    await shared(stage, "ana-dog")
    cup = await shared(stage, "ana-cup", "object")
    page = await browse(stage.ben)
    await stage.ben.press(page, custom_id=button(page, "like", cup.concept))

    top, new = await browse(stage.ana, "top"), await browse(stage.ana, "new")

    assert top.body.index("<ana-cup>") < top.body.index("<ana-dog>")
    assert "The best liked styles" in top.body
    assert new.body.index("<ana-cup>") < new.body.index("<ana-dog>")


async def test_a_liked_style_stays_where_it_was_pressed(stage: Stage) -> None:
    for n in range(6):
        await shared(stage, f"ana-dog-{n}")
    second = shown(await stage.ben.press(await browse(stage.ben, "top"), "Next ›"))

    liked = shown(await stage.ben.press(second, "Like"))
    turned = shown(await stage.ben.press(liked, "Page 2 of 2"))
    first = shown(await stage.ben.press(turned, "‹ Back"))

    assert [name in liked.body for name in ("<ana-dog-4>", "<ana-dog-5>")] == [True, True]
    assert "one like" in liked.body
    assert "<ana-dog-4>" not in turned.body
    assert first.body.index("<ana-dog-4>") < first.body.index("<ana-dog-0>")


async def test_after_a_style_is_withdrawn_its_old_buttons_answer_with_a_sentence(stage: Stage) -> None:
    version = await shared(stage)
    page = await browse(stage.ben)
    card = shown(await stage.ben.press(page, "Card"))
    form = opened(await stage.ben.press(page, "Try it"))

    await unshare(stage, version.concept)
    tried = shown(await stage.ben.press(page, "Try it"))
    sent = shown(await stage.ben.submit(form, {"prompt": "<ana-dog> on the moon"}))
    others = [shown(await stage.ben.press(at, label)) for at in (page, card) for label in ("Like",)]
    turned = shown(await stage.ben.press(page, "Look again"))

    assert GONE in tried.body
    assert "There is no word <ana-dog> that you can use here" in sent.body
    assert all(GONE in one.body and one.is_ephemeral for one in others)
    assert "There is no style that you may use here yet" in turned.body
    assert await stage.jobs(stage.ben) == []


async def test_a_style_is_reported_with_a_reason_and_its_owner_is_not_told_by_whom(stage: Stage) -> None:
    version = await shared(stage)
    page = await browse(stage.ben)

    form = opened(await stage.ben.press(page, "Report"))
    thanks = shown(await stage.ben.submit(form, {"reason": "It shows a real dog without asking it."}))
    own = await stage.forge(stage.ana, f"t1:report_style:{version.concept}")
    found = await stage.run(lambda rooms: rows(rooms.db, "select * from reports"))

    assert form.title == "Report <ana-dog>"
    assert "Thank you. The moderators of this server see your report about <ana-dog>" in thanks.body
    assert thanks.is_ephemeral
    assert thanks.id != page.id
    assert "That is your own style" in own
    assert [(one["guild"], one["member"], one["concept"], one["owner"], one["reason"]) for one in found] == [
        (stage.guild, stage.id_of(stage.ben), version.concept, stage.id_of(stage.ana),
         "It shows a real dog without asking it."),
    ]  # fmt: skip


async def test_the_buttons_of_a_page_work_after_a_restart(idle: Stage) -> None:
    async with idle.running():
        for n in range(5):
            await shared(idle, f"ana-dog-{n}")
        page = await browse(idle.ben, "search", text="ana-dog")
    async with idle.running():
        second = shown(await idle.ben.press(page, "Next ›"))
        liked = shown(await idle.ben.press(second, "Like"))
        card = shown(await idle.ben.press(liked, "Card"))
        form = opened(await idle.ben.press(liked, "Try it"))

    assert "## Styles with “ana" in second.body
    assert "<ana-dog-4>" in second.body
    assert "one like" in liked.body
    assert "## <ana-dog-4>" in card.body
    assert form.fields[0][1]["value"] == "<ana-dog-4> on the beach"


async def test_a_list_belongs_to_the_member_who_opened_it(stage: Stage) -> None:
    await shared(stage)
    page = await browse(stage.ben)
    turn = custom_id_of(page, "styles")

    told = await stage.forge(stage.ana, turn)

    assert "This list of styles is too old" in told


async def test_a_like_goes_on_counting_when_its_list_is_too_old(stage: Stage) -> None:
    await shared(stage)
    page = await browse(stage.ben)
    await stage.run(lambda rooms: rooms.styles.lists.forget(stage.id_of(stage.ben)))

    liked = shown(await stage.ben.press(page, "Like"))
    turned = shown(await stage.ben.press(page, "Liked")) if label_of(liked, "unlike") else liked

    assert "## <ana-dog>" in liked.body
    assert "no likes yet" in turned.body


async def test_a_persons_style_is_shown_to_named_members_alone_and_in_private(stage: Stage) -> None:
    version = await stage.taught("ana-me", Kind.PERSON)
    await share(stage, version.concept, Scope.MEMBER, stage.id_of(stage.ben))

    named, adult = await browse(stage.ben), await browse(stage.ben, channel="after-dark")
    async with Member.connect(stage.url, "eve") as eve:
        other = await browse(eve)
    await stage.run(lambda rooms: rooms.concepts.revoke(version.concept))
    revoked = await browse(stage.ben)

    assert "<ana-me>" in named.body
    assert named.is_ephemeral
    assert all("<ana-me>" not in page.body and page.files == [] for page in (adult, other, revoked))


async def test_the_preview_is_a_sample_of_the_words_own(stage: Stage) -> None:
    version = await shared(stage)
    cover = await stage.run(lambda rooms: rooms.vault.put(stage.id_of(stage.ana), PNG + b"cover"))
    sql = "update jobs set result = json_set(result, '$.cover', :cover) where id = :job"
    await stage.run(lambda rooms: rows(rooms.db, sql, cover=cover, job=version.job))

    page = await browse(stage.ben)

    assert [await one.read() for one in page.files] == [PNG + b"cover"]


async def test_a_lost_preview_leaves_the_style_in_the_list(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    version = await shared(stage)
    await stage.run(lambda rooms: rooms.vault.delete(version.sheet))

    page = await browse(stage.ben)

    assert "<ana-dog>" in page.body
    assert page.files == []
    assert "has no preview: E_BLOB_GONE" in caplog.text
