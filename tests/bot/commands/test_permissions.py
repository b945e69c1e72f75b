"""Who may press what: a foreign, stale or forged press gets a sentence and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot import buttons, modals, presses
from storage.pending import NewPending
from storage.questions import NewQuestion, QuestionKind
from storage.records import ConceptId, JobState, MemberId
from tests.bot.commands.files import begun_by, end, handed_in
from tests.bot.commands.stage import Stage, custom_id_of, opened, photos, shown

pytestmark = pytest.mark.asyncio
presses.load()

NOT_THERE = "There is no such thing of yours"
NOT_YOURS = "That belongs to another member"
NO_WORD = "There is no word <ana-dog> that you can use here"
FOREIGN = "That button is for another member's data"
NO_STYLE = "This style cannot be used here any more"
OLD_LIST = "This list of styles is too old"
MANAGERS = "Only members who may manage this server"
NO_ORDER = "These pictures do not wait for a choice any more"
ASKED = "This question was asked of another member"
NOBODY = "0" * 16

#: what ben is told when he presses ana's button; None where her server may do that too
TOLD = {
    "add": NOT_THERE, "discard": NOT_THERE, "kind": NOT_THERE, "page": NOT_THERE, "remove": NOT_THERE,
    "train": NOT_THERE, "word": NOT_THERE, "keep_photos": NOT_THERE, "drop_photos": NOT_THERE, "method": NOT_THERE,
    "use_version": NOT_THERE, "ask_drop": NOT_THERE, "drop_version": NOT_THERE, "compare": NOT_THERE,
    "choose": NOT_YOURS, "look": NOT_YOURS, "enable": NOT_YOURS, "import_discard": NOT_YOURS,
    "import_kind": NOT_THERE, "import_go": NOT_THERE, "import_other": NOT_THERE, "import_drop": NOT_THERE,
    "cancel": NOT_YOURS, "keep": NOT_YOURS, "retry": NOT_YOURS, "show_me": NOT_YOURS, "preview": NOT_YOURS,
    "again": NO_WORD, "enlarge": NO_WORD, "vary": NO_WORD, "vary_strong": NO_WORD, "try": NO_STYLE,
    "edit": NO_WORD, "recipe": None,
    "delete": NOT_YOURS, "delete_theirs": NOT_YOURS,
    "unshare": NOT_THERE, "take_back": NOT_THERE,
    "ask_delete": NOT_THERE, "delete_word": NOT_THERE, "forget_word": NOT_THERE, "relearn": NOT_THERE,
    "forget_all": FOREIGN, "mydata": FOREIGN,
    "star": None, "recall": None, "unstar": None, "stars": FOREIGN,
    "set_shape": FOREIGN, "set_count": FOREIGN, "set_quality": FOREIGN, "set_negative": FOREIGN,
    "set_spoiler": FOREIGN, "set_ping": FOREIGN, "set_prompt": FOREIGN, "set_asked": FOREIGN,
    "like": NO_STYLE, "unlike": NO_STYLE, "style": NO_STYLE, "styles": OLD_LIST, "report_style": NO_STYLE,
    "report": None, "reports": MANAGERS, "audit": MANAGERS, "keep_reported": MANAGERS, "remove_reported": MANAGERS,
    "strike": MANAGERS, "block": MANAGERS, "unblock": MANAGERS, "removed": MANAGERS, "readmit": MANAGERS,
    "setup_trainers": MANAGERS, "setup_drawers": MANAGERS, "setup_first": MANAGERS, "setup_channels": MANAGERS,
    "setup_people": MANAGERS, "setup_keep": MANAGERS, "setup_left": MANAGERS, "setup_threshold": MANAGERS,
    "setup_look": MANAGERS, "place_pictures": MANAGERS, "place_training": MANAGERS, "place_enlarge": MANAGERS,
    "place_spoiler": MANAGERS, "place_count": MANAGERS, "place_quality": MANAGERS, "place_shape": MANAGERS,
    "place_look": MANAGERS,
    "mean": NO_ORDER, "agree": ASKED, "decline": ASKED, "withdraw": ASKED, "see_photos": ASKED,
}  # fmt: skip


async def things_of_ana(stage: Stage) -> dict[str, str]:
    """An id for each verb: a draft, a photo, a training under way, a grid, a word, ana herself."""
    version = await stage.taught()
    await stage.grid()
    grid = (await stage.job()).id
    await stage.ana.press(await stage.report(3, word="ana-cup"), "Train")
    training = await stage.start(await stage.job(), done=1, total=9)
    report = await stage.report(3, word="ana-hat")
    draft, photo = (custom_id_of(report, verb).split(":")[2] for verb in ("train", "remove"))
    member = f"{stage.id_of(stage.ana):016x}"
    ids = dict.fromkeys(("add", "discard", "kind", "page", "train", "word", "teach"), draft) | {"remove": photo}
    ids |= dict.fromkeys(("keep_photos", "drop_photos", "method"), draft)
    ids |= dict.fromkeys(("use_version", "ask_drop", "drop_version", "compare"), version.id)
    ids |= dict.fromkeys(("cancel", "keep", "retry", "show_me", "choose", "preview"), training.id)
    ids |= dict.fromkeys(
        ("again", "enlarge", "vary", "vary_strong", "star", "edit", "recipe", "delete", "delete_theirs", "report"), grid
    )
    ids |= dict.fromkeys(("recall", "unstar"), (await stage.run(lambda rooms: rooms.images.of_job(grid)))[0].id)
    ids |= dict.fromkeys((verb for verb in buttons.verbs() if verb.startswith("set_") or verb == "stars"), member)
    ids |= dict.fromkeys(
        ("try", "unshare", "take_back", "ask_delete", "delete_word", "forget_word", "relearn"), version.concept
    )
    ids |= dict.fromkeys(("like", "unlike", "style", "report_style"), version.concept)
    ids |= dict.fromkeys((verb for verb, told in TOLD.items() if told is MANAGERS), member)
    waiting, over = await taken_over(stage)
    ids |= dict.fromkeys((verb for verb in TOLD if verb.startswith("import_")), waiting)
    ids |= dict.fromkeys(("look", "enable", "import_discard"), over)
    ids |= dict.fromkeys((verb for verb, told in TOLD.items() if told is ASKED), await asked(stage, version.concept))
    ids["mean"] = await unclear(stage)
    ids["styles"] = custom_id_of(shown(await stage.ana.command("styles browse")), "styles").split(":")[2]
    return ids | dict.fromkeys(("forget_all", "mydata"), member)


async def taken_over(stage: Stage) -> tuple[str, str]:
    """Weights of ana's that wait for an answer, and a job that took some over."""
    found = handed_in()
    await stage.run(lambda rooms: begun_by(rooms, stage, found, word="ana-tin", kind="object"))
    job = await stage.job()
    await stage.run(lambda rooms: end(rooms, job))
    await stage.run(lambda rooms: begun_by(rooms, stage, found, word="ana-lid"))
    waiting = (await stage.run(lambda rooms: rooms.imports.of(stage.id_of("ana"))))[0]
    return waiting.id, job.id


async def unclear(stage: Stage) -> str:
    """An order of ana's that waits until she has chosen a word."""

    def work(rooms: Any) -> str:
        request = {"order": {"prompt": "<rex>"}, "meanings": {}, "parent": None}
        request["unclear"] = {"name": "rex", "versions": [NOBODY]}
        new = NewPending(
            owner=stage.id_of("ana"), guild=stage.guild, channel=stage.channel(), key="unclear", request=request
        )
        return str(rooms.pending.put(new)[0].id)

    return str(await stage.run(work))


async def asked(stage: Stage, concept: ConceptId) -> str:
    """A question of ana's to somebody who is neither she nor ben."""
    new = NewQuestion(
        kind=QuestionKind.CONSENT, asker=stage.id_of("ana"), person=MemberId(4), asker_name="ana", person_name="eve",
        guild=stage.guild, channel=stage.channel(), concept=concept,
    )  # fmt: skip
    return str((await stage.run(lambda rooms: rooms.questions.ask(new)))[0].id)


async def test_a_foreign_press_of_any_button_gets_a_sentence_and_changes_nothing(stage: Stage) -> None:
    ids = await things_of_ana(stage)
    before = await stage.run(lambda rooms: rooms.privacy.mydata(stage.id_of(stage.ana)))

    told = {verb: await stage.forge(stage.ben, f"t1:{verb}:{ids[verb]}:1") for verb in sorted(buttons.verbs())}

    assert set(TOLD) == buttons.verbs()
    assert {verb: text for verb, text in told.items() if (part := TOLD[verb]) and part not in text} == {}
    assert await stage.jobs(stage.ben) == []
    assert await stage.run(lambda rooms: rooms.privacy.mydata(stage.id_of(stage.ana))) == before


async def test_a_foreign_form_gets_a_sentence_and_changes_nothing(stage: Stage) -> None:
    ids = await things_of_ana(stage)
    before = await stage.run(lambda rooms: rooms.privacy.mydata(stage.id_of(stage.ana)))
    fields = [
        {"type": 18, "component": {"type": 4, "custom_id": name, "value": "<ana-dog>"}} for name in ("word", "prompt")
    ]
    fields.append({"type": 18, "component": {"type": 21, "custom_id": "kind", "value": "animal"}})

    told = {verb: await stage.forge(stage.ben, f"t1:{verb}:{ids[verb]}", form=fields) for verb in modals.forms()}

    expected = {"teach": NOT_THERE, "add": NOT_THERE, "word": NOT_THERE, "edit": NO_WORD, "try": NO_WORD}
    expected |= {"report": "Thank you", "report_style": NO_STYLE, "set_negative": FOREIGN, "block": MANAGERS}
    assert {verb: text for verb, text in told.items() if expected[verb] not in text} == {}
    assert await stage.jobs(stage.ben) == []
    assert await stage.run(lambda rooms: rooms.privacy.mydata(stage.id_of(stage.ana))) == before


async def test_a_button_of_something_that_is_gone_gets_a_sentence(stage: Stage) -> None:
    verbs = sorted(buttons.verbs())

    told = {verb: await stage.forge(stage.ana, f"t1:{verb}:{NOBODY}:1") for verb in verbs}

    assert {verb: text for verb, text in told.items() if "Something broke" in text or len(text) < 40} == {}


@pytest.mark.parametrize("custom_id", ["t1:dance:" + NOBODY, "t1:train:1", "t0:train:" + NOBODY, "again:1", "x" * 100])
async def test_a_button_of_an_earlier_tintype_says_that_it_is_too_old(stage: Stage, custom_id: str) -> None:
    assert "This button is from an earlier Tintype" in await stage.forge(stage.ana, custom_id)
    assert "This button is from an earlier Tintype" in await stage.forge(stage.ana, custom_id, form=[])


@pytest.mark.parametrize("verb", ["enlarge", "vary", "vary_strong", "star"])
@pytest.mark.parametrize("n", [0, 5, 999])
async def test_a_picture_that_the_grid_does_not_have_is_not_found(stage: Stage, verb: str, n: int) -> None:
    await stage.taught()
    await stage.grid()

    assert NOT_THERE in await stage.forge(stage.ana, f"t1:{verb}:{(await stage.job()).id}:{n}")


async def test_a_form_cannot_be_sent_into_a_draft_of_somebody_else(stage: Stage) -> None:
    form = opened(await stage.ana.command("train"))
    draft = str(form.raw["custom_id"])
    await stage.ana.submit(form, {"word": "ana-dog", "kind": "animal"}, {"photos": list(photos(3).values())})

    told = await stage.forge(stage.ben, draft, form=[
        {"type": 18, "component": {"type": 4, "custom_id": "word", "value": "bens"}},
        {"type": 18, "component": {"type": 21, "custom_id": "kind", "value": "animal"}},
    ])  # fmt: skip

    assert NOT_THERE in told
    drafts = await stage.run(lambda rooms: rooms.photos.drafts(stage.id_of(stage.ana)))
    assert [one.word for one in drafts] == ["ana-dog"]


async def test_a_moderator_may_cancel_and_delete_but_nothing_else(stage: Stage) -> None:
    ids = await things_of_ana(stage)
    stage.box.people[stage.id_of(stage.ben)].is_manager = True

    told = {
        verb: await stage.forge(stage.ben, f"t1:{verb}:{ids[verb]}:1")
        for verb in ("keep", "retry", "show_me", "enlarge", "delete_word", "cancel", "delete", "delete_theirs")
    }

    assert [NOT_YOURS in told[verb] for verb in ("keep", "retry", "show_me")] == [True] * 3
    assert NO_WORD in told["enlarge"]
    assert NOT_THERE in told["delete_word"]
    assert "was cancelled" in told["cancel"]
    assert "Delete these pictures of" in told["delete"]
    assert "The pictures are deleted." in told["delete_theirs"]
    assert (await stage.run(lambda rooms: rooms.queue.get(ids["cancel"]))).state is JobState.CANCELLED
    log = await stage.run(lambda rooms: rooms.audit.page(stage.guild, 1, 9))
    mine, hers = stage.id_of(stage.ben), stage.id_of(stage.ana)
    assert {(one.action, one.actor, one.whom) for one in log} == {("cancel", mine, hers), ("delete", mine, hers)}


async def test_who_runs_tintype_may_cancel_and_delete_from_anywhere(idle: Stage) -> None:
    idle.owners = frozenset({idle.id_of(idle.ben)})
    async with idle.running():
        ids = await things_of_ana(idle)

        cancelled = await idle.forge(idle.ben, f"t1:cancel:{ids['cancel']}")
        kept = await idle.forge(idle.ben, f"t1:keep:{ids['keep']}")

    assert "was cancelled" in cancelled
    assert NOT_YOURS in kept


# --- who is let in ---------------------------------------------------------------------------------------------------


async def test_in_a_server_that_was_not_approved_nothing_is_answered_but_how_to_get_it(stage: Stage) -> None:
    elsewhere = stage.box.add_guild("Elsewhere", ("lobby", False))
    elsewhere.members.add(stage.id_of(stage.ana))

    refused = shown(await stage.ana.command("help", channel="lobby"))
    completed = await stage.ana.complete("imagine", prompt="<", channel="lobby")
    await stage.run(lambda rooms: rooms.guilds.allow(elsewhere.id))
    allowed = shown(await stage.ana.command("help", channel="lobby"))

    assert f"`tintype guilds allow {elsewhere.id}`" in refused.body.replace("\\", "")
    assert completed == []
    assert "`/train`" in allowed.body


async def test_servers_named_in_the_settings_are_the_only_ones(idle: Stage) -> None:
    idle.guilds = frozenset({1})
    async with idle.running():
        assert "only in the servers its operator has approved" in shown(await idle.ana.command("help")).body


async def test_a_direct_message_is_answered_to_who_was_seen_in_a_server(idle: Stage) -> None:
    async with idle.running():
        stranger = shown(await idle.ana.command("help", channel="dm"))
        await idle.ana.command("help")
        at_once = shown(await idle.ana.command("help", channel="dm"))
    async with idle.running():
        later = shown(await idle.ana.command("help", channel="dm"))

    assert "Use Tintype once in a server it belongs to" in stranger.body
    assert "`/train`" in at_once.body
    assert later.body == at_once.body
